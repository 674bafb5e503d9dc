"""Adoptions as pages show them: one with its history, and those of a person's organisations."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from casestudies.choices import AdoptionAction, AdoptionStatus
from casestudies.models import Adoption, AdoptionChange, CaseStudyPage
from casestudies.querysets import CaseStudyQuerySet
from members.models import Organisation
from members.selectors import beneath_pages_of
from moderation.models import ContributionState

# A record that nobody has looked at for so long is asked about.
CONFIRM_AFTER = timedelta(days=365)
UNFINISHED = (AdoptionStatus.INTERESTED, AdoptionStatus.PLANNING, AdoptionStatus.TRYING)
STALLED_AFTER = timedelta(days=183)


def case_studies_of(organisations: Iterable[Organisation]) -> CaseStudyQuerySet:
    """The case studies beneath these organisations' pages, drafts included."""
    return CaseStudyPage.objects.filter(beneath_pages_of(organisations))


def adoptions_for_page() -> Any:
    """With everything that the page of an adoption names."""
    return Adoption.objects.select_related("organisation__page", "place", "case_study", "own_case_study", "author")


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of the history: when, and what happened, in words."""

    at: Any
    words: str
    who: str = ""


def history_of(adoption: Adoption) -> list[Step]:
    """The history in words, oldest first. Who did it is for those who may change the record."""
    changes = adoption.changes.select_related("by")
    return [
        Step(at=one.at, words=words, who=one.by.display_name if one.by else "")
        for one in changes
        if (words := _in_words(one))
    ]


def _in_words(change: AdoptionChange) -> str:
    statuses = {value: str(label).lower() for value, label in AdoptionStatus.choices}
    if change.action == AdoptionAction.RECORDED:
        return _("recorded as %(status)s") % {"status": statuses.get(change.after.get("status", ""), "")}
    if change.action == AdoptionAction.STATUS_CHANGED:
        return _("from %(was)s to %(now)s") % {
            "was": statuses.get(change.before.get("status", ""), ""),
            "now": statuses.get(change.after.get("status", ""), ""),
        }
    if change.action == AdoptionAction.CONFIRMED:
        return _("confirmed by the organisation")
    if change.action == AdoptionAction.WITHDRAWN:
        return _("withdrawn")
    names = [str(label) for name, label in _labels().items() if name in change.after]
    return _("corrected: %(what)s") % {"what": ", ".join(names)} if names else _("corrected")


def _labels() -> dict[str, str]:
    return {
        "started": _("when it started"),
        "ended": _("when it stopped"),
        "outcome": _("whether it worked"),
        "reasons": _("the reasons"),
        "other_reason": _("the other reason"),
        "changed": _("what was done differently"),
        "words": _("what happened"),
        "place": _("the place"),
        "own_case_study": _("its own case study"),
        "source_url": _("the source"),
        "measures": _("the figures"),
    }


@dataclass(frozen=True, kw_only=True)
class Mine:
    """One line of a person's list."""

    adoption: Adoption
    attention: str


def adoptions_of(user: Any) -> Any:
    """The records that are the person's to keep: their organisations' and their own, the newest first."""
    theirs = Adoption.objects.of_person(user) | Adoption.objects.filter(author=user)
    return (
        theirs.exclude(state=ContributionState.REMOVED)
        .select_related("organisation", "place", "case_study")
        .order_by("-created_at", "-pk")
    )


def with_attention(adoptions: Iterable[Adoption]) -> list[Mine]:
    return [Mine(adoption=one, attention=attention_of(one)) for one in adoptions]


def attention_of(adoption: Adoption) -> str:
    """What somebody should do about the record; empty if nothing. The first thing that applies."""
    looked_at = adoption.confirmed_on or timezone.localdate(adoption.created_at)
    age = timezone.localdate() - looked_at
    when = {"when": date_format(looked_at, "F Y")}
    unverified = not adoption.verified and not adoption.source_url
    over = adoption.status in {AdoptionStatus.RUNNING, AdoptionStatus.STOPPED}
    checks = (
        (adoption.state == ContributionState.DRAFT, _("A moderator asks you to change it")),
        (adoption.state == ContributionState.HIDDEN, _("A moderator has hidden it")),
        (unverified, _("Nobody of the organisation has confirmed it")),
        (
            adoption.status in UNFINISHED and age > STALLED_AFTER,
            _("Last heard of in %(when)s: where does it stand now?") % when,
        ),
        (adoption.status != AdoptionStatus.STOPPED and age > CONFIRM_AFTER, _("Not confirmed since %(when)s") % when),
        (over and not adoption.outcome, _("Say whether it worked")),
    )
    return next((words for applies, words in checks if applies), "")
