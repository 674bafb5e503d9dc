"""Asks: asked, held or published, answered, accepted, backed, closed, taken back."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.models import Event
from discussion import services as comments
from discussion.asks import selectors, services
from discussion.asks.services import AskFacts
from discussion.errors import AlreadySettled, BadField, BadText, NotAllowed, TooLate
from discussion.models import Ask, AskBacker, Comment
from discussion.permissions import asks_visible_to, can_read_ask, comments_visible_to
from moderation import services as moderation
from tests import factories

pytestmark = pytest.mark.django_db

TITLE = "How do other towns fill empty shops for good?"
BODY = "Every second shop in our high street has been empty for more than a year, and nobody asks for them."


@pytest.fixture
def topic(db):
    return factories.TopicFactory(name="High streets", slug="high-streets")


def facts(topic, **changes):
    return AskFacts(**{"title": TITLE, "body": BODY, "topics": (topic,), **changes})


def put(topic, by, **changes):
    return services.create_ask(facts=facts(topic, **changes), by=by)[0]


def targets(event):
    return {(one.kind, one.object_id) for one in event.targets.all()}


# --- asking ---------------------------------------------------------------------------------------


def test_a_newcomers_ask_waits_for_a_moderator_and_says_why(topic, newcomer, moderator):
    ask, verdict = services.create_ask(facts=facts(topic), by=newcomer)
    assert (ask.state, verdict.codes) == ("held", ["new_person"])
    assert not Event.objects.filter(kind="ask.published").exists()
    moderation.decide_contribution(contribution=ask, action="approve", by=moderator)
    ask.refresh_from_db()
    assert ask.state == "published"
    assert Event.objects.get(kind="ask.published").data["title"] == TITLE


def test_a_members_ask_is_published_and_touches_what_people_follow(topic, council, member):
    parent = factories.TopicFactory()
    topic.parent = parent
    topic.save()
    place = factories.PlaceFactory()
    ask = put(topic, member, organisation=council, place=place)
    assert targets(Event.objects.get(kind="ask.published")) == {
        ("ask", ask.pk), ("topic", topic.pk), ("topic", parent.pk), ("place", place.pk), ("organisation", council.pk)
    }  # fmt: skip


def test_nobody_asks_for_an_organisation_they_do_not_belong_to(topic, council, newcomer):
    with pytest.raises(BadField) as wrong:
        put(topic, newcomer, organisation=council)
    assert wrong.value.field == "organisation"
    assert not Ask.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "Empty shops"),
        ("title", "\u202e\u200b"),
        ("title", "See www.casino.com for empty shops today"),
        ("title", "word " * 60),
        ("body", "Help please"),
        ("body", "shop " * 4000),
        ("body", "Look at this and tell me what you think " + "https://spam.example " * 6),
    ],
)
def test_what_is_no_ask_is_refused_at_its_field(topic, member, field, value):
    with pytest.raises(BadField) as wrong:
        put(topic, member, **{field: value})
    assert wrong.value.field == field
    assert not Ask.objects.exists()


@pytest.mark.parametrize("number", [0, 4])
def test_an_ask_has_one_to_three_topics(member, number):
    topics = tuple(factories.TopicFactory() for _ in range(number))
    with pytest.raises(BadField) as wrong:
        services.create_ask(facts=AskFacts(title=TITLE, body=BODY, topics=topics), by=member)
    assert wrong.value.field == "topic"


def test_an_ask_with_many_links_waits_even_for_a_member(topic, member):
    ask = put(topic, member, body=f"{BODY} https://a.example https://b.example https://c.example")
    assert ask.state == "held"


def test_a_button_pressed_twice_asks_once(topic, member):
    first = put(topic, member)
    again, verdict = services.create_ask(facts=facts(topic), by=member)
    assert (again, verdict) == (first, None)
    assert Ask.objects.count() == 1


def test_somebody_without_a_name_gives_one(topic):
    nameless = factories.UserFactory(name="")
    with pytest.raises(BadText):
        put(topic, nameless)
    services.create_ask(facts=facts(topic), by=nameless, name="  Nell   New ")
    nameless.refresh_from_db()
    assert nameless.name == "Nell New"


def test_visitors_do_not_ask(topic):
    with pytest.raises(NotAllowed):
        services.create_ask(facts=facts(topic), by=AnonymousUser())


# --- changing and taking back ---------------------------------------------------------------------


def test_an_ask_can_be_changed_for_a_quarter_of_an_hour_by_its_asker(topic, member, newcomer):
    ask = put(topic, member)
    with pytest.raises(NotAllowed):
        services.edit_ask(ask=ask, facts=facts(topic), by=newcomer)
    services.edit_ask(ask=ask, facts=facts(topic, title="How do towns keep shops filled?"), by=member)
    assert (ask.title, bool(ask.edited_at)) == ("How do towns keep shops filled?", True)
    with time_machine.travel(timezone.now() + timedelta(minutes=16)), pytest.raises(TooLate):
        services.edit_ask(ask=ask, facts=facts(topic), by=member)


def test_an_edit_with_an_advertisement_takes_the_ask_off_the_site(topic, member):
    ask = put(topic, member)
    services.edit_ask(ask=ask, facts=facts(topic, body=f"{BODY} a.com b.com c.com"), by=member)
    assert ask.state == "held"
    assert not asks_visible_to(AnonymousUser()).exists()


def test_an_ask_is_taken_back_until_somebody_else_has_answered(topic, member, newcomer):
    ask = put(topic, member)
    own = factories.answer(ask, member)
    services.delete_ask(ask=ask, by=member)
    services.delete_ask(ask=ask, by=member)
    assert (ask.state, ask.title, ask.body) == ("removed", "", "")
    assert not comments_visible_to(member).filter(pk=own.pk).exists()
    answered = put(topic, member)
    factories.answer(answered, newcomer)
    with pytest.raises(NotAllowed):
        services.delete_ask(ask=answered, by=member)


def test_a_reported_ask_keeps_its_words_for_the_moderator(topic, member, newcomer):
    ask = put(topic, member)
    moderation.report(subject=ask, kind="spam", by=newcomer)
    services.delete_ask(ask=ask, by=member)
    assert ask.title == TITLE


# --- who sees it ----------------------------------------------------------------------------------


def test_predicate_and_queryset_agree_for_every_state_and_reader(member, newcomer, moderator):
    people = [AnonymousUser(), newcomer, member, moderator, factories.UserFactory(administrator=True)]
    asks = [
        factories.ask(author=author, state=state)
        for author in (member, newcomer, None)
        for state in ("draft", "held", "published", "hidden", "removed")
    ]
    answers = [factories.answer(ask, member) for ask in asks]
    for person in people:
        seen = set(asks_visible_to(person).values_list("pk", flat=True))
        assert seen == {ask.pk for ask in asks if can_read_ask(person, ask)}
        from discussion.permissions import can_see

        readable = set(comments_visible_to(person).values_list("pk", flat=True))
        assert readable == {one.pk for one in answers if can_see(person, one)}


def test_a_held_ask_is_its_askers_and_the_moderators_alone(topic, newcomer, member, moderator):
    ask = put(topic, newcomer)
    assert [can_read_ask(one, ask) for one in (newcomer, moderator, member, AnonymousUser())] == [
        True,
        True,
        False,
        False,
    ]


# --- answering ------------------------------------------------------------------------------------


def test_an_answer_is_a_comment_that_followers_of_the_ask_hear_of(member, newcomer):
    ask = factories.ask(author=newcomer)
    answer, verdict = comments.add_comment(ask=ask, body="We let them by the week.", by=member)
    assert verdict.publish
    assert answer.page is None
    event = Event.objects.get(kind="comment.published")
    assert targets(event) == {("ask", ask.pk), ("comment", answer.pk)}
    assert event.data["ask_id"] == ask.pk


def test_an_answer_can_be_answered_and_stays_with_its_ask(case_study, member, newcomer):
    ask, other = factories.ask(author=newcomer), factories.ask(author=newcomer)
    answer = factories.answer(ask, member)
    reply, _ = comments.add_comment(ask=ask, body="Which streets?", by=newcomer, reply_to=answer)
    assert (reply.parent, reply.ask) == (answer, ask)
    for elsewhere in ({"ask": other}, {"page": case_study}):
        with pytest.raises(NotAllowed):
            comments.add_comment(**elsewhere, body="Which streets?", by=member, reply_to=answer)


def test_a_comment_stands_in_one_place(case_study, member):
    ask = factories.ask(author=member)
    for where in ({"page": case_study, "ask": ask}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Comment.objects.create(author=member, body="x", **where)


@pytest.mark.parametrize("state", ["held", "hidden", "removed"])
def test_nobody_answers_what_is_not_published(state, member, newcomer):
    with pytest.raises(NotAllowed):
        comments.add_comment(ask=factories.ask(author=newcomer, state=state), body="Hello there", by=member)


# --- the answer that helped -----------------------------------------------------------------------


def test_the_asker_says_which_answer_helped(member, newcomer):
    ask = factories.ask(author=newcomer)
    answer = factories.answer(ask, member)
    services.accept_answer(answer=answer, by=newcomer)
    services.accept_answer(answer=answer, by=newcomer)
    ask.refresh_from_db()
    assert ask.is_settled
    assert Event.objects.filter(kind="ask.answered").count() == 1
    assert list(selectors.shown(selectors.ANSWERED)) == [ask]
    assert list(selectors.shown(selectors.OPEN)) == []


def test_nobody_else_says_so_and_no_answer_that_waits(member, newcomer, moderator):
    ask = factories.ask(author=newcomer)
    answer, held = factories.answer(ask, member), factories.answer(ask, member, state="held")
    for person, what in ((member, answer), (moderator, answer), (newcomer, held)):
        with pytest.raises(NotAllowed):
            services.accept_answer(answer=what, by=person)


def test_of_two_chosen_at_once_the_second_is_told(member, newcomer):
    ask = factories.ask(author=newcomer)
    one, other = factories.answer(ask, member), factories.answer(ask, member, "Ask the owners first.")
    services.accept_answer(answer=one, by=newcomer, instead_of=None)
    with pytest.raises(AlreadySettled):
        services.accept_answer(answer=other, by=newcomer, instead_of=None)
    services.accept_answer(answer=other, by=newcomer, instead_of=one.pk)
    ask.refresh_from_db()
    assert ask.accepted == other


def test_an_ask_whose_answer_is_taken_off_is_open_again_and_another_can_help(member, newcomer, moderator):
    ask = factories.ask(author=newcomer)
    one, other = factories.answer(ask, member), factories.answer(ask, member, "Ask the owners first.")
    services.accept_answer(answer=one, by=newcomer)
    moderation.hide(contribution=one, by=moderator, reason="abuse", words="An advertisement.")
    ask = Ask.objects.get(pk=ask.pk)
    assert not ask.is_settled
    assert list(selectors.shown(selectors.OPEN)) == [ask]
    services.accept_answer(answer=other, by=newcomer)
    assert Ask.objects.get(pk=ask.pk).is_settled


def test_what_an_asker_who_left_asked_stays(member, newcomer):
    ask = factories.ask(author=newcomer)
    services.accept_answer(answer=factories.answer(ask, member), by=newcomer)
    newcomer.delete()
    ask = Ask.objects.get(pk=ask.pk)
    assert ask.author is None
    assert ask.is_settled
    assert can_read_ask(AnonymousUser(), ask)


# --- having it too, closing, waiting --------------------------------------------------------------


def test_i_have_this_too_counts_each_person_once_and_never_the_asker(member, newcomer):
    ask = factories.ask(author=newcomer)
    for _ in range(2):
        services.back_ask(ask=ask, by=member)
    with pytest.raises(NotAllowed):
        services.back_ask(ask=ask, by=newcomer)
    assert selectors.backing_of(ask, member) == selectors.Backing(count=1, own=True)
    assert selectors.backing_of(ask, AnonymousUser()) == selectors.Backing(count=1, own=False)
    services.unback_ask(ask=ask, by=member)
    assert not AskBacker.objects.exists()


def test_a_closed_ask_says_why_and_takes_no_answers_until_it_is_opened_again(member, newcomer, moderator):
    ask = factories.ask(author=newcomer)
    with pytest.raises(NotAllowed):
        services.close_ask(ask=ask, reason="solved", by=member)
    services.close_ask(ask=ask, reason="solved", by=newcomer)
    assert (ask.closed_reason, ask.takes_answers) == ("solved", False)
    with pytest.raises(NotAllowed):
        comments.add_comment(ask=ask, body="One more thing", by=member)
    services.reopen_ask(ask=ask, by=moderator)
    assert ask.takes_answers
    assert [e.kind for e in Event.objects.order_by("pk") if e.kind.startswith("ask.")] == ["ask.closed", "ask.reopened"]


def test_closing_as_asked_before_or_as_a_case_study_names_which(case_study, council, newcomer):
    ask, other = factories.ask(author=newcomer), factories.ask(author=newcomer)
    for reason, where in (("duplicate", {}), ("duplicate", {"duplicate_of": ask}), ("case_study", {})):
        with pytest.raises(BadField) as wrong:
            services.close_ask(ask=ask, reason=reason, by=newcomer, **where)
        assert wrong.value.field == "where"
    services.close_ask(ask=ask, reason="duplicate", by=newcomer, duplicate_of=other)
    assert ask.duplicate_of == other
    with pytest.raises(BadField):  # what a council wrote does not begin with whatever somebody asked
        services.close_ask(ask=other, reason="case_study", by=newcomer, case_study=case_study)
    own = factories.ask(author=factories.member(council, "author"))
    services.close_ask(ask=own, reason="case_study", by=own.author, case_study=case_study)
    assert own.case_study == case_study


def test_what_nobody_has_answered_for_a_week_is_brought_up_again_once(topic, member, newcomer):
    week = timezone.now() - timedelta(days=8)
    waiting = factories.ask(author=newcomer, created_at=week, topics=[topic])
    answered = factories.ask(author=newcomer, created_at=week)
    factories.answer(answered, member)
    own = factories.ask(author=newcomer, created_at=week)
    factories.answer(own, newcomer)
    left = factories.ask(author=None, created_at=week)
    factories.answer(left, member)
    factories.ask(author=newcomer)
    factories.ask(author=newcomer, created_at=week, state="held")
    factories.ask(author=newcomer, created_at=week, closed_at=week, closed_reason="not_needed")
    assert services.raise_unanswered() == 2
    assert services.raise_unanswered() == 0
    told = Event.objects.filter(kind="ask.waiting")
    assert {event.subject_id for event in told} == {waiting.pk, own.pk}
    assert ("topic", topic.pk) in targets(told.get(subject_id=waiting.pk))
    assert list(selectors.still_waiting()) == [waiting, own]


def test_lists_cost_the_same_however_many_asks_there_are(topic, member, django_assert_num_queries):
    for number in (3, 12):
        for _ in range(number):
            ask = factories.ask(author=member, topics=[topic])
            factories.answer(ask, member)
        with django_assert_num_queries(2):
            for ask in selectors.shown(selectors.ALL):
                assert (ask.n_answers, ask.author, ask.is_settled, len(ask.topics.all())) == (1, member, False, 1)
