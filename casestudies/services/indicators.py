"""Indicators: linking figures to them, agreeing and merging them.

A page is written from its revisions, and a revision keeps whatever it knew when it was saved. So a link that is made
once, on the live row, is undone by the next publication. Links are made in three places instead, each of which may be
repeated: when the editor's form is saved and when a file is imported (the revision then carries the link), and at every
publication (for revisions from before). `docs/decisions/0013-indicators.md` says more.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from casestudies.change import units_agree
from casestudies.choices import IndicatorState
from casestudies.errors import CannotMerge
from casestudies.models import AdoptionMeasure, BaseMeasure, CaseStudyPage, Indicator, Measure
from casestudies.permissions import can_agree_indicators
from casestudies.services.standings import rate_case_studies
from members.errors import NotAllowed

if TYPE_CHECKING:
    from accounts.models import User

Key = tuple[str, str]
Figure = TypeVar("Figure", bound=BaseMeasure)


def link_to_indicators(measures: Iterable[Figure], *, propose: bool) -> list[Figure]:
    """Link figures, in memory, to the indicator of the same words, unit and direction; return those that changed.

    A link to an indicator that was merged follows it. With `propose`, what has no indicator yet gets one, to be agreed
    or merged by staff. At most three queries however many figures there are.
    """
    told = [measure for measure in measures if measure.indicator.strip() and measure.unit.strip()]
    if not told:
        return []
    by_pk, by_key = _known(told)
    if propose:
        fresh = {
            _key(one): Indicator(name=_tidy(one.indicator), unit=_tidy(one.unit), better=one.better)
            for one in reversed(told)
            if one.standard_id not in by_pk and _key(one) not in by_key
        }
        if fresh:
            # Somebody else may have proposed the same a moment ago: theirs is found in the second look.
            Indicator.objects.bulk_create(fresh.values(), ignore_conflicts=True)
            by_pk, by_key = _known(told)
    changed = []
    for measure in told:
        found = by_pk.get(measure.standard_id or 0) or by_key.get(_key(measure))
        if found is not None and found.merged_into is not None:
            found = found.merged_into
        if found is not None and found.pk != measure.standard_id and found.better == measure.better:
            measure.standard = found
            changed.append(measure)
    return changed


def link_published_measures(page: CaseStudyPage) -> None:
    """Link the figures of a page that was just published, whatever its revision knew, and leave out what is none.

    The editor's form asks for each figure before it submits or publishes. A draft that is published past the form (many
    at once, or on a date) is not held back for a row that nobody finished: the row stays in the page's history.
    """
    measures = list(page.measures.all())
    if unfinished := [measure.pk for measure in measures if not measure.is_measured]:
        Measure.objects.filter(pk__in=unfinished).delete()
    measures = [measure for measure in measures if measure.is_measured]
    Measure.objects.bulk_update(link_to_indicators(measures, propose=True), ["standard"])


@transaction.atomic
def agree_indicator(*, indicator: Indicator, by: "User") -> Indicator:
    """Authors may choose it from now on. Safe to repeat. Raises `NotAllowed`, or `CannotMerge` for a merged one."""
    _allow(by)
    row = Indicator.objects.select_for_update().get(pk=indicator.pk)
    if row.state == IndicatorState.MERGED:
        raise CannotMerge(_("This indicator was merged into another."))
    row.state = IndicatorState.AGREED
    row.save(update_fields=["state"])
    return row


@transaction.atomic
def merge_indicators(*, merged: Indicator, into: Indicator, same_unit: bool = False, by: "User") -> int:
    """Make one of two: every figure of `merged` is from now on one of `into`, and so are those that come later under
    the old words; case studies that it concerns are rated anew. Returns how many figures moved. Safe to repeat.

    `same_unit` says that units written differently mean the same. Raises `NotAllowed` or `CannotMerge`.
    """
    _allow(by)
    rows = Indicator.objects.select_for_update().filter(pk__in=[merged.pk, into.pk]).order_by("pk").in_bulk()
    old, new = rows[merged.pk], rows[into.pk]
    if old == new:
        raise CannotMerge(_("An indicator cannot be merged into itself."))
    if new.state == IndicatorState.MERGED:
        raise CannotMerge(_("The other was itself merged. Choose the one that it was merged into."))
    if old.better != new.better:
        raise CannotMerge(_("For one of them higher is better, for the other lower: they do not say the same."))
    if not same_unit and not units_agree(old.unit, new.unit):
        raise CannotMerge(_("They are counted in different units. Say that the units mean the same, if they do."))
    own = Measure.objects.filter(standard=old).values_list("page", flat=True)
    adopters = AdoptionMeasure.objects.filter(standard=old).values_list("adoption__case_study", flat=True)
    concerned = {*own, *adopters}
    moved = sum(model.objects.filter(standard=old).update(standard=new) for model in (Measure, AdoptionMeasure))
    Indicator.objects.filter(merged_into=old).update(merged_into=new)
    old.state, old.merged_into = IndicatorState.MERGED, new
    old.save(update_fields=["state", "merged_into"])
    # Who measured the same counts for how sure we are.
    rate_case_studies(concerned)
    return moved


def _allow(person: "User") -> None:
    if not can_agree_indicators(person):
        raise NotAllowed(_("Only the network’s editors agree and merge indicators."))


def _known(measures: Sequence[BaseMeasure]) -> tuple[dict[int, Indicator], dict[Key, Indicator]]:
    """The indicators that these figures name, by number and by words; one query."""
    names = {_tidy(one.indicator) for one in measures}
    found = (
        Indicator.objects.annotate(lowered=Lower("name"))
        .filter(
            Q(pk__in={one.standard_id for one in measures if one.standard_id})
            | Q(name__in=names)
            | Q(lowered__in={name.lower() for name in names})
        )
        .select_related("merged_into")
    )
    by_pk: dict[int, Indicator] = {one.pk: one for one in found}
    return by_pk, {(one.name.casefold(), one.unit.casefold()): one for one in by_pk.values()}


def _key(measure: BaseMeasure) -> Key:
    return _tidy(measure.indicator).casefold(), _tidy(measure.unit).casefold()


def _tidy(text: str) -> str:
    return " ".join(text.split())
