"""What happens on a demonstration site so that each kind of mail is sent, by the services that send it for real."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from email.message import EmailMessage

from django.db.models import Count, F
from django.utils import timezone
from wagtail.admin.mail import send_notification
from wagtail.models import Comment as EditorComment

from accounts import mail as account_mail
from accounts.models import User
from accounts.services import account_of_mailbox
from casestudies import services as case_studies
from casestudies.adoption_facts import AdoptionFacts
from casestudies.models import CaseStudyPage
from core.delivery import deliver_all
from core.models import Topic
from digests import services
from digests.models import MailKind, OutgoingEmail, Suppression
from discussion.asks import services as asks
from discussion.asks.services import AskFacts
from discussion.models import Ask, Comment
from discussion.services import add_comment
from members.models import Organisation
from moderation import services as moderation
from scripts.site import ROOT

LINK = {
    "email_confirmation_signup": {"activate_url": "/account/confirm-email/NDE:1wXyZq:not-a-real-key/"},
    "password_reset_key": {"password_reset_url": "/account/password/reset/key/1a-not-a-real-key/"},
    "unknown_account": {"signup_url": "/account/signup/"},
}
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def fingerprint() -> str:
    """Of the templates of all mails: pictures with another one are of other mails."""
    found = hashlib.sha256()
    for path in sorted((ROOT / "templates" / "emails").rglob("*.*")):
        if path.suffix != ".md":
            found.update(path.read_bytes())
    return found.hexdigest()[:16]


def play() -> None:
    talk_and_act = (talk, adopt, ask, decide, submit, ask_still_true, comment_in_the_editor)
    for scene in (*talk_and_act, follow_topics, mail_about_accounts, mend_address):
        scene()
        deliver_all()
        # Whoever had a notice a moment ago would wait ten minutes for the next.
        OutgoingEmail.objects.filter(sent_at__isnull=False).update(sent_at=F("sent_at") - timedelta(hours=1))
        services.send_waiting()


def named(letters: dict[str, EmailMessage]) -> Iterator[tuple[str, EmailMessage]]:
    """(name, mail) for the pictures; of several of a kind the longest, which shows most."""
    rows = OutgoingEmail.objects.filter(message_id__in=letters).order_by("pk")
    found: dict[str, EmailMessage] = {}
    for row in rows:
        letter = letters[row.message_id]
        name = _name(row, letter)
        if name not in found or len(str(letter)) > len(str(found[name])):
            found[name] = letter
    yield from found.items()


def _name(row: OutgoingEmail, letter: EmailMessage) -> str:
    if row.kind == MailKind.ACCOUNT:
        return str(row.payload["mail"])
    if row.kind == MailKind.DIGEST and letter["Content-Language"] == "cy":
        return "welsh-digest"
    if row.kind == MailKind.DIGEST:
        return "first-digest" if "This is your first mail" in _text(letter) else "digest"
    return "bundle" if "within ten minutes" in " ".join(_text(letter).split()) else str(row.kind)


def _text(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    return str(body.get_content()) if body else ""


def _person(name: str) -> User:
    return User.objects.get(email=f"{name}@demo.example")


def talk() -> None:
    """An answer to a comment, and a comment that names somebody."""
    first = Comment.objects.filter(author=_person("nadia"), parent=None, page__isnull=False).earliest("pk")
    _approved(first.page.specific, "tomasz", "We count ours at the till: 140 a week in winter, 210 in summer.", first)
    other = Comment.objects.filter(author=_person("carys"), parent=None, page__isnull=False).earliest("pk")
    words = f"@{other.author.display_name}, does the tally include what people spend later the same day?"
    _approved(other.page.specific, "practitioner", words)


def _approved(about: CaseStudyPage | Ask, who: str, body: str, reply_to: Comment | None = None) -> None:
    where = {"ask": about} if isinstance(about, Ask) else {"page": about}
    comment, verdict = add_comment(**where, body=body, by=_person(who), reply_to=reply_to)
    if not verdict.publish:
        moderation.decide_contribution(contribution=comment, action="approve", by=_person("moderator"))


def adopt() -> None:
    """Two councils record that they try something of the demonstration council: two notices in one mail."""
    for page, slug in zip(_demonstrations()[:2], ("mockshire", "testwick"), strict=False):
        adopter = Organisation.objects.filter(slug__startswith=slug).first()
        if adopter and not page.adoptions.filter(organisation=adopter).exists():
            case_studies.record_adoption(
                case_study=page,
                organisation=adopter,
                facts=AdoptionFacts(
                    status="trying",
                    started=f"{timezone.localdate():%Y-%m}",
                    words="We opened on Mondays, when the library is closed, and two volunteers keep the shelves.",
                ),
                by=_person("adopter"),
            )


def _demonstrations() -> list[CaseStudyPage]:
    return list(CaseStudyPage.objects.live().filter(title__startswith="Demonstration").order_by("pk"))


def ask() -> None:
    """Somebody asks about what the demonstration council has done, and gets an answer."""
    page = _demonstrations()[0]
    made, verdict = asks.create_ask(
        facts=AskFacts(
            title="How do we keep a library of things open when volunteers are few?",
            body="We lend tools on two evenings a week. Four of our seven volunteers stop in spring, and nobody "
            "has come forward. Has anyone shared the work with a library or a repair café, and what did it cost?",
            topics=tuple(page.topics.all()[:2]),
        ),
        by=_person("practitioner"),
    )
    if verdict and not verdict.publish:
        moderation.decide_contribution(contribution=made, action="approve", by=_person("moderator"))
        made.refresh_from_db()
    deliver_all()
    _approved(made, "carys", "The library opened ours on its late evening: one more hour of staff a week, 900 a year.")


def decide() -> None:
    held = Comment.objects.filter(author=_person("sam"), state="held").earliest("pk")
    moderation.decide_contribution(
        contribution=held,
        action="ask_for_changes",
        by=_person("moderator"),
        reason="no_source",
        words="Thank you for this. Please say where the figure comes from, and link to it if you can.",
    )


def submit() -> None:
    """An author of the demonstration council hands in a draft; its approver is asked."""
    page = _demonstrations()[0]
    page.summary = f"{page.summary} Now with the figures of the second year."[:300]
    author = _person("author")
    page.save_revision(user=author)
    page.get_workflow().start(page, author)


def ask_still_true() -> None:
    pages = _demonstrations()
    case_studies.confirm(page_ids=[page.pk for page in pages], on=date(timezone.localdate().year - 2, 3, 1))
    services.ask_what_is_due()


def comment_in_the_editor() -> None:
    """What the CMS composes itself, as it does when a draft with comments is saved."""
    page, editor = _demonstrations()[0], _person("approver")
    new = EditorComment.objects.create(
        page=page, user=editor, text="Can we say what the van costs in a year?", contentpath="what_we_did"
    )
    send_notification([_person("author")], "updated_comments", {"page": page, "editor": editor, "new_comments": [new]})


def follow_topics() -> None:
    """A reader of three topics, in a week with news of eight case studies; somebody who reads Welsh and follows the
    same; and a visitor who wants one of them.
    """
    reader = _person("practitioner")
    topics = list(Topic.objects.annotate(n=Count("case_studies")).order_by("-n", "pk")[:3])
    for topic in topics:
        services.follow(person=reader, target=("topic", topic.pk))
    pages = CaseStudyPage.objects.live().filter(topics__in=topics).distinct().order_by("pk")[:8]
    services.follow(person=reader, target=("case_study", pages[0].pk))
    welsh = account_of_mailbox(address="darllenydd@demo.example", language="cy")
    for topic in topics[:2]:
        services.follow(person=welsh, target=("topic", topic.pk))
    for page in pages:
        page.save_revision().publish()
    _approved(pages[0], "carys", "Is there a list of what you would not do again? We start in the spring.")
    _approved(pages[0], "nadia", "What did the insurance cost in the first year?")
    services.request_follow(
        address="visitor@demo.example", target=("topic", topics[0].pk), cadence="weekly", language="en"
    )
    deliver_all()
    services.plan_now(cadence="weekly")


def mail_about_accounts() -> None:
    for name, more in {"login_code": {"code": "QWRT-YPSD"}, "totp_activated": {}, **LINK}.items():
        person = None if name == "unknown_account" else _person("nadia")
        account_mail.send(
            name=name,
            address=person.email if person else "visitor@demo.example",
            person=person,
            context={**more, "ip": "192.0.2.7", "user_agent": BROWSER, "timestamp": timezone.now()},
        )


def mend_address() -> None:
    """Mail to somebody came back, and they ask for a test."""
    person = _person("tomasz")
    Suppression.objects.create(address=person.email, reason="5.1.1 No such mailbox here.")
    services.send_test(person=person)
