import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext
from taggit.models import Tag
from wagtail.models import Page, PageLogEntry, ReferenceIndex, Revision
from wagtail.search.models import IndexEntry

from bench.content import make_neighbours
from bench.content import rows as bench_rows
from casestudies.importing import Known, RawRow, import_case_studies, validate
from casestudies.models import CaseStudyPage
from core.models import Event, EventTarget
from places.models import Place
from tests.casestudies.importing import bring_in, neighbours, row
from tests.factories import PlaceFactory, UserFactory, case_study, organisation, programme

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wagtail_indices")]

FULL = row(
    summary="Traders took an empty shop by the week.",
    problem="One shop in four was empty.",
    approach="<p>We let it by the week, as <a href='https://example.org/'>others</a> did.</p>",
    did_not_work="Nobody came in August.",
    outcome="worked",
    stage="ended",
    started="2013-03",
    ended="2014",
    setup_cost=12000,
    topics=["high-streets", "markets"],
    tags=["Market", "empty shop"],
    places=[{"name": "Stockport", "lat": 53.41, "lng": -2.16}],
    measures=[{"indicator": "Empty shops", "unit": "%", "better": "lower", "before": 25, "after": 12.5}],
    lessons=["Open in October", {"lesson": "Let by the week", "why": "Nobody signs for a year."}],
    milestones=[{"date": "2013-05", "text": "The shop opened"}],
    risks=[{"risk": "Nobody comes", "response": "We asked first."}],
    advice=[{"kind": "people", "need": "A manager", "core": True}],
    partners=["The traders"],
    sources=[{"title": "The report", "url": "https://example.org/report", "kind": "evaluation"}],
)


def children(page):
    names = ("measures", "lessons", "milestones", "risks", "needs", "partners", "sources")
    return {
        name: [model_to_dict(one, exclude=["id", "page"]) for one in getattr(page, name).all()] for name in names
    } | {
        "places": [one.place.slug for one in page.case_study_places.all()],
        "tags": sorted(tag.name for tag in page.tags.all()),
        "topics": sorted(topic.slug for topic in page.topics.all()),
    }


def without_ids(content):
    """A revision's content, less what differs from page to page."""
    own = {"pk", "path", "url_path", "slug", "translation_key", "import_id", "import_digest", "page", "content_object"}
    dates = {
        "first_published_at",
        "last_published_at",
        "latest_revision_created_at",
        "latest_revision",
        "live_revision",
    }
    state = {"live", "has_unpublished_changes", "numchild", "expired"}
    if isinstance(content, dict):
        return {key: without_ids(value) for key, value in content.items() if key not in own | dates | state}
    if isinstance(content, list):
        return [without_ids(one) for one in content]
    return content


def references(page):
    rows = ReferenceIndex.objects.filter(object_id=page.pk, base_content_type=ContentType.objects.get_for_model(Page))
    return sorted(rows.values_list("to_content_type", "to_object_id", "model_path"))


def test_writes_what_wagtail_writes():
    of = neighbours()
    person = UserFactory(administrator=True)
    bring_in(FULL, by=person)
    ours = CaseStudyPage.objects.get()
    # The same page through Wagtail's own doors: a copy in the tree, a revision, a publication.
    twin = CaseStudyPage.objects.get(pk=ours.pk).copy(
        update_attrs={"slug": "twin", "import_id": "twin"},
        keep_live=False,
        copy_revisions=False,
        log_action=None,
    )
    twin.save_revision(user=person).publish(user=person)
    theirs = CaseStudyPage.objects.get(pk=twin.pk)

    # What names the page itself, and what a copy starts without.
    differs = {
        *["id", "page_ptr", "path", "slug", "url_path", "translation_key", "latest_revision", "live_revision", "owner"],
        *["first_published_at", "last_published_at", "latest_revision_created_at"],
        *["import_id", "import_digest"],
    }
    for field in CaseStudyPage._meta.concrete_fields:
        if field.name not in differs:
            assert getattr(ours, field.attname) == getattr(theirs, field.attname), field.name
    assert children(ours) == children(theirs)
    assert ours.live_revision_id == ours.latest_revision_id
    assert ours.first_published_at == ours.last_published_at
    assert without_ids(ours.latest_revision.content) == without_ids(theirs.latest_revision.content)
    assert references(ours) == references(theirs)
    indexed = ReferenceIndex.objects.filter(object_id=ours.pk).order_by("pk")
    before = list(indexed.values())
    ReferenceIndex.create_or_update_for_object(ours)
    assert list(indexed.values()) == before
    assert ours.index_entries.count() == theirs.index_entries.count() == 1
    log = ("action", "user", "content_changed", "data", "label", "deleted")
    assert list(PageLogEntry.objects.filter(page=ours.pk).values(*log)) == list(
        PageLogEntry.objects.filter(page=theirs.pk, action="wagtail.publish").values(*log)
    )
    # Publishing it again from the CMS works on the same rows.
    count = ours.measures.count()
    ours.latest_revision.publish()
    assert CaseStudyPage.objects.get(pk=ours.pk).measures.count() == count == 1
    assert Page.find_problems() == ([], [], [], [], [])
    of.page.refresh_from_db()
    assert of.page.numchild == 2


