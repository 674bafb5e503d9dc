"""A mail of each kind, as it goes over the wire, for what must hold of all of them."""

from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.models import Group
from django.core import mail as outbox
from django.utils import timezone
from wagtail.admin.mail import send_notification
from wagtail.models import Comment as EditorComment
from wagtail.models import CommentReply

from casestudies import services as case_studies
from casestudies.adoption_facts import AdoptionFacts
from casestudies.models import CaseStudyPage
from core import post
from core.delivery import deliver_all
from digests import services
from digests.models import MailKind, OutgoingEmail, Suppression
from digests.sealing import seal
from discussion.asks import services as asks
from discussion.asks.services import AskFacts
from discussion.services import add_comment
from members.roles import EDITORS
from moderation import services as moderation
from search import engines, indexing
from tests import factories

TITLE = "Market hall & café “Ŵyth” <b>in the old mill</b>, by the people of the street who had waited for years"
WORDS = "Did anyone count the vouchers?\n\nSee <script>alert(1)</script> & http://elsewhere.example/page for ŵ."


def _study(council, **fields):
    return factories.case_study(council, **{"title": TITLE, **fields})


def comment(page, by, moderator, reply_to=None, body=WORDS):
    made, verdict = add_comment(page=page, body=body, by=by, reply_to=reply_to)
    if not verdict.publish:
        moderation.decide_contribution(contribution=made, action="approve", by=moderator)
        made.refresh_from_db()
    return made


def digest(council, reader):
    topic = factories.TopicFactory(name="Empty shops")
    services.follow(person=reader, target=("topic", topic.pk))
    for number in range(3):
        _study(council, title=f"{number} {TITLE}", topics=[topic])
    services.plan_now(cadence="weekly")


def decision(council, reader):
    moderator = factories.UserFactory(moderator=True)
    made, _verdict = add_comment(page=_study(council), body=WORDS, by=reader)
    moderation.decide_contribution(
        contribution=made, action="decline", by=moderator, reason="promotion", words="This is an advert.\nSorry."
    )


def review(council, reader):
    author = factories.member(council, "author")
    factories.member(council, "approver", name="Ada Approver")
    page = _study(council, live=False, owner=author)
    page.save_revision(user=author)
    page.get_workflow().start(page, author)


def reply(council, reader):
    moderator = factories.UserFactory(moderator=True)
    page = _study(council)
    first = comment(page, reader, moderator)
    deliver_all(only="notices")
    OutgoingEmail.objects.all().delete()
    comment(page, factories.member(council, name="Carys “C” <c@example.org>"), moderator, reply_to=first)


def mention(council, reader):
    moderator = factories.UserFactory(moderator=True)
    page = _study(council)
    comment(page, reader, moderator)
    deliver_all(only="notices")
    OutgoingEmail.objects.all().delete()
    comment(page, factories.member(council, name="Carys"), moderator, body=f"@{reader.name}: {WORDS}")


def adoption(council, reader):
    page = _study(council)
    CaseStudyPage.objects.update(owner=factories.member(council, "author"))
    luton = factories.organisation("Luton")
    facts = AdoptionFacts(status="trying", started="2026-05", words=WORDS)
    by = factories.member(luton, "author")
    case_studies.record_adoption(
        case_study=CaseStudyPage.objects.get(pk=page.pk), organisation=luton, facts=facts, by=by
    )


def question(council, reader):
    page = _study(council)
    CaseStudyPage.objects.update(owner=factories.member(council, "author"))
    deliver_all()
    case_studies.confirm(page_ids=[page.pk], on=date(2024, 11, 1))
    services.ask_what_is_due()


def account(council, reader):
    OutgoingEmail.objects.create(
        key="account:login_code",
        kind=MailKind.ACCOUNT,
        message_id="<1@localhost>",
        address="nobody@example.org",
        worthless_after=timezone.now() + timedelta(minutes=3),
        payload={"mail": "login_code", "sealed": seal({"code": "QWRT-YPSD"})},
    )


def address(council, reader):
    Suppression.objects.create(address=reader.email, reason="The mailbox does not exist.")
    services.send_test(person=reader)


