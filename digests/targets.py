"""What can be followed. A new kind is one loader and one `register`.

A kind loads many at once, in the active language, and leaves out what is not there for readers; so the same call
answers “may this be followed?”, “what is it called?” and “is it still there?”.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Target = tuple[str, int]
SAVED_SEARCH = "saved_search"
COUNCILS_LIKE = "councils_like"


@dataclass(frozen=True, kw_only=True)
class TargetCard:
    """How a followed thing is shown: its title and its path on this site. `name` is what a sentence calls it, if that
    is not its title.
    """

    kind: str
    pk: int
    title: str
    url: str
    name: str = ""

    @property
    def called(self) -> str:
        return self.name or self.title


Loader = Callable[[Collection[int]], dict[int, TargetCard]]


@dataclass(frozen=True, kw_only=True)
class TargetKind:
    """`numbered`: whoever knows its number may follow it. What a number would tell others of is followed otherwise.

    `numbers`: whose numbers it has, for a kind that looks at the things of another in its own way.
    """

    name: str
    label: str | Promise
    load: Loader
    numbered: bool = True
    numbers: str = ""


_kinds: dict[str, TargetKind] = {}


def register(name: str, *, label: str | Promise, load: Loader, numbered: bool = True, numbers: str = "") -> None:
    _kinds[name] = TargetKind(name=name, label=label, load=load, numbered=numbered, numbers=numbers or name)


def kinds() -> dict[str, TargetKind]:
    return _kinds


def label_of(kind: str) -> str | Promise:
    return _kinds[kind].label if kind in _kinds else _("Something that is gone")


def load(targets: Iterable[Target]) -> dict[Target, TargetCard]:
    """The cards of those that are there, in a constant number of queries for each kind among them."""
    wanted: dict[str, set[int]] = {}
    for kind, pk in targets:
        wanted.setdefault(kind, set()).add(pk)
    return {
        (kind, pk): card
        for kind, ids in wanted.items()
        if kind in _kinds
        for pk, card in _kinds[kind].load(ids).items()
    }


def load_one(kind: str, pk: int) -> TargetCard | None:
    return load([(kind, pk)]).get((kind, pk))


# --- The kinds of the packages below -------------------------------------------------------------


def _topics(ids: Collection[int]) -> dict[int, TargetCard]:
    from django.utils.translation import get_language

    from core.models import Topic

    welsh = get_language() == "cy"
    return {
        one.pk: TargetCard(
            kind="topic", pk=one.pk, title=(welsh and one.name_cy) or one.name, url=one.get_absolute_url()
        )
        for one in Topic.objects.filter(pk__in=ids)
    }


def _organisations(ids: Collection[int]) -> dict[int, TargetCard]:
    from members.models import OrganisationPage

    pages = OrganisationPage.objects.live().filter(organisation__in=ids).select_related("organisation")
    return {
        one.organisation_id: TargetCard(
            kind="organisation", pk=one.organisation_id, title=one.organisation.short_name, url=one.get_url() or "/"
        )
        for one in pages
    }


def _councils_like(ids: Collection[int]) -> dict[int, TargetCard]:
    """Those of which enough is known to say who is like them, and somebody is."""
    from members.models import OrganisationPage, SimilarOrganisation

    known = SimilarOrganisation.objects.filter(organisation=OuterRef("organisation"), other__page__live=True)
    pages = OrganisationPage.objects.live().filter(Exists(known), organisation__in=ids).select_related("organisation")
    return {
        one.organisation_id: TargetCard(
            kind=COUNCILS_LIKE,
            pk=one.organisation_id,
            title=gettext("Councils like %(name)s") % {"name": one.organisation.short_name},
            name=gettext("councils like %(name)s") % {"name": one.organisation.short_name},
            url=f"{one.get_url() or '/'}#councils-like",
        )
        for one in pages
    }


def _programmes(ids: Collection[int]) -> dict[int, TargetCard]:
    from places.models import ProgrammePage

    return {
        one.pk: TargetCard(kind="programme", pk=one.pk, title=one.title, url=one.get_url() or "/")
        for one in ProgrammePage.objects.live().filter(pk__in=ids)
    }


def _places(ids: Collection[int]) -> dict[int, TargetCard]:
    from places.models import Place

    return {
        one.pk: TargetCard(kind="place", pk=one.pk, title=one.name, url=one.get_absolute_url())
        for one in Place.objects.filter(pk__in=ids)
    }


def _case_studies(ids: Collection[int]) -> dict[int, TargetCard]:
    from casestudies.models import CaseStudyPage

    pages = CaseStudyPage.objects.listed().filter(pk__in=ids).only("title", "url_path", "path", "locale", "live")
    return {
        one.pk: TargetCard(kind="case_study", pk=one.pk, title=one.title, url=one.get_url() or "/") for one in pages
    }


def _asks(ids: Collection[int]) -> dict[int, TargetCard]:
    from discussion.models import Ask

    return {
        one.pk: TargetCard(kind="ask", pk=one.pk, title=one.title, url=one.get_absolute_url())
        for one in Ask.objects.published().filter(pk__in=ids)
    }


def _saved_searches(ids: Collection[int]) -> dict[int, TargetCard]:
    from search.models import SavedSearch
    from search.saved import in_words

    found = in_words(SavedSearch.objects.filter(pk__in=ids))
    return {
        pk: TargetCard(kind=SAVED_SEARCH, pk=pk, title=one.title, name=one.name, url=one.url)
        for pk, one in found.items()
    }


def register_own() -> None:
    register("topic", label=_("Topic"), load=_topics)
    register("organisation", label=_("Council or community"), load=_organisations)
    register(COUNCILS_LIKE, label=_("Councils like one"), load=_councils_like, numbers="organisation")
    register("programme", label=_("Programme"), load=_programmes)
    register("place", label=_("Place"), load=_places)
    register("case_study", label=_("Case study"), load=_case_studies)
    register("ask", label=_("Ask"), load=_asks)
    # Its number is everybody's to guess, and its words were typed by one person.
    register(SAVED_SEARCH, label=_("Search"), load=_saved_searches, numbered=False)