def test_everything_of_the_row_is_on_the_page():
    neighbours()
    portas = programme("Portas Pilots")
    bring_in({**FULL, "programme": portas.slug})
    page = CaseStudyPage.objects.get()
    assert (page.title, page.summary, page.outcome, page.stage) == (FULL["title"], FULL["summary"], "worked", "ended")
    assert page.problem == "<p>One shop in four was empty.</p>"
    assert (page.started, page.ended, page.setup_cost) == ("2013-03", "2014", 12000)
    assert page.programme == portas
    assert [(one.lesson, one.why) for one in page.lessons.all()] == [
        ("Open in October", ""),
        ("Let by the week", "Nobody signs for a year."),
    ]
    assert page.measures.get().after == 12.5
    assert set(page.tags.names()) == {"Market", "empty shop"}
    place = Place.objects.get()
    assert (place.name, [one.slug for one in place.organisations.all()]) == ("Stockport", ["stockport"])


def test_events_name_all_that_a_reader_may_follow():
    of = neighbours()
    bring_in(FULL)
    page = CaseStudyPage.objects.get()
    event = Event.objects.get(kind="case_study.published")
    kinds = set(EventTarget.objects.filter(event=event).values_list("kind", "object_id"))
    assert {("case_study", page.pk), ("organisation", of.pk), ("place", Place.objects.get().pk)} < kinds
    assert {("topic", topic.pk) for topic in page.topics.all()} < kinds
    assert Event.objects.filter(kind="place.added").count() == 1


def test_a_second_import_changes_nothing():
    neighbours()
    bring_in(FULL)
    revisions, events = Revision.objects.count(), Event.objects.count()
    report = bring_in(FULL)
    assert (report.created, report.updated, report.unchanged) == (0, 0, 1)
    assert (Revision.objects.count(), Event.objects.count()) == (revisions, events)


def test_a_changed_row_becomes_a_new_revision_and_an_event():
    neighbours()
    bring_in(FULL)
    page = CaseStudyPage.objects.get()
    report = bring_in({**FULL, "outcome": "did_not_work", "lessons": ["Ask first"], "tags": ["market", "rent"]})
    assert (report.created, report.updated) == (0, 1)
    changed = CaseStudyPage.objects.get()
    assert (changed.pk, changed.slug, changed.outcome) == (page.pk, page.slug, "did_not_work")
    assert [one.lesson for one in changed.lessons.all()] == ["Ask first"]
    assert set(changed.tags.names()) == {"Market", "rent"}
    assert changed.live_revision_id != page.live_revision_id
    assert changed.revisions.count() == 2
    assert Event.objects.filter(kind="case_study.updated", subject_id=page.pk).count() == 1
    assert bring_in({**FULL, "outcome": "did_not_work", "lessons": ["Ask first"], "tags": ["market", "rent"]}).unchanged


def test_a_draft_update_leaves_the_live_text_alone():
    neighbours()
    bring_in(FULL)
    bring_in({**FULL, "title": "Another title", "lessons": ["Another lesson"]}, publish=False)
    page = CaseStudyPage.objects.get()
    assert page.title == FULL["title"]
    assert page.lessons.first().lesson == "Open in October"
    assert page.has_unpublished_changes
    assert page.get_latest_revision_as_object().title == "Another title"


def test_drafts_are_published_when_the_file_is_imported_again_without_draft():
    neighbours()
    assert bring_in(FULL, publish=False).created == 1
    draft = CaseStudyPage.objects.get()
    assert (draft.live, draft.has_unpublished_changes, draft.first_published_at) == (False, True, None)
    assert not Event.objects.filter(kind__startswith="case_study.").exists()
    assert bring_in(FULL, publish=False).unchanged == 1
    bring_in(FULL)
    assert CaseStudyPage.objects.get().live
    assert Event.objects.filter(kind="case_study.published").count() == 1


def test_what_was_withdrawn_stays_withdrawn():
    neighbours()
    bring_in(FULL)
    CaseStudyPage.objects.get().unpublish()
    bring_in(FULL)
    bring_in({**FULL, "title": "Another title"})
    page = CaseStudyPage.objects.get()
    assert not page.live
    assert page.get_latest_revision_as_object().title == "Another title"


