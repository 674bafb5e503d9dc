"""Case studies that comments and answers cite: found by their address, shown as cards, and never more than allowed."""

import pytest
from django.contrib.auth.models import AnonymousUser

from discussion import services
from discussion.asks.selectors import answers_citing
from discussion.citations import cited_in
from discussion.models import CommentCitation
from members.services import end_membership
from tests import factories
from tests.discussion.helpers import thread_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(council):
    return factories.case_study(council, title="Only for members", audience="members", outcome="did_not_work")


def cards(ask, user):
    return [card for one in thread_of(ask=ask, user=user) for card in one["cites"]]


@pytest.mark.parametrize(
    "text",
    [
        "See http://localhost:8000{path} first.",
        "See localhost:8000{path}, twice: http://localhost:8000{path}#results",
        "See {path}",
        "See http://localhost:8000/cy{path}",
        "(http://localhost:8000{path}?page=2)",
    ],
)
def test_an_address_of_a_case_study_is_a_citation_however_it_is_written(case_study, text):
    assert cited_in(text.format(path=case_study.get_url())) == [case_study.pk]


@pytest.mark.parametrize(
    "text",
    [
        "See https://elsewhere.example{path}",
        "See https://localhost:8000.evil.example{path}",
        "See /councils/stockport/ and /councils/none/none/",
        "Just words.",
    ],
)
def test_other_addresses_are_none(case_study, text):
    assert cited_in(text.format(path=case_study.get_url())) == []


def test_a_draft_is_not_cited_so_that_nobody_learns_of_it(council):
    draft = factories.case_study(council, live=False)
    assert cited_in(f"http://localhost:8000/councils/{council.slug}/{draft.slug}/") == []


def test_an_answer_shows_a_card_of_what_it_cites_until_it_is_changed(case_study, member, newcomer):
    ask = factories.ask(author=newcomer)
    body = f"We did this: http://localhost:8000{case_study.get_url()}"
    answer, _ = services.add_comment(ask=ask, body=body, by=member)
    (card,) = cards(ask, AnonymousUser())
    assert (card.title, card.council, card.outcome) == ("Market in an empty shop", "Stockport", "worked")
    (shown,) = thread_of(ask=ask, user=AnonymousUser())
    assert ">Market in an empty shop</a>" in shown["html"]
    assert answers_citing(case_study) == 1
    services.edit_comment(comment=answer, body="We did something like it.", by=member)
    assert cards(ask, AnonymousUser()) == []
    assert not CommentCitation.objects.exists()


def test_what_is_unpublished_later_is_no_longer_shown(case_study, member, newcomer):
    ask = factories.ask(author=newcomer)
    services.add_comment(ask=ask, body=f"http://localhost:8000{case_study.get_url()}", by=member)
    case_study.unpublish()
    assert cards(ask, AnonymousUser()) == []


def test_of_a_case_study_for_members_others_see_the_title_alone(client, secret, council, member, newcomer):
    lapsed = factories.member(council)
    end_membership(membership=lapsed.memberships.get(), by=None)
    ask = factories.ask(author=newcomer)
    services.add_comment(ask=ask, body=f"This: http://localhost:8000{secret.get_url()}", by=member)
    for reader in (AnonymousUser(), newcomer, lapsed):
        (card,) = cards(ask, reader)
        assert (card.title, card.council, card.outcome, card.members_only) == ("Only for members", "", "", True)
    (card,) = cards(ask, member)
    assert (card.council, card.outcome) == ("Stockport", "did_not_work")
    text = client.get(ask.get_absolute_url()).content.decode()
    assert "Only for members" in text
    assert "Did not work" not in text


def test_at_most_five_are_cited_and_each_once(council, case_study, member, newcomer):
    pages = [case_study, *(factories.case_study(council) for _ in range(6))]
    text = " ".join(f"http://localhost:8000{page.get_url()}" for page in [case_study, *pages])
    assert cited_in(text) == [page.pk for page in pages[:5]]


def test_citations_cost_the_same_however_many_there_are(case_study, member, newcomer, django_assert_num_queries):
    ask = factories.ask(author=newcomer)
    for number in (2, 20):
        for _ in range(number):
            answer = factories.answer(ask, member, f"See {case_study.get_url()}")
            CommentCitation.objects.create(comment=answer, case_study=case_study)
        with django_assert_num_queries(3):
            thread_of(ask=ask, user=AnonymousUser())
