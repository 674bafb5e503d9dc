"""Hiding on the word of readers, until a moderator has looked.

Two ways: what the law has us take away fast (`report_kinds.Facts.hides`) hides at once, whatever it is. Of everything
else, enough independent reports hold a contribution; never a page, because a page that strangers can take away is a
weapon in their hands: a reported page goes up in the queue. Both are limited for who has misused reporting.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.models import Page, Revision

from members.selectors import organisation_of
from moderation import report_letters as letters
from moderation.hidden_letters import tell_whose_it_is
from moderation.locked_cases import is_locked
from moderation.models import (
    Contribution,
    ContributionState,
    LineKind,
    ModerationSettings,
    Report,
    ReportOutcome,
)
from moderation.policy import ReasonCode
from moderation.report_kinds import FACTS, LOCKED
from moderation.services.reports import append_line
from moderation.voices import TOGETHER, misuses_of, voices

if TYPE_CHECKING:
    from accounts.models import User

# One connection or person cannot take the site down with the report that hides at once.
HIDES_A_DAY = 3
HIDES = tuple(kind for kind, facts in FACTS.items() if facts.hides)


@transaction.atomic
def hide_if_needed(report: Report) -> bool:
    """Hide what a new report is about, if this one, or enough of them together, ask for it. True if it did."""
    subject: Any = report.subject
    if subject is None or not is_public(subject):
        return False
    if FACTS[report.kind].hides and not holds_lists(subject) and _may_hide_alone(report):
        _hide_at_once(report, subject)
        return True
    if FACTS[report.kind].counts and isinstance(subject, Contribution) and _are_enough(subject):
        from moderation.services.contributions import hold_after_reports

        hold_after_reports(contribution=subject, reason=ReasonCode.REPORTS_TOGETHER, hidden=False)
        _note_hidden(report)
        return True
    return False


def is_public(subject: Any) -> bool:
    return bool(subject.live) if isinstance(subject, Page) else subject.state == ContributionState.PUBLISHED


def holds_lists(subject: Any) -> bool:
    """Whether it is the home page or a page of lists. Nobody's words stand there, and without them the site is gone."""
    structure = isinstance(subject, Page) and getattr(subject, "is_structure", False)
    return structure and organisation_of(subject) is None


def _hide_at_once(report: Report, subject: Any) -> None:
    from moderation.services.contributions import hold_after_reports

    if isinstance(subject, Page):
        report.hid_revision = subject.live_revision_id
        subject.unpublish()
    else:
        hold_after_reports(contribution=subject, reason=ReasonCode.REPORTED_GRAVELY, hidden=True)
    _note_hidden(report)


def _note_hidden(report: Report) -> None:
    report.hid_at = timezone.now()
    report.save(update_fields=["hid_at", "hid_revision"])
    append_line(report, LineKind.HIDDEN)
    tell_whose_it_is(report)


def show_again(subject: Any, *, by: "User", after: Report) -> bool:
    """Give readers back what reports had hidden, unless others that are open still hide it, or a locked case is about
    it: what one of those was about stays away when the case has ended, too. True if it did.
    """
    hid = Report.objects.about(subject).exclude(hid_at=None)
    if not hid.exists() or hid.waiting().filter(kind__in=HIDES).exists() or is_locked(subject):
        return False
    shown = _publish_again(subject, by) if isinstance(subject, Page) else _release(subject, by)
    if shown:
        append_line(after, LineKind.SHOWN, by=by)
    return shown


def hiding(page: Page) -> list[Report]:
    """The open reports that took a page from its readers before anybody had looked; locked cases are not told of."""
    if page.live:
        return []
    return list(Report.objects.waiting().about(page).exclude(hid_at=None).exclude(kind__in=LOCKED))


def open_again(numbers: Sequence[int], *, by: "User") -> None:
    """The cases that a decision had ended which is taken back: they hide the page as before."""
    for one in Report.objects.filter(pk__in=numbers, outcome=ReportOutcome.ACTED, erased_at=None):
        one.handled_at, one.handled_by, one.outcome = None, None, ""
        one.save(update_fields=["handled_at", "handled_by", "outcome"])
        append_line(one, LineKind.REOPENED, by=by)
        letters.take_outcome_back(one)


def hide_again(report: Report) -> None:
    """What its dismissal had shown, if readers still see it: as the report had hidden it."""
    from moderation.services.contributions import hold_after_reports

    subject: Any = report.subject
    if subject is None or not is_public(subject):
        return
    if isinstance(subject, Page) or FACTS[report.kind].hides:
        _hide_at_once(report, subject)
        return
    hold_after_reports(contribution=subject, reason=ReasonCode.REPORTS_TOGETHER, hidden=False)
    _note_hidden(report)


def _release(subject: Contribution, by: "User") -> bool:
    from moderation.services.contributions import release_after_reports

    if _are_enough(subject):
        return False
    return release_after_reports(contribution=subject, by=by)


def _publish_again(page: Page, by: "User") -> bool:
    """The revision that readers saw, not a later draft."""
    last = Report.objects.about(page).exclude(hid_at=None).latest("hid_at")
    if page.live:
        return False
    revision = Revision.objects.filter(pk=last.hid_revision).first() or page.get_latest_revision()
    if revision is None:
        return False
    revision.publish(user=by, skip_permission_checks=True)
    return True


def _may_hide_alone(report: Report) -> bool:
    """Not for who has misused reporting, nor more than a few times a day for one connection or person."""
    if misuses_of(report):
        return False
    since = timezone.now() - timedelta(days=1)
    same = Q(reporter=report.reporter) if report.reporter_id else Q(visitor=report.visitor, reporter=None)
    if not report.reporter_id and not report.visitor:
        return True
    return Report.objects.filter(same, hid_at__gte=since, kind__in=HIDES).count() < HIDES_A_DAY


def _are_enough(subject: models.Model) -> bool:
    """Whether independent readers have said it; not once a moderator has looked and left the thing as it is."""
    needed = (ModerationSettings.objects.first() or ModerationSettings()).reports_that_hide
    about = Report.objects.about(subject).filter(kind__in=TOGETHER)
    if not needed or about.filter(outcome__in=[ReportOutcome.LEFT, ReportOutcome.MISUSED]).exists():
        return False
    return voices(list(about.waiting().select_related("reporter"))) >= needed
