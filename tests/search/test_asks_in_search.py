"""Asks are found by search as soon as everybody may read them, and no longer."""

import pytest
from django.contrib.auth.models import AnonymousUser

from core.delivery import deliver_all
from discussion import services as comments
from discussion.asks import services
from discussion.asks.services import AskFacts
from moderation import services as moderation
from search import selectors
from search.asking import ask as search
from search.state import read
from tests import factories

pytestmark = pytest.mark.django_db

BODY = "Every second shop in our high street has been empty for more than a year, and nobody asks for them."


@pytest.fixture
def topic(db):
    return factories.TopicFactory(name="High streets", slug="high-streets")


@pytest.fixture
def moderator(db):
    return factories.UserFactory(moderator=True)


@pytest.fixture
def member(db):
    return factories.member(factories.organisation("Luton"))


def put(topic, by, title="How do other towns let their bandstands?"):
    return services.create_ask(facts=AskFacts(title=title, body=BODY, topics=(topic,)), by=by)[0]


def found(words, **more):
    from django.http import QueryDict

    query = QueryDict(mutable=True)
    query.update({"q": words, **more})
    deliver_all()
    return [(hit.kind, hit.object_id) for hit in search(read(query), user=AnonymousUser()).results.hits]


def test_a_published_ask_is_found_by_its_words_and_by_its_topic(topic, member):
    ask = put(topic, member)
    assert found("bandstands") == [("ask", ask.pk)]
    assert found("bandstands", type="ask", topic="high-streets") == [("ask", ask.pk)]
    assert found("bandstands", type="case_study") == []
    assert "Bandstands".casefold() in selectors.suggest("How do other")[0].title.casefold()


def test_a_held_ask_is_found_when_it_is_approved_and_lost_when_it_is_hidden(topic, moderator):
    ask = put(topic, factories.UserFactory())
    assert found("bandstands") == []
    assert selectors.suggest("How do other") == []
    moderation.decide_contribution(contribution=ask, action="approve", by=moderator)
    assert found("bandstands") == [("ask", ask.pk)]
    moderation.hide(contribution=ask, by=moderator, reason="abuse", words="An advertisement.")
    assert found("bandstands") == []
    assert selectors.suggest("How do other") == []


def test_the_answer_that_helped_is_found_with_its_ask_and_others_are_not(topic, member, moderator):
    asker = factories.member(factories.organisation("Hull"))
    ask = put(topic, asker)
    answer, _ = comments.add_comment(ask=ask, body="We gave the wurlitzer a residency.", by=member)
    assert found("wurlitzer") == []
    services.accept_answer(answer=answer, by=asker)
    assert found("wurlitzer") == [("ask", ask.pk)]
    moderation.hide(contribution=answer, by=moderator, reason="abuse", words="An advertisement.")
    assert found("wurlitzer") == []


def test_an_ask_follows_the_name_of_its_topic(topic, member):
    put(topic, member)
    topic.name = "Promenades"
    topic.save()
    from core import events

    events.record(kind="topic.updated", subject=("topic", topic.pk))
    assert len(found("promenades")) == 1


def test_what_is_alike_shares_more_than_one_word(topic, member):
    council = factories.organisation("Stockport")
    page = factories.case_study(council, title="A brass band fills the bandstand each Sunday", topics=[topic])
    factories.case_study(council, title="A year of nothing else", summary="Other.", problem="", approach="", results="")
    deliver_all()
    hits = selectors.similar_to_text("Who fills a bandstand for a year?", kind="case_study")
    assert [hit.object_id for hit in hits] == [page.pk]
    assert selectors.similar_to_text("", kind="case_study") == []
    assert selectors.similar_to_text('" - ( * ~ \x00', kind="case_study") == []


def test_an_ask_is_shown_case_studies_like_it(topic, member):
    page = factories.case_study(factories.organisation("Stockport"), title="Bandstands let by the hour", topics=[topic])
    ask = put(topic, member)
    deliver_all()
    assert page.pk in [hit.object_id for hit in selectors.similar_to_ask(ask)]
