"""The rows of the open data about places: where each is, who serves it, and how much is told of it here."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from api.addresses import absolute
from api.exports.columns import Row, Words
from api.exports.shared import is_made_up
from api.selectors import NOBODY
from casestudies.choices import Outcome
from casestudies.models import CaseStudyPage, CaseStudyPlace
from casestudies.selectors import programmes_of
from members.models import OrganisationKind
from places.models import OpportunityPage, Place, RecordEntry

COLUMNS: dict[str, Words] = {
    "slug": _("As it stands in addresses, and in the column “places” of the other tables."),
    "name": _("Its name."),
    "kind": _("town, parish, neighbourhood or area: a whole council’s."),
    "url": _("Its page."),
    "lat": _("Degrees, WGS 84."),
    "lng": _("Degrees, WGS 84."),
    "nation": _("That of the councils that serve it; empty if none is known."),
    "councils": _("Slugs of the councils that serve it."),
    "gss_codes": _("Their codes of the Office for National Statistics."),
    "programmes": _("Slugs of the programmes that it took part in."),
    "case_studies": _("How many case studies there are of it that everybody may read."),
    "worked": _("How many of them worked."),
    "partly_worked": _("How many partly worked."),
    "did_not_work": _("How many did not work."),
    "too_early": _("Of how many it is too early to say."),
    "opportunities": _("How many windows councils have published for it, closed ones included."),
    "record_entries": _("How many entries its record has, without replies."),
    "is_demonstration": _("true: invented for a demonstration, and no fact about anybody."),
}


def listed() -> Any:
    return Place.objects.prefetch_related("organisations")


def describe(places: list[Place]) -> Iterable[Row]:
    ids = [place.pk for place in places]
    ended, programmes = _outcomes(ids), programmes_of(ids, user=NOBODY)
    through = OpportunityPage.places.through.objects
    public = OpportunityPage.objects.listed().order_by().values("pk")
    windows = _counted(through.filter(place__in=ids, opportunitypage__in=public))
    entries = _counted(RecordEntry.objects.published().filter(place__in=ids, answers=None))
    for place in places:
        served_by = [one for one in place.organisations.all() if one.kind != OrganisationKind.NETWORK]
        counted = ended.get(place.pk, {})
        yield {
            **{name: getattr(place, name) for name in ("slug", "name", "kind", "lat", "lng")},
            "url": absolute(place.get_absolute_url()),
            "nation": ", ".join(sorted({one.nation for one in served_by if one.nation})),
            "councils": sorted(one.slug for one in served_by),
            "gss_codes": sorted(one.gss_code for one in served_by if one.gss_code),
            "programmes": [slug for slug, _title in programmes.get(place.pk, ())],
            "case_studies": sum(counted.values()),
            **{outcome.value: counted.get(outcome.value, 0) for outcome in Outcome},
            "opportunities": windows[place.pk],
            "record_entries": entries[place.pk],
            "is_demonstration": any(is_made_up(one) for one in served_by),
        }


def _outcomes(ids: list[int]) -> dict[int, dict[str, int]]:
    """Place → outcome → how many; one without an outcome counts as a case study and for none."""
    readable = CaseStudyPage.objects.visible_to(NOBODY).order_by().values("pk")
    rows = CaseStudyPlace.objects.filter(place__in=ids, page__in=readable).order_by()
    found: dict[int, dict[str, int]] = {}
    for place, outcome, n in rows.values_list("place", "page__outcome").annotate(n=Count("page", distinct=True)):
        found.setdefault(place, {})[outcome] = n
    return found


def _counted(rows: Any) -> Counter[int]:
    return Counter(dict(rows.order_by().values_list("place").annotate(n=Count("pk"))))
