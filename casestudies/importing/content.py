"""What a row says, as the fields and child rows of a case study."""

from collections.abc import Iterator, Sequence
from html import unescape

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.html import strip_tags
from django.utils.text import Truncator, slugify
from taggit.models import Tag
from wagtail.signal_handlers import disable_reference_index_auto_update

from casestudies.importing.known import Known
from casestudies.importing.schema import CaseStudyRow, PlaceRow
from casestudies.models import CaseStudyPage, CaseStudyPlace, CaseStudyTag
from casestudies.models.case_study import SUMMARY_LENGTH
from members.models import Organisation
from places import events as place_events
from places.models import Place

SAME_PLACE_DEGREES = 0.1
COPIED = (
    "title", "problem", "who_for", "approach", "results", "did_not_work", "what_next", "outcome", "stage",
    "ended_reason", "started", "ended", "setup_cost", "yearly_cost", "cost_note", "funder", "staff_time",
    "time_to_first_result", "source_url", "written_by",
)  # fmt: skip
RELATIONS = ("measures", "lessons", "milestones", "risks", "needs", "sources", "partners")


def fill(page: CaseStudyPage, row: CaseStudyRow, known: Known) -> None:
    """Set the page's own fields from the row."""
    for name in COPIED:
        setattr(page, name, getattr(row, name))
    page.summary = row.summary or _summary_from(row)
    page.draft_title = row.title
    page.advice = row.advice if isinstance(row.advice, str) else ""
    page.programme = known.programmes[row.programme] if row.programme else None


def fill_children(page: CaseStudyPage, row: CaseStudyRow, *, places: Sequence[Place], tags: Sequence[Tag]) -> None:
    """Set the page's child rows in memory; saving the page, or the importer, writes them."""
    needs = row.advice if isinstance(row.advice, list) else []
    for name in RELATIONS:
        manager = getattr(page, name)
        if name == "partners":
            values = [{"name": partner} for partner in row.partners]
        else:
            values = [one.model_dump() for one in (needs if name == "needs" else getattr(row, name))]
        manager.set([manager.model(sort_order=order, **value) for order, value in enumerate(values)])
    page.case_study_places.set(  # the manager of a parental key keeps the rows in memory until the page is saved
        [CaseStudyPlace(place=place, sort_order=order) for order, place in enumerate(dict.fromkeys(places))]
    )
    page.tagged_items.set([CaseStudyTag(tag=tag) for tag in dict.fromkeys(tags)])


def _summary_from(row: CaseStudyRow) -> str:
    """A row without a summary gets the start of its own text, or its title: every list shows one."""
    for text in (row.problem, row.approach, row.results):
        if plain := " ".join(unescape(strip_tags(text.replace("<", " <"))).split()):
            return Truncator(plain).chars(SUMMARY_LENGTH)
    return row.title


class Places:
    """The places that rows name, read together and made where they are missing."""

    def __init__(self, rows: Sequence[tuple[CaseStudyRow, Organisation]]) -> None:
        wanted = {slug for row, of in rows for one in row.places for slug in _first_two(one, of)}
        self._by_slug = {place.slug: place for place in Place.objects.filter(slug__in=wanted)} if wanted else {}
        self._made: list[Place] = []
        self._links: dict[tuple[int, int], None] = {}

    def of(self, row: CaseStudyRow, organisation: Organisation) -> list[Place]:
        found = [self._place(one, organisation) for one in row.places]
        self._links |= {(place.pk, organisation.pk): None for place in found}
        return found

    def finish(self) -> None:
        """Link the places with the organisations, and say which places are new."""
        link = Place.organisations.through
        link.objects.bulk_create(
            [link(place_id=place, organisation_id=organisation) for place, organisation in self._links],
            ignore_conflicts=True,
        )
        for place in self._made:
            place_events.place_saved(place, is_new=True)

    def _place(self, row: PlaceRow, organisation: Organisation) -> Place:
        """The place of this name near this point, or a new one. Two towns of one name are told apart by council."""
        for slug in _slugs(row, organisation):
            place = self._by_slug.get(slug)
            if place is None and slug not in _first_two(row, organisation):
                place = Place.objects.filter(slug=slug).first()
            if place is None:
                # It has no text yet, and so nothing in it that Wagtail would have to note as referred to.
                with disable_reference_index_auto_update():
                    place = Place.objects.create(slug=slug, name=row.name, lat=row.lat, lng=row.lng)
                self._made.append(place)
            self._by_slug[slug] = place
            if abs(place.lat - row.lat) < SAME_PLACE_DEGREES and abs(place.lng - row.lng) < SAME_PLACE_DEGREES:
                return place
        raise AssertionError("unreachable: the slugs do not end")


def _first_two(row: PlaceRow, organisation: Organisation) -> tuple[str, str]:
    slugs = _slugs(row, organisation)
    return next(slugs), next(slugs)


def _slugs(row: PlaceRow, organisation: Organisation) -> Iterator[str]:
    name = slugify(row.name)[:80].strip("-")
    if name:
        yield name
    base = f"{name or 'place'}-{organisation.slug}"[:110].strip("-")
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


def tags_of(rows: Sequence[CaseStudyRow]) -> dict[str, Tag]:
    """The tags that rows name, by the name as written; one tag whatever its capitals, as in the CMS."""
    names = list(dict.fromkeys(name for row in rows for name in row.tags))
    if not names:
        return {}
    lowered = {name.lower() for name in names}
    found = Tag.objects.annotate(lowered=Lower("name")).filter(Q(name__in=names) | Q(lowered__in=lowered))
    known = {tag.name.lower(): tag for tag in found}
    for name in names:
        if name.lower() not in known:
            known[name.lower()] = Tag.objects.create(name=name)
    return {name: known[name.lower()] for name in names}
