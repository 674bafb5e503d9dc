"""Recording that somebody else tried it, correcting, confirming and withdrawing the record, with its history."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casestudies import contributions
from casestudies.adoption_facts import AdoptionFacts, MeasureFacts, check_facts, differences
from casestudies.choices import AdoptionAction, WrittenBy
from casestudies.errors import AlreadyRecorded, NotAllowed
from casestudies.models import Adoption, AdoptionChange, AdoptionMeasure, CaseStudyPage
from casestudies.permissions import (
    can_confirm_adoption,
    can_edit_adoption,
    can_read,
    can_record_adoption,
    can_record_for,
    can_record_from_source,
    can_withdraw_adoption,
)
from casestudies.selectors.descent import TooManyLines, chain_between, titles_in_order
from casestudies.services.indicators import link_to_indicators
from core import events
from members.models import Organisation, OrganisationKind
from members.permissions import can_write_for
from members.selectors import organisation_of
from moderation import services as moderation
from moderation.models import ContributionState
from moderation.policy import ReasonCode, Verdict

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def record_adoption(
    *, case_study: CaseStudyPage, organisation: Organisation, facts: AdoptionFacts, by: "User"
) -> tuple[Adoption, Verdict]:
    """Record that an organisation tries what a case study describes.

    By somebody who speaks for the organisation: verified, and the policy decides about it like about any member's
    contribution. By anybody else: held until a moderator has looked.
    Raises `NotAllowed`, `AlreadyRecorded`, and `ValidationError` for what is wrong with an answer.
    """
    if not can_record_adoption(by, case_study):
        raise NotAllowed(_("You cannot record this."))
    speaks = can_record_for(by, organisation)
    adoption = _created(
        case_study,
        organisation,
        facts,
        by,
        verified=speaks,
        confirmed_on=timezone.localdate() if speaks else None,
    )
    return adoption, _submitted(adoption, by)


@transaction.atomic
def record_from_source(
    *,
    case_study: CaseStudyPage,
    organisation: Organisation,
    facts: AdoptionFacts,
    source_url: str,
    source_title: str = "",
    by: "User",
) -> tuple[Adoption, Verdict]:
    """The network's editors write up what a public source says: shown with the source, and not verified.

    Raises as `record_adoption`.
    """
    if not can_record_from_source(by) or not can_record_adoption(by, case_study):
        raise NotAllowed(_("Only the network’s editors write from public sources."))
    if not source_url.strip():
        raise ValidationError({"source_url": _("Give the address of the public source.")})
    source = {"source_url": source_url.strip(), "source_title": source_title.strip(), "written_by": WrittenBy.EDITORS}
    adoption = _created(case_study, organisation, facts, by, verified=False, **source)
    return adoption, _submitted(adoption, by)


@transaction.atomic
def correct_adoption(
    *, adoption: Adoption, facts: AdoptionFacts, by: "User", source_url: str = "", source_title: str = ""
) -> Verdict | None:
    """Change what the record says, the status included. None if that changes nothing.

    `adoption.changed` (or `.held`, when a practitioner changed it) and, for a public one whose status moved,
    `adoption.status_changed`. Raises as `record_adoption`.
    """
    locked = _locked(adoption)
    if not can_edit_adoption(by, locked):
        raise NotAllowed(_("You cannot change this record."))
    _check(locked.case_study, locked.organisation, facts, by, itself=locked)
    before = _snapshot(locked)
    for name, value in facts.values.items():
        setattr(locked, name, value)
    if locked.written_by == WrittenBy.EDITORS and can_record_from_source(by) and source_url.strip():
        locked.source_url, locked.source_title = source_url.strip(), source_title.strip()
    _keep_measures(locked, facts.measures)
    after = _snapshot(locked)
    names = differences(before, after)
    asked_again = locked.state == ContributionState.DRAFT
    if not names and not asked_again:
        return None
    if can_record_for(by, locked.organisation):
        locked.verified, locked.confirmed_on = True, timezone.localdate()
    _saved(locked)
    moved = before["status"] != after["status"]
    action = AdoptionAction.STATUS_CHANGED if moved else AdoptionAction.CORRECTED
    _noted(locked, action, by, before=_only(before, names), after=_only(after, names))
    was_public = locked.state == ContributionState.PUBLISHED
    verdict = _submitted(locked, by)
    if moved and was_public and verdict.publish:
        _record_status(locked, by, was=before["status"])
    adoption.refresh_from_db()
    return verdict


def change_status(*, adoption: Adoption, status: str, by: "User", **more: Any) -> Verdict | None:
    """Change where it stands, with what goes with it (`ended`, `outcome`, `reasons` …), and nothing else."""
    return correct_adoption(adoption=adoption, facts=replace(AdoptionFacts.of(adoption), status=status, **more), by=by)


@transaction.atomic
def confirm_adoption(*, adoption: Adoption, by: "User", on: date | None = None) -> None:
    """Vouch for the record in the organisation's name. Repeating it on the same day does nothing.

    One that waits only because its writer could not speak for the organisation is judged again. Raises `NotAllowed`.
    """
    locked = _locked(adoption)
    if not can_confirm_adoption(by, locked):
        raise NotAllowed(_("Only authors and leads of the organisation confirm its records."))
    day = on or timezone.localdate()
    if locked.verified and locked.confirmed_on == day:
        return
    was_verified, since = locked.verified, locked.confirmed_on
    Adoption.objects.filter(pk=locked.pk).update(verified=True, confirmed_on=day)
    locked.verified, locked.confirmed_on = True, day
    _noted(
        locked,
        AdoptionAction.CONFIRMED,
        by,
        before={"verified": was_verified, "confirmed_on": since.isoformat() if since else None},
        after={"verified": True, "confirmed_on": day.isoformat()},
    )
    if locked.state == ContributionState.HELD and set(locked.state_reasons) <= _SETTLED_BY_CONFIRMING:
        _submitted(locked, by)
    elif locked.state == ContributionState.PUBLISHED:
        _record(locked, "changed", by, confirmed=True)
    adoption.refresh_from_db()


@transaction.atomic
def withdraw_adoption(*, adoption: Adoption, by: "User") -> None:
    """Take the record back. The originating organisation has no say in it, and cannot do it.

    Repeating it does nothing. Raises `NotAllowed`.
    """
    locked = _locked(adoption)
    if locked.state == ContributionState.REMOVED and Adoption.objects.of_person(by).filter(pk=locked.pk).exists():
        return
    if not can_withdraw_adoption(by, locked):
        raise NotAllowed(_("You cannot withdraw this record."))
    _noted(locked, AdoptionAction.WITHDRAWN, by, before={"state": str(locked.state)}, after={"state": "removed"})
    moderation.remove_own(contribution=locked, by=by, shared=True)
    adoption.refresh_from_db()


# --- What is right and what is kept --------------------------------------------------------------

_SETTLED_BY_CONFIRMING = {ReasonCode.NOT_OF_ORGANISATION.value, ReasonCode.NEW_PERSON.value}


def _created(
    case_study: CaseStudyPage, organisation: Organisation, facts: AdoptionFacts, by: "User", **more: Any
) -> Adoption:
    _check(case_study, organisation, facts, by)
    adoption = Adoption(
        case_study=case_study,
        organisation=organisation,
        author=by,
        state=ContributionState.DRAFT,
        **facts.values,
        **more,
    )
    _saved(adoption)
    _keep_measures(adoption, facts.measures)
    _noted(adoption, AdoptionAction.RECORDED, by, before={}, after=_snapshot(adoption))
    return adoption


def _check(
    case_study: CaseStudyPage,
    organisation: Organisation,
    facts: AdoptionFacts,
    by: "User",
    itself: Adoption | None = None,
) -> None:
    errors: dict[str, Any] = {}
    try:
        check_facts(facts)
    except ValidationError as wrong:
        errors = dict(wrong.message_dict)
    origin = organisation_of(case_study)
    if origin is not None and origin.pk == organisation.pk:
        errors["organisation"] = _("This is the organisation’s own case study. Record what happens to it there.")
    if organisation.kind == OrganisationKind.NETWORK:
        errors["organisation"] = _("The network itself tries nothing out. Choose a council or a community.")
    if facts.own_case_study is not None:
        wrong_own = _wrong_with_own(case_study, organisation, facts.own_case_study, by, itself)
        if wrong_own:
            errors["own_case_study"] = wrong_own
    if errors:
        raise ValidationError(errors)
    earlier = _earlier(case_study, organisation, facts, itself)
    if earlier is not None:
        raise AlreadyRecorded(_told_already(organisation), earlier)


def _wrong_with_own(
    case_study: CaseStudyPage, organisation: Organisation, own: CaseStudyPage, by: "User", itself: Adoption | None
) -> str:
    """Why this case study cannot be the adopter's own account; empty if it can."""
    if own.pk == case_study.pk:
        return _("A case study cannot be adopted from itself.")
    whose = organisation_of(own)
    if whose is None or whose.pk != organisation.pk:
        return _("Choose a case study of the organisation that tried it.")
    if not can_read(by, own):
        return _("Choose a case study that is published.")
    _one_at_a_time()
    try:
        chain = chain_between(younger=case_study.pk, older=own.pk, without=itself.pk if itself else 0)
    except TooManyLines:
        return _("This case study has too many forebears to check. Ask the network’s editors.")
    if not chain:
        return ""
    return _("That would be a circle: “%(origin)s” itself goes back to “%(own)s” (%(chain)s).") % {
        "origin": case_study.title,
        "own": own.title,
        "chain": " ← ".join(titles_in_order(chain)),
    }


