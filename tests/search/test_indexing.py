"""What happens to shared content reaches the index."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casestudies.models import CaseStudyPlace
from core import events
from core.delivery import deliver_all
from core.models import Delivery
from places.opportunities.services import withdraw_opportunity
from search import engines, indexing
from search.models import IndexedDocument
from tests.factories import (
    PlaceFactory,
    TopicFactory,
    UserFactory,
    case_study,
    opportunity,
    organisation,
    programme,
)
from tests.search.documents import ask, counted, found

pytestmark = pytest.mark.django_db


@pytest.fixture
def engine():
    return engines.database()


def test_publishing_changing_and_withdrawing_reach_the_index(engine):
    page = case_study(organisation("Stockport"), title="Market hall")
    deliver_all()
    assert found(engine, "market hall") == [page.pk]
    page.title = "Swimming pool"
    page.save_revision().publish()
    deliver_all()
    assert found(engine, "hall") == []
    assert page.pk in found(engine, "swimming pool")
    page.unpublish()
    deliver_all()
    assert page.pk not in found(engine, "swimming pool")
    page.save_revision().publish()
    deliver_all()
    page.delete()
    deliver_all()
    assert page.pk not in found(engine, "swimming pool")
    assert not Delivery.objects.exists()


def test_a_draft_of_a_published_page_changes_nothing(engine):
    page = case_study(organisation("Stockport"), title="Market hall")
    page.title = "Zeppelin"
    page.save_revision()
    deliver_all()
    assert found(engine, "zeppelin") == []


def test_what_becomes_members_only_is_no_longer_found_by_its_text(engine):
    page = case_study(organisation("Stockport"), problem="<p>The zeppelin hangar was empty.</p>")
    deliver_all()
    assert found(engine, "zeppelin") == [page.pk]
    page.audience = "members"
    page.save_revision().publish()
    deliver_all()
    assert found(engine, "zeppelin") == []
    assert found(engine, "zeppelin", members=True) == [page.pk]


def test_a_renamed_council_renames_its_case_studies(engine):
    council = organisation("Stockport")
    page = case_study(council)
    deliver_all()
    council.short_name = council.name = "Greater Stockport"
    council.save()
    events.record(kind="organisation.updated", subject=("organisation", council.pk))
    deliver_all()
    assert page.pk in found(engine, "greater")
    (hit,) = [hit for hit in ask(engine, "greater").hits if hit.object_id == page.pk]
    assert hit.card["council"] == "Greater Stockport"


def test_a_moved_council_page_moves_the_addresses_beneath_it(engine):
    council = organisation("Stockport")
    page = case_study(council, title="Market hall")
    deliver_all()
    council.page.slug = "stockport-mbc"
    council.page.save_revision().publish()
    deliver_all()
    (hit,) = [hit for hit in ask(engine, "market hall").hits if hit.object_id == page.pk]
    assert hit.url == "/councils/stockport-mbc/market-hall/"


def test_renamed_topics_places_and_programmes_reach_their_case_studies(engine):
    parent = TopicFactory(name="High streets", slug="high-streets")
    topic = TopicFactory(name="Empty shops", slug="empty-shops", parent=parent)
    place = PlaceFactory(name="Old Town", slug="old-town")
    scheme = programme("Portas Pilots")
    case_study(organisation("Stockport"), topics=[topic], places=[place], programme=scheme)
    deliver_all()
    assert counted(ask(engine, type="case_study"), "topic") == {"high-streets": 1, "empty-shops": 1}
    for thing, name in ((parent, "Town centres"), (topic, "Vacant shops"), (place, "New Town")):
        thing.name = name
        thing.save()
        kind = "place" if thing is place else "topic"
        events.record(kind=f"{kind}.updated", subject=(kind, thing.pk))
    scheme.title = "Portas Pilot towns"
    scheme.save_revision().publish()
    deliver_all()
    results = ask(engine, type="case_study")
    assert {one.term.label for one in results.facets["topic"]} == {"Town centres", "Vacant shops"}
    assert [one.term.label for one in results.facets["programme"]] == ["Portas Pilot towns"]
    assert results.hits[0].card["place"] == "New Town"
    assert ask(engine, "vacant").total == 1


def test_places_are_found_by_the_programmes_that_everybody_may_know_they_took_part_in(engine, client):
    scheme, stockport = programme("Portas Pilots"), organisation("Stockport")
    noted, tried, asked, secret = (PlaceFactory(name=name) for name in ("Noted", "Tried", "Asked", "Secret"))
    row = scheme.programme_places.create(place=noted)
    scheme.save_revision().publish()
    page = case_study(stockport, places=[tried], programme=scheme)
    hidden = case_study(stockport, places=[secret], programme=scheme, audience="members")
    window = opportunity(stockport, places=[asked], programme=scheme)

    def there(**options):
        deliver_all()
        return set(found(engine, type="place", programme="portas-pilots", **options))

    assert there() == there(members=True) == {noted.pk, tried.pk, asked.pk}
    assert client.get("/map/?type=place&programme=portas-pilots").context["map"].placed == 3
    # Each of them leaves by another door, and comes by another.
    scheme.programme_places.remove(row)
    scheme.programme_places.create(place=secret)
    scheme.save_revision().publish()
    assert there() == {tried.pk, asked.pk, secret.pk}
    page.case_study_places.set([CaseStudyPlace(place=noted)])
    page.save_revision().publish()
    withdraw_opportunity(page=window, reason="plans", by=UserFactory(editor=True))
    assert there() == {noted.pk, secret.pk}
    page.programme = None
    page.save_revision().publish()
    hidden.audience = "public"
    hidden.case_study_places.add(CaseStudyPlace(place=tried))
    hidden.save_revision().publish()
    assert there() == {tried.pk, secret.pk}
    scheme.unpublish()
    assert there() == set()


def test_a_batch_costs_the_same_however_many_case_studies_it_touches(engine):
    council, other = organisation("Stockport"), organisation("Salford")
    topics, places = [TopicFactory() for _ in range(2)], [PlaceFactory() for _ in range(2)]

    def made(some, owner):
        return [case_study(owner, topics=topics, places=places, tags=["market"]) for _ in range(some)]

    def cost(pages):
        with CaptureQueriesContext(connection) as queries:
            assert indexing.refresh(engine, [f"case_study:{page.pk}" for page in pages]) == (len(pages), 0)
        return len([query for query in queries if "SAVEPOINT" not in query["sql"]])

    cost([*made(1, council), *made(1, other)])  # warms Wagtail's site cache, and writes what things are counted by
    few = cost(made(3, council))  # none of them in the index, as below: new words are counted
    assert cost([*made(8, council), *made(7, other)]) == few


def test_events_are_safe_to_repeat_and_things_that_are_gone_are_no_error(engine):
    page = case_study(organisation("Stockport"), title="Market hall")
    for _ in range(2):
        events.record(kind="case_study.updated", subject=("case_study", page.pk))
    events.record(kind="case_study.updated", subject=("case_study", 987_654))
    events.record(kind="place.updated", subject=("place", 987_654))
    deliver_all()
    assert found(engine, "market hall") == [page.pk]
    assert not Delivery.objects.exists()


def test_the_networks_own_editors_are_no_council_to_be_found(engine):
    own = organisation("Network editors", kind="network")
    organisation("Stockport")
    indexing.rebuild(engine)
    assert not IndexedDocument.objects.filter(key=f"organisation:{own.pk}").exists()
    assert ask(engine, type="council").total == 1


def test_case_study_pages_offer_more_like_them(engine):
    from search import selectors

    council, topic = organisation("Stockport"), TopicFactory()
    one = case_study(council, title="Empty shops let by the week", topics=[topic])
    two = case_study(council, title="Empty shops let by the month", topics=[topic])
    case_study(
        council, title="Litter", summary="Gloves and bags.", problem="", approach="", results="", did_not_work=""
    )
    indexing.rebuild(engine)
    assert [hit.object_id for hit in selectors.similar_to(one)] == [two.pk]


@pytest.mark.parametrize("address", ["", "http://127.0.0.1:9"])
def test_elasticsearch_is_a_consumer_only_when_there_is_one(settings, monkeypatch, address):
    from core.events import registry
    from search.events import register

    settings.ELASTICSEARCH_URL = address
    monkeypatch.setattr(registry, "_registry", {})
    register()
    assert set(registry.consumers()) == {"search-database", *(["search-elasticsearch"] if address else [])}
