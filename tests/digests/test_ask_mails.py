"""What people hear of asks: a few who have done it, the asker, who helped, and followers."""

import re

import pytest
import time_machine
from django.core import mail as outbox

from core.delivery import deliver_all
from digests import services
from digests.models import MailPreference, OutgoingEmail
from digests.rendering.samples import answered, asked_about, helped, written_up
from discussion import services as comments
from discussion.asks import services as asks
from discussion.asks.services import AskFacts
from members.services import end_membership
from moderation import services as moderation
from search import engines, indexing
from tests import factories
from tests.digests.helpers import html_of, parsed, send_now, text_of

pytestmark = pytest.mark.django_db

TITLE = "How do other towns fill empty shops for good?"
BODY = "Every second shop in our high street has been empty for more than a year, and nobody asks for them."


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-22T12:00Z", tick=True) as traveller:
        yield traveller


@pytest.fixture
def author(council):
    return factories.member(council, "author", name="Ann Author", email="ann@example.org")


@pytest.fixture
def market(council, author, topic):
    page = factories.case_study(council, title="Market in empty shops", topics=[topic], owner=author)
    indexing.rebuild(engines.database())
    return page


@pytest.fixture
def asker():
    return factories.member(factories.organisation("Luton"), name="Asif Asker", email="asif@example.org")


def put(topic, by, title=TITLE):
    return asks.create_ask(facts=AskFacts(title=title, body=BODY, topics=(topic,)), by=by)[0]


def told():
    """Deliver what happened, send what that asks for, and return it."""
    before = len(outbox.outbox)
    deliver_all()
    services.send_waiting()
    return [parsed(message) for message in outbox.outbox[before:]]


# --- who has done it ------------------------------------------------------------------------------


def test_who_wrote_the_nearest_case_study_is_asked_and_can_decline_with_one_click(client, market, topic, asker, author):
    ask = put(topic, asker)
    (mail,) = told()
    assert mail["To"] == author.email
    assert mail["Subject"] == f"Can you help? {TITLE}"
    for text in (text_of(mail), html_of(mail)):
        for words in ("Market in empty shops", BODY[:40], ask.get_absolute_url(), "At most five people"):
            assert words in " ".join(text.split())
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    client.post(mail["List-Unsubscribe"].strip("<>").replace("http://localhost:8000", ""))
    assert not MailPreference.objects.get(person=author).asks
    put(topic, asker, "How do other towns keep their shops filled?")
    assert told() == []


def test_at_most_five_are_asked_the_nearest_first_and_never_the_asker(topic, asker, council):
    for number in range(8):
        of = factories.organisation(f"Town {number}")
        person = factories.member(of, "author", email=f"author{number}@example.org")
        factories.case_study(of, title=f"Empty shops filled for good {number}", topics=[topic], owner=person)
    own = factories.case_study(council, title="How towns fill empty shops for good", topics=[topic], owner=asker)
    factories.adoption(own, factories.organisation("Hull"), author=asker)
    indexing.rebuild(engines.database())
    put(topic, asker)
    mails = told()
    assert len(mails) == 5
    assert asker.email not in {mail["To"] for mail in mails}


def test_an_ask_that_is_published_again_asks_nobody_a_second_time_and_no_others(topic, asker):
    for number in range(7):
        of = factories.organisation(f"Town {number}")
        factories.case_study(
            of, title=f"Empty shops filled for good {number}", topics=[topic], owner=factories.member(of, "author")
        )
    indexing.rebuild(engines.database())
    ask = put(topic, asker)
    assert len(told()) == 5
    asks.edit_ask(ask=ask, facts=AskFacts(title=TITLE, body=f"{BODY} a.com b.com c.com", topics=(topic,)), by=asker)
    assert ask.state == "held"
    moderation.decide_contribution(contribution=ask, action="approve", by=factories.UserFactory(moderator=True))
    assert [mail for mail in told() if "Can you help" in mail["Subject"]] == []


def test_who_tried_the_same_is_asked_too(market, topic, asker, author):
    tried = factories.UserFactory(email="tried@example.org")
    factories.adoption(market, factories.organisation("Hull"), author=tried)
    put(topic, asker)
    assert {mail["To"] for mail in told()} == {author.email, "tried@example.org"}


def test_nobody_is_asked_more_than_twice_a_week(market, topic, asker, author, clock):
    for number in range(3):
        put(topic, asker, f"{TITLE} Part {number}")
        told()
    assert OutgoingEmail.objects.filter(kind="ask", person=author).count() == 2
    clock.shift(8 * 86400)
    put(topic, asker, f"{TITLE} Part 4")
    told()
    assert OutgoingEmail.objects.filter(kind="ask", person=author).count() == 3


