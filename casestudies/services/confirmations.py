"""Whether a case study is still true: what its authors answer, and what a publication says."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casestudies.choices import AdoptionAction, Stage, StopReason, WrittenBy
from casestudies.errors import NotAllowed as CannotAnswer
from casestudies.events import touches
from casestudies.models import Adoption, AdoptionChange, CaseStudyPage, Standing
from casestudies.permissions import can_confirm, can_confirm_adoption, can_edit_adoption
from casestudies.services.adoptions import confirm_adoption
from casestudies.services.standings import confirm
from core import events
from core.dates import check_order, partial_date
from members.errors import NotAllowed
from members.permissions import is_editor

if TYPE_CHECKING:
    from accounts.models import User
    from core.models import Event


@transaction.atomic
def confirm_case_study(*, case_study: CaseStudyPage, by: "User") -> None:
    """It is still true. Repeating it on the same day changes nothing. Raises `NotAllowed`."""
    _say(case_study, by, happened="confirmed", ended="", ended_reasons=[])


@transaction.atomic
def say_ended(*, case_study: CaseStudyPage, by: "User", ended: str, reasons: Sequence[str] = ()) -> None:
    """It has ended, in the year or month `ended`, for these `StopReason` codes.

    A fact beside the text: the text itself changes through moderation. Raises `NotAllowed`, and `ValidationError` with
    the fields `ended` or `reasons`.
    """
    if unknown := set(reasons) - set(StopReason.values):
        raise ValidationError({"reasons": _("There is no such reason: %(codes)s.") % {"codes": ", ".join(unknown)}})
    try:
        partial_date(ended)
    except ValidationError as error:
        raise ValidationError({"ended": error.messages}) from error
    if ended > timezone.localdate().isoformat()[: len(ended)]:
        raise ValidationError({"ended": _("This is still to come. Say so when it has ended.")})
    check_order(case_study.started, ended)
    _say(case_study, by, happened="ended", ended=ended, ended_reasons=list(dict.fromkeys(reasons)))


def _say(case_study: CaseStudyPage, by: "User", *, happened: str, **values: Any) -> None:
    if not can_confirm(by, case_study):
        raise NotAllowed(_("Only its authors say whether it is still true."))
    Standing.objects.get_or_create(page=case_study)
    standing = Standing.objects.select_for_update().get(page=case_study)
    wanted = {"confirmed_on": timezone.localdate(), "asked_on": None, **values}
    if all(getattr(standing, name) == value for name, value in wanted.items()):
        return
    Standing.objects.filter(pk=standing.pk).update(**wanted)
    events.record(
        kind=f"case_study.{happened}",
        subject=("case_study", case_study.pk),
        by=by,
        targets=list(touches(case_study)),
        data={"title": case_study.title},
    )


@transaction.atomic
def say_still_going(*, adoption: Adoption, by: "User") -> None:
    """Nothing has changed since the last time. Repeating it on the same day changes nothing.

    Whoever speaks for the adopting organisation vouches for the record with it; from anybody else whose record it is,
    it is their word. Raises the adoptions' `NotAllowed`.
    """
    by_source = adoption.written_by == WrittenBy.EDITORS and is_editor(by)
    if can_confirm_adoption(by, adoption) and not by_source:
        confirm_adoption(adoption=adoption, by=by)
        return
    if not can_edit_adoption(by, adoption):
        raise CannotAnswer(_("Only those whose record it is say how it goes."))
    locked, today = Adoption.objects.select_for_update().get(pk=adoption.pk), timezone.localdate()
    if locked.confirmed_on == today:
        return
    Adoption.objects.filter(pk=adoption.pk).update(confirmed_on=today)
    since = locked.confirmed_on.isoformat() if locked.confirmed_on else None
    AdoptionChange.objects.create(
        adoption=locked,
        action=AdoptionAction.CONFIRMED,
        by=by,
        before={"confirmed_on": since},
        after={"confirmed_on": today.isoformat()},
    )


def note_publications(batch: Sequence["Event"]) -> None:
    """Publishing an organisation's own account says that it is true on that day; safe to repeat and to come late.

    An account by the network's editors is confirmed when its sources were read again, which mending a comma is not.
    What an author said beside the text goes when the text itself says that it has ended.
    """
    published: dict[int, date] = {}
    for event in batch:
        day = timezone.localdate(event.occurred_at)
        published[event.subject_id] = max(day, published.get(event.subject_id, day))
    pages = CaseStudyPage.objects.filter(pk__in=published).values_list("pk", "written_by", "standing__confirmed_on")
    by_day: dict[date, list[int]] = {}
    for pk, written_by, confirmed_on in pages:
        if written_by == WrittenBy.ORGANISATION and (confirmed_on is None or confirmed_on < published[pk]):
            by_day.setdefault(published[pk], []).append(pk)
    for day, ids in by_day.items():
        confirm(page_ids=ids, on=day)
    Standing.objects.filter(page__in=published, page__stage=Stage.ENDED).exclude(ended="").update(
        ended="", ended_reasons=[]
    )