def _one_at_a_time() -> None:
    """Two records that each look harmless can close a circle together, so lines of descent are drawn one by one."""
    kind = ContentType.objects.get_for_model(Adoption)
    ContentType.objects.select_for_update(no_key=True).get(pk=kind.pk)


def _earlier(
    case_study: CaseStudyPage, organisation: Organisation, facts: AdoptionFacts, itself: Adoption | None
) -> Adoption | None:
    same = Adoption.objects.standing().filter(case_study=case_study, organisation=organisation, place=facts.place)
    found: Adoption | None = same.exclude(pk=itself.pk if itself else 0).first()
    return found


def _told_already(organisation: Organisation) -> str:
    return _("%(organisation)s has recorded this for the same place already.") % {"organisation": organisation}


def _saved(adoption: Adoption) -> None:
    """Save it; somebody who recorded the same a moment ago was faster."""
    try:
        with transaction.atomic():
            adoption.save()
    except IntegrityError as error:
        raise AlreadyRecorded(_told_already(adoption.organisation)) from error


def _keep_measures(adoption: Adoption, measures: Sequence[MeasureFacts] | None) -> None:
    if measures is None or [MeasureFacts.of(one).values for one in adoption.measures.all()] == [
        one.values for one in measures
    ]:
        return
    adoption.measures.all().delete()
    rows = [AdoptionMeasure(adoption=adoption, sort_order=number, **one.values) for number, one in enumerate(measures)]
    link_to_indicators(rows, propose=False)
    AdoptionMeasure.objects.bulk_create(rows)