def test_an_ask_about_something_else_disturbs_nobody(market, asker):
    put(factories.TopicFactory(name="Libraries"), asker)
    assert told() == []


def test_nobody_is_asked_about_a_held_ask_nor_about_one_that_was_hidden_meanwhile(market, topic, asker, author):
    newcomer = factories.UserFactory()
    held = put(topic, newcomer)
    assert held.state == "held"
    assert told() == []
    ask = put(topic, asker, "Who has filled empty shops with makers?")
    deliver_all()
    moderation.hide(
        contribution=ask, by=factories.UserFactory(moderator=True), reason="abuse", words="An advertisement."
    )
    services.send_waiting()
    assert not [mail for mail in outbox.outbox if "makers" in mail.subject and mail.to == [author.email]]


def test_a_members_case_study_is_not_named_to_an_adopter_who_may_no_longer_read_it(market, topic, asker, author):
    hull = factories.organisation("Hull")
    tried = factories.member(hull, "author", email="tried@example.org")
    factories.adoption(market, hull, author=tried)
    type(market).objects.filter(pk=market.pk).update(audience="members")
    put(topic, asker)
    deliver_all()
    end_membership(membership=tried.memberships.get(), by=None)
    services.send_waiting()
    assert [mail.to for mail in outbox.outbox] == [[author.email]]


def test_a_moderators_decision_speaks_of_the_ask_and_leads_to_it(topic):
    newcomer = factories.UserFactory(email="new@example.org")
    ask = put(topic, newcomer)
    moderation.decide_contribution(
        contribution=ask,
        action="ask_for_changes",
        by=factories.UserFactory(moderator=True),
        reason="personal_data",
        words="Please leave the names out.",
    )
    (mail,) = told()
    assert mail["Subject"] == f"Please change it: your ask {TITLE}"
    assert f"/ask/{ask.pk}/edit/" in text_of(mail)


# --- answers --------------------------------------------------------------------------------------


def test_the_asker_hears_of_each_answer_once_and_of_none_of_their_own(topic, asker, author):
    ask = put(topic, asker)
    answer, _ = comments.add_comment(ask=ask, body="We let them by the week.", by=author)
    comments.add_comment(ask=ask, body="I found something myself.", by=asker)
    (mail,) = told()
    assert (mail["To"], mail["Subject"]) == (asker.email, f"Ann Author answered: {TITLE}")
    assert "We let them by the week." in text_of(mail)
    assert f"{ask.get_absolute_url()}#comment-{answer.pk}" in text_of(mail)
    deliver_all()
    assert told() == []


def test_a_reply_to_a_comment_of_the_asker_is_one_mail(topic, asker, author):
    ask = put(topic, asker)
    own, _ = comments.add_comment(ask=ask, body="I found something myself.", by=asker)
    comments.add_comment(ask=ask, body="What is it?", by=author, reply_to=own)
    (mail,) = told()
    assert mail["Subject"].startswith("Ann Author replied to you")


def test_who_does_not_want_to_hear_of_answers_does_not(topic, asker, author):
    MailPreference.objects.create(person=asker, answers=False)
    comments.add_comment(ask=put(topic, asker), body="We let them by the week.", by=author)
    assert told() == []


def test_an_answer_removed_before_the_mail_leaves_is_not_in_it(topic, asker, author):
    answer, _ = comments.add_comment(ask=put(topic, asker), body="We let them by the week.", by=author)
    deliver_all()
    comments.delete_comment(comment=answer, by=author)
    services.send_waiting()
    assert outbox.outbox == []


def test_who_helped_is_thanked(topic, asker, author):
    ask = put(topic, asker)
    answer, _ = comments.add_comment(ask=ask, body="We let them by the week.", by=author)
    told()
    asks.accept_answer(answer=answer, by=asker)
    (mail,) = told()
    assert (mail["To"], mail["Subject"]) == (author.email, f"Your answer helped: {TITLE}")
    assert "We let them by the week." in text_of(mail)


# --- followers ------------------------------------------------------------------------------------


def test_followers_of_its_topic_find_a_new_ask_in_their_digest(topic, asker, reader):
    services.follow(person=reader, target=("topic", topic.pk))
    ask = put(topic, asker)
    held = put(topic, factories.UserFactory(), "Who has filled the held back shops?")
    deliver_all()
    (mail,) = send_now()
    text = text_of(mail)
    assert TITLE in text
    assert ask.get_absolute_url() in text
    assert held.title not in text