def follow_confirm(council, reader):
    topic = factories.TopicFactory(name="Siopau gwag “Ŵyth” <b>& co</b>")
    services.request_follow(address="nobody@example.org", target=("topic", topic.pk), cadence="weekly", language="en")


def _asked(council, by):
    """An ask about what somebody of the council has done."""
    topic = factories.TopicFactory(name="Empty shops")
    _study(council, topics=[topic], owner=factories.member(council, "author"))
    indexing.rebuild(engines.database())
    return asks.create_ask(facts=AskFacts(title=TITLE[:100], body=WORDS * 2, topics=(topic,)), by=by)[0]


def ask(council, reader):
    _asked(council, factories.member(factories.organisation("Luton"), name="Ŵyn <b>Asker</b>"))


def answer(council, reader):
    asker = factories.member(factories.organisation("Luton"))
    found = _asked(council, asker)
    deliver_all()
    OutgoingEmail.objects.all().delete()
    add_comment(ask=found, body=WORDS, by=factories.member(council, name="Carys"))


def letter(council, reader):
    """As any room sends one (`core.post`)."""
    post.words("test_letter", sample={"title": TITLE})(
        lambda facts: post.Words(
            subject=TITLE,
            lead=TITLE,
            before=[f"About {facts['title']}."],
            quote=WORDS,
            quote_from="Somebody wrote:",
            url=f"{settings.BASE_URL}/look/",
            action="Look at it",
            lines=[f"To {facts['address']}, until {facts['until'] or 'ever'}."],
            why="You get this mail because a test sent it.",
        )
    )
    post.send(name="test_letter", key="test:1", person=reader, facts={"title": TITLE})


def site(council, reader):
    """As Wagtail sends it when somebody has commented on a draft in the editor."""
    page = factories.programme(TITLE, live=False)
    reader.groups.add(Group.objects.get(name=EDITORS))
    editor = factories.UserFactory(name="Carys “C” <c@example.org>")
    new = EditorComment.objects.create(page=page, user=editor, text=WORDS, contentpath="title")
    first = EditorComment(page=page, user=reader, text="Who may use it?")
    thread = {"comment": first, "replies": [CommentReply(comment=first, user=editor, text="Everybody.")]}
    context = {"page": page, "editor": editor, "new_comments": [new], "replied_comments": [thread]}
    send_notification([reader], "updated_comments", context)


SCENES = {
    MailKind.DIGEST: digest,
    MailKind.DECISION: decision,
    MailKind.REVIEW: review,
    MailKind.REPLY: reply,
    MailKind.MENTION: mention,
    MailKind.ADOPTION: adoption,
    MailKind.QUESTION: question,
    MailKind.ASK: ask,
    MailKind.ANSWER: answer,
    MailKind.ACCOUNT: account,
    MailKind.ADDRESS: address,
    MailKind.FOLLOW: follow_confirm,
    MailKind.LETTER: letter,
    MailKind.SITE: site,
}
# What a reader can stop: with one click, without signing in.
STOPPABLE = {
    MailKind.DIGEST,
    MailKind.REVIEW,
    MailKind.REPLY,
    MailKind.MENTION,
    MailKind.ADOPTION,
    MailKind.QUESTION,
    MailKind.ASK,
    MailKind.ANSWER,
}
# What stands with others about the same thing in the mail program.
THREADS = {
    MailKind.DECISION,
    MailKind.REVIEW,
    MailKind.REPLY,
    MailKind.MENTION,
    MailKind.ADOPTION,
    MailKind.ASK,
    MailKind.ANSWER,
}


# What can also be seen in a browser, with what its reader may see by then.
IN_BROWSER = THREADS | {MailKind.DIGEST}


def raw(kind, council, reader):
    """The bytes of a mail of that kind."""
    before = len(outbox.outbox)
    SCENES[kind](council, reader)
    deliver_all()
    services.send_waiting()
    sent = dict(OutgoingEmail.objects.filter(kind=kind).values_list("message_id", "kind"))
    message = next(one for one in outbox.outbox[before:] if one.extra_headers["Message-ID"] in sent)
    return message.message().as_bytes(linesep="\r\n")