def _locked(adoption: Adoption) -> Adoption:
    """The row as it is now; whoever edits at the same time waits here."""
    rows = Adoption.objects.select_for_update(of=("self",)).select_related("organisation")
    found: Adoption = rows.get(pk=adoption.pk)
    return found


def _submitted(adoption: Adoption, by: "User") -> Verdict:
    may = can_write_for(by, adoption.organisation) or (
        adoption.written_by == WrittenBy.EDITORS and can_record_from_source(by)
    )
    why = () if may else (ReasonCode.NOT_OF_ORGANISATION,)
    return moderation.submit(contribution=adoption, by=by, hold_because=why, shared=True)


# --- The history ----------------------------------------------------------------------------------


def _snapshot(adoption: Adoption) -> dict[str, Any]:
    """What the record says, for comparing and for the history."""
    return {
        "status": str(adoption.status),
        "started": adoption.started,
        "ended": adoption.ended,
        "outcome": str(adoption.outcome),
        "reasons": list(adoption.reasons),
        "other_reason": adoption.other_reason,
        "changed": adoption.changed,
        "words": adoption.words,
        "place": adoption.place_id,
        "own_case_study": adoption.own_case_study_id,
        "source_url": adoption.source_url,
        "source_title": adoption.source_title,
        "measures": [MeasureFacts.of(one).values for one in adoption.measures.all()],
    }


def _only(snapshot: dict[str, Any], names: Any) -> dict[str, Any]:
    return {name: snapshot[name] for name in names}


def _noted(
    adoption: Adoption, action: AdoptionAction, by: "User", *, before: dict[str, Any], after: dict[str, Any]
) -> None:
    AdoptionChange.objects.create(adoption=adoption, action=action, by=by, before=before, after=after)


def _record_status(adoption: Adoption, by: "User", *, was: str) -> None:
    _record(
        adoption, "status_changed", by, **{"from": was, "to": str(adoption.status), "outcome": str(adoption.outcome)}
    )


def _record(adoption: Adoption, happened: str, by: "User", **more: Any) -> None:
    events.record(
        kind=f"{contributions.KIND}.{happened}",
        subject=(contributions.KIND, adoption.pk),
        by=by,
        targets=contributions.targets(adoption),
        data={**contributions.data(adoption), **more},
    )