def test_a_row_may_move_to_another_council():
    neighbours()
    trafford = organisation("Trafford")
    case_study(trafford, title=FULL["title"], slug="a-market-in-an-empty-shop")
    bring_in(FULL)
    bring_in({**FULL, "council": "trafford"})
    page = CaseStudyPage.objects.get(import_id="one")
    assert page.get_parent().specific.organisation == trafford
    assert Event.objects.filter(kind="case_study.moved", subject_id=page.pk).exists()
    assert page.url_path.endswith("/trafford/a-market-in-an-empty-shop-2/")
    assert Page.find_problems() == ([], [], [], [], [])


def test_equal_titles_get_addresses_of_their_own():
    neighbours()
    bring_in(row(id="a"), row(id="b"))
    bring_in(row(id="c"), row(id="d"), row(id="e", title="中文 中文"), row(id="f", title="中文 中文"))
    assert set(CaseStudyPage.objects.values_list("slug", flat=True)) == {
        "a-market-in-an-empty-shop",
        "a-market-in-an-empty-shop-2",
        "a-market-in-an-empty-shop-3",
        "a-market-in-an-empty-shop-4",
        "case-study",
        "case-study-2",
    }


def test_rows_without_an_id_are_new_each_time():
    neighbours()
    bring_in(row(id=None), row(id=""), row(id=None))
    assert bring_in(row(id="")).created == 1
    assert CaseStudyPage.objects.filter(import_id=None).count() == 4


def test_a_row_without_a_summary_shows_the_start_of_its_text():
    neighbours()
    bring_in(row(id="a", problem="<p>One shop in four</p><p>was &amp; is empty.</p>"), row(id="b"))
    assert CaseStudyPage.objects.get(import_id="a").summary == "One shop in four was & is empty."
    assert CaseStudyPage.objects.get(import_id="b").summary == "A market in an empty shop"
    bring_in(row(id="c", approach="word " * 400))
    assert len(CaseStudyPage.objects.get(import_id="c").summary) <= 300


def test_one_place_for_one_name_and_point():
    neighbours()
    organisation("Trafford")
    known = PlaceFactory(name="Sale", slug="sale", lat=53.42, lng=-2.32)
    near, far, farther = ({"name": "Sale", "lat": lat, "lng": -2.32} for lat in (53.43, 51.0, 55.0))
    bring_in(
        row(id="a", places=[near]),
        row(id="b", places=[far]),
        row(id="c", places=[near, near, far]),
        row(id="d", places=[farther]),
    )
    assert [one.place for one in CaseStudyPage.objects.get(import_id="a").case_study_places.all()] == [known]
    assert [one.place.slug for one in CaseStudyPage.objects.get(import_id="c").case_study_places.all()] == [
        "sale",
        "sale-stockport",
    ]
    assert set(Place.objects.values_list("slug", "lat")) == {
        ("sale", 53.42),
        ("sale-stockport", 51.0),
        ("sale-stockport-2", 55.0),
    }


def test_tags_are_one_whatever_their_capitals():
    neighbours()
    Tag.objects.create(name="Éire")
    bring_in(row(id="a", tags=["Market", "Éire"]), row(id="b", tags=["MARKET", "market"]))
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["Market", "Éire"]
    assert CaseStudyPage.objects.get(import_id="b").tags.count() == 1


def test_an_import_that_stopped_goes_on_where_it_stopped(monkeypatch):
    neighbours()
    rows = [row(id=str(n), title=f"Case study {n}") for n in range(12)]
    original = CaseStudyPage.clean_fields

    def breaks(self, *args, **kwargs):
        if self.title == "Case study 7":
            raise OSError("the disk is full")
        return original(self, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(CaseStudyPage, "clean_fields", breaks)
        with pytest.raises(OSError, match="the disk is full") as stopped:
            bring_in(*rows)
    assert stopped.value.__notes__ == ["while importing line 8"]
    assert CaseStudyPage.objects.count() == 7
    assert Event.objects.filter(kind="case_study.published").count() == 7
    report = bring_in(*rows)
    assert (report.created, report.unchanged) == (5, 7)
    assert Page.find_problems() == ([], [], [], [], [])


def statements(count):
    known = Known()
    checked = validate((RawRow(line=n, values=one) for n, one in enumerate(bench_rows(count), 1)), known=known)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        report = import_case_studies(checked, known=known)
    return report, len(queries)


def test_the_cost_of_a_row_does_not_grow():
    make_neighbours()
    report, first = statements(80)
    assert report.created == 80
    CaseStudyPage.objects.update(import_id=None)
    report, second = statements(80)
    assert report.created == 80
    # The second eighty have the titles of the first, so each needs an address of its own: a few more.
    assert first / 80 <= 4
    assert second / 80 <= 4 + 12
    assert IndexEntry.objects.filter(content_type__model="casestudypage").count() == 160


def test_rows_that_did_not_change_cost_next_to_nothing():
    make_neighbours()
    statements(60)
    report, queries = statements(60)
    assert report.unchanged == 60
    assert queries <= 20
