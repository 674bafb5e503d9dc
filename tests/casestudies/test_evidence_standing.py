"""The stored rating: computed from the database, written when it changes, and recorded once."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casestudies.importing import Known, RawRow, import_case_studies, validate
from casestudies.models import Adoption, AdoptionMeasure, Standing
from casestudies.services import confirm, rate_case_studies
from casestudies.services.indicators import link_to_indicators
from core import events
from core.delivery import deliver_all
from core.models import Event
from tests.factories import TopicFactory, UserFactory, adoption, case_study, member, organisation

pytestmark = pytest.mark.django_db

SHOPS = {"indicator": "Empty shops", "unit": "%", "better": "lower", "before_date": "2018", "after_date": "2020"}


def compared(of, **fields):
    """A case study at row 3, its cost stated."""
    page = case_study(of, live=False, source_url="https://example.org/report", setup_cost=1000, **fields)
    page.measures.create(
        **SHOPS, before=25, after=12, comparison="comparison_group", why_comparable="The next town, of the same size."
    )
    page.save_revision().publish()
    return page


def measured(found, after):
    """A figure of an adoption, linked to its indicator as the service links it."""
    figure = AdoptionMeasure(adoption=found, **SHOPS, before=20, after=after)
    link_to_indicators([figure], propose=True)
    figure.save()


def adopts(page, name, after, **fields):
    found = adoption(page, organisation(name), **fields)
    measured(found, after)
    return found


def rating(page):
    return Standing.objects.get(page=page).rating


def test_publication_rates_a_case_study_once_and_its_first_rating_is_marked():
    page = compared(organisation(), topics=[TopicFactory()])
    deliver_all(only="evidence")
    assert rating(page) == 3
    event = Event.objects.get(kind="case_study.rated")
    assert event.data == {"from": 0, "to": 3, "title": page.title, "first": True}
    assert {target.kind for target in event.targets.all()} == {"case_study", "organisation", "topic"}
    assert rate_case_studies([page.pk]) == 0
    assert Event.objects.filter(kind="case_study.rated").count() == 1


def test_the_rating_moves_with_adoptions_and_back_when_they_go():
    page = compared(organisation())
    rate_case_studies([page.pk])
    first, _second = adopts(page, "Leeds", 9), adopts(page, "Derby", 8)
    events.record(kind="adoption.published", subject=("adoption", first.pk), targets=[("case_study", page.pk)])
    deliver_all(only="evidence")
    assert rating(page) == 5
    moved = Event.objects.filter(kind="case_study.rated").latest("pk")
    assert moved.data == {"from": 3, "to": 5, "title": page.title}
    Adoption.objects.filter(pk=first.pk).update(state="hidden")
    events.record(kind="adoption.removed", subject=("adoption", first.pk))
    deliver_all(only="evidence")
    assert rating(page) == 4
    standing = Standing.objects.get(page=page)
    assert (standing.adoptions, standing.known_outcomes) == (1, 0)


def test_adoption_figures_count_the_published_and_how_they_ended():
    page = case_study(organisation())
    for number, outcome in enumerate(["worked", "worked", "did_not_work", "too_early", ""]):
        adoption(page, organisation(f"Town {number}"), outcome=outcome)
    adoption(page, organisation("Hidden"), outcome="worked", state="held")
    rate_case_studies([page.pk])
    standing = Standing.objects.get(page=page)
    assert (standing.adoptions, standing.known_outcomes) == (5, 3)
    assert standing.outcomes == {"worked": 2, "did_not_work": 1}


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({}, 4),
        ({"verified": False}, 3),
        ({"verified": False, "written_by": "editors", "source_url": "https://example.org/"}, 4),
        ({"verified": False, "written_by": "editors"}, 3),
        ({"state": "held"}, 3),
    ],
)
def test_only_adoptions_that_somebody_vouches_for_count(fields, value):
    page = compared(organisation())
    adopts(page, "Leeds", 9, **fields)
    rate_case_studies([page.pk])
    assert rating(page) == value


def test_what_demonstration_people_made_up_counts_for_the_demonstration_only():
    invented = organisation("Exampleford", is_demonstration=True)
    real, made_up = compared(organisation()), compared(invented)
    for page, name in ((real, "Leeds"), (made_up, "Derby")):
        adopts(page, name, 9, author=UserFactory(is_demonstration=True))
    rate_case_studies([real.pk, made_up.pk])
    assert (rating(real), rating(made_up)) == (3, 4)


def test_an_organisation_does_not_confirm_itself():
    own = organisation()
    page = compared(own)
    measured(adoption(page, own), 9)
    rate_case_studies([page.pk])
    assert rating(page) == 3


@pytest.mark.parametrize(("audience", "value"), [("public", 4), ("members", 3)])
def test_an_adopters_own_published_account_counts_if_everybody_may_read_it(audience, value):
    page, leeds = compared(organisation()), organisation("Leeds")
    account = case_study(leeds, live=False, audience=audience)
    account.measures.create(**SHOPS, before=20, after=9, comparison="before_and_after")
    account.save_revision().publish()
    adoption(page, leeds, own_case_study=account)
    Event.objects.all().delete()
    events.record(kind="case_study.updated", subject=("case_study", account.pk))
    deliver_all(only="evidence")
    assert rating(page) == value


def test_drafts_are_not_rated_and_unpublished_ones_keep_their_rating():
    draft = case_study(organisation(), live=False)
    assert rate_case_studies([draft.pk, 999_999]) == 0
    assert not Standing.objects.filter(page=draft, rated_at__isnull=False).exists()


def test_a_rating_leaves_the_confirmation_alone():
    page = case_study(organisation())
    confirm(page_ids=[page.pk], on=date(2026, 3, 1))
    rate_case_studies([page.pk])
    assert Standing.objects.get(page=page).confirmed_on == date(2026, 3, 1)


def test_the_answers_come_from_the_case_study():
    page = compared(organisation())
    page.sources.create(title="University report", url="https://example.org/u", kind="evaluation", independent=True)
    page.sources.create(title="Our own report", url="https://example.org/report", kind="evaluation")
    page.save_revision().publish()
    rate_case_studies([page.pk])
    stored = Standing.objects.get(page=page).answers["questions"]
    assert stored["source"] == {"is": "yes", "n": 2}, "one address is one source, however often it is named"
    assert stored["independent"] == {"is": "yes", "on": ["University report"]}
    assert stored["measured"] == {"is": "yes", "on": ["Empty shops"]}
    assert stored["few"] == {"is": "unknown"}
    assert rating(page) == 4


def statements(pages):
    with CaptureQueriesContext(connection) as captured:
        rate_case_studies([page.pk for page in pages])
    return len(captured)


def test_many_cost_as_many_statements_as_few_and_none_to_write_where_nothing_changed():
    councils = [organisation(name) for name in ("Stockport", "Leeds", "Derby")]
    pages = [compared(of, topics=[TopicFactory()]) for of in councils for _ in range(3)]
    for number, page in enumerate(pages):
        own = case_study(councils[number % 3])
        found = adoption(page, organisation(f"Town {number}"), own_case_study=own)
        measured(found, 9)
    first, rest = pages[:3], pages[3:]
    assert statements(first) == statements(rest) <= 20
    again = statements(pages)
    assert again <= 10
    assert {rating(page) for page in pages} == {4}


def test_one_command_rates_all_again_and_says_how_many_changed(capsys):
    pages = [compared(organisation(name)) for name in ("Stockport", "Leeds")]
    call_command("rate_evidence")
    assert "2 case studies rated, 2 ratings changed." in capsys.readouterr().out
    call_command("rate_evidence")
    assert "2 case studies rated, 0 ratings changed." in capsys.readouterr().out
    Standing.objects.filter(page=pages[0]).update(rating=1)
    call_command("rate_evidence", unrated=True)
    assert rating(pages[0]) == 1
    call_command("rate_evidence")
    assert rating(pages[0]) == 3


def test_an_import_rates_what_it_publishes_and_makes_no_second_story():
    organisation("Stockport")
    values = {
        "title": "A market", "council": "stockport", "problem": "Empty shops.", "approach": "A market.",
        "outcome": "worked", "sources": [
            {"title": "Study", "url": "https://example.org/", "kind": "evaluation", "independent": True}
        ],
        "measures": [{
            "indicator": "Empty shops", "unit": "%", "better": "lower", "before": 25, "before_date": "2018",
            "after": 12, "after_date": "2020", "comparison": "comparison_group", "why_comparable": "The next town.",
            "sample_size": 12, "drop_out": 5, "self_reported": False, "target": 10, "prices": "",
        }],
    }  # fmt: skip
    known = Known()
    rows = list(validate([RawRow(line=1, values=values)], known=known))
    assert import_case_studies(rows, known=known).created == 1
    standing = Standing.objects.get(page__title="A market")
    assert (standing.rating, standing.answers["questions"]["independent"]["is"]) == (2, "yes")
    deliver_all(only="evidence")
    assert not Event.objects.filter(kind="case_study.rated").exists()


# --- Where it is shown -------------------------------------------------------------------------------


def look(client, path):
    return BeautifulSoup(client.get(path).content, "html.parser")


def test_the_page_shows_the_rating_why_what_would_raise_it_and_the_answers(client):
    page = compared(organisation())
    rate_case_studies([page.pk])
    glance = look(client, page.url).find(class_="cl-glance")
    text = glance.get_text(" ", strip=True)
    assert "Evidence 3 of 5" in text
    assert "compared with people or a place without it." in text
    assert "What would raise it: an independent evaluation" in text
    answers = [item.get_text(" ", strip=True) for item in glance.find("details").find_all("li")]
    assert "Was the change measured before and after, with dates? Yes (Empty shops)" in answers
    assert glance.find("a", href="/how-sure-we-are/")


def test_a_page_that_was_never_rated_shows_no_rating(client):
    page = case_study(organisation())
    assert "Evidence" not in look(client, page.url).find(class_="cl-glance").get_text()


def test_the_rating_of_a_members_case_study_is_told_to_members_only(client):
    stockport, topic = organisation(), TopicFactory()
    page = compared(stockport, audience="members", topics=[topic])
    rate_case_studies([page.pk])
    for path in (page.url, stockport.page.url, f"/api/case-studies/{page.pk}/"):
        assert "of 5" not in client.get(path).content.decode(), path
        assert '"rating"' not in client.get(path).content.decode(), path
    client.force_login(member(stockport))
    for path in (page.url, topic.url):
        assert "Evidence 3 of 5" in look(client, path).get_text(" ", strip=True), path


def test_the_api_gives_rating_and_reason(client):
    page = compared(organisation())
    assert client.get(f"/api/case-studies/{page.pk}/").json()["evidence"] is None
    rate_case_studies([page.pk])
    found = client.get(f"/api/case-studies/{page.pk}/").json()["evidence"]
    assert found["rating"] == 3
    assert found["why"].startswith("The change was measured before and after")


def test_the_guide_explains_all_six_levels_and_the_thresholds(client):
    soup = look(client, "/how-sure-we-are/")
    text = " ".join(soup.main.get_text(" ", strip=True).split())
    for level in range(6):
        assert f"Evidence {level} of 5" in text
    assert "fewer than 30 people" in text
    assert "more than 20%" in text


def test_another_adoption_reaches_the_search_index_whoever_hears_of_it_first():
    """Of two workers, one may index the page before the other has counted its adoptions."""
    page = case_study(organisation("Stockport"), title="Market hall")
    deliver_all()
    adoption(page, organisation("Leeds"))
    deliver_all(only="search-database")
    rate_case_studies([page.pk])
    deliver_all(only="search-database")
    (hit,) = _hits("market hall")
    assert hit.card["adoptions"] == 1
    assert hit.card["evidence"] == Standing.objects.get(page=page).rating


def _hits(text):
    from search import engines
    from search.engines.base import SearchQuery

    return engines.database().search(SearchQuery(text=text, filters={"type": ("case_study",)})).hits