def test_followers_of_an_ask_hear_of_its_answers_and_of_the_one_that_helped(topic, asker, reader, author):
    ask = put(topic, asker)
    services.follow(person=reader, target=("ask", ask.pk))
    answer, _ = comments.add_comment(ask=ask, body="We let them by the week.", by=author)
    deliver_all()
    (mail,) = [one for one in send_now() if one["To"] == reader.email]
    assert "We let them by the week." in text_of(mail)
    asks.accept_answer(answer=answer, by=asker)
    deliver_all()
    (mail,) = [one for one in send_now() if one["To"] == reader.email]
    assert "An answer helped" in text_of(mail)


def test_what_still_waits_after_a_week_is_in_the_digest_once_and_not_if_it_was_answered(topic, asker, reader, clock):
    ask, other = put(topic, asker), put(topic, asker, "Who has filled empty shops with makers?")
    deliver_all()
    services.follow(person=reader, target=("topic", topic.pk))
    clock.shift(8 * 86400)
    asks.raise_unanswered()
    factories.answer(other, factories.UserFactory())
    deliver_all()
    (mail,) = send_now()
    assert "Still unanswered" in text_of(mail)
    assert ask.title in text_of(mail)
    assert other.title not in text_of(mail)
    clock.shift(8 * 86400)
    asks.raise_unanswered()
    deliver_all()
    assert send_now() == []


# --- what staff see -------------------------------------------------------------------------------


def test_staff_see_each_of_these_mails_with_what_is_really_there(market, topic, asker, author):
    ask = put(topic, asker)
    assert TITLE in asked_about(author).subject
    answer, _ = comments.add_comment(ask=ask, body="We let them by the week.", by=author)
    assert "Ann Author answered" in answered(asker).subject
    asks.accept_answer(answer=answer, by=asker)
    assert "Your answer helped" in helped(author).subject


# --- What came of it ---------------------------------------------------------------------------------


def test_the_asker_hears_of_the_case_study_that_came_of_it_and_closes_the_ask_or_does_not(
    client, council, author, asker, topic
):
    ask = put(topic, asker)
    told()
    page = asks.write_up(ask=ask, organisation=council, summary="Traders took three shops for a year.", by=author)
    assert told() == [], "a draft is nobody's news"
    page.get_latest_revision().publish(user=factories.UserFactory(moderator=True))
    (message,) = told()
    assert (message["To"], message["Subject"]) == (asker.email, f"Written up: {TITLE}")
    for part in (text_of(message), html_of(message)):
        flat = " ".join(part.split())
        assert "Traders took three shops for a year." in flat
        assert "close your ask on its page" in flat
        assert "/councils/stockport/" in flat
    assert f"<ask-{ask.pk}.thread@localhost>" == message["In-Reply-To"]
    page.refresh_from_db()
    page.get_latest_revision_as_object().save_revision().publish()
    page.unpublish()
    page.save_revision().publish()
    assert told() == [], "once"
    client.force_login(asker)
    shown = client.get(ask.get_absolute_url()).content.decode()
    assert page.get_url() in shown
    assert "Does it answer your question?" in shown
    close = f"/ask/{ask.pk}/close/"
    assert re.search(r'<input[^>]*value="case_study"[^>]*checked', client.get(close).content.decode())
    client.post(close, {"reason": "case_study"})
    ask.refresh_from_db()
    assert ask.closed_reason == "case_study"
    assert "Does it answer your question?" not in client.get(ask.get_absolute_url()).content.decode()
    assert written_up(asker).subject == f"Written up: {TITLE}"


def test_nobody_hears_of_a_case_study_that_is_gone_again_or_that_they_wrote_themselves(council, author, asker, topic):
    moderator = factories.UserFactory(moderator=True)
    own = put(topic, author, title="What do we do with our own empty shops?")
    mine = asks.write_up(ask=own, organisation=council, summary="We asked, and then did it.", by=author)
    mine.get_latest_revision().publish(user=moderator)
    ask = put(topic, asker)
    page = asks.write_up(ask=ask, organisation=council, summary="Gone again.", by=author)
    told()
    page.get_latest_revision().publish(user=moderator)
    deliver_all()
    page.refresh_from_db()
    page.unpublish()
    assert told() == []
    assert OutgoingEmail.objects.get(key__startswith="written-up:").state == "suppressed"
