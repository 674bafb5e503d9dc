"""Readers' reports: no account is needed to say that something should not be here."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from moderation.errors import AlreadyDecided, IllegalMove, NotAllowed
from moderation.models import Decision, DecisionAction, Report, ReportKind
from moderation.permissions import can_moderate
from moderation.services.log import append_decision
from moderation.subjects import author_of, targets_of, title_of, url_of

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def report(*, subject: models.Model, kind: str, details: str = "", by: "User | None" = None, email: str = "") -> Report:
    """Record a report and announce it as `report.made`. The same person's open report is not filed twice.

    Raises `IllegalMove` for a kind that is not in the list.
    """
    if kind not in ReportKind.values:
        raise IllegalMove(_("Choose what is wrong."))
    same = Report.objects.waiting().about(subject).filter(kind=kind)
    same = same.filter(reporter=by) if by else same.filter(reporter=None, reporter_email=email, details=details)
    existing = same.first()
    if existing:
        return existing
    filed = Report.objects.create(
        content_type=ContentType.objects.get_for_model(subject),
        object_id=subject.pk,
        kind=kind,
        details=details,
        reporter=by,
        reporter_email=email,
    )
    events.record(kind="report.made", subject=("report", filed.pk), by=by, data={"report_kind": kind})
    return filed


@transaction.atomic
def dismiss_report(*, report: Report, by: "User", private_note: str = "") -> Decision:
    """Leave the thing as it is. Raises `NotAllowed`, and `AlreadyDecided` when the report was dealt with."""
    if not can_moderate(by):
        raise NotAllowed(_("Only the network’s moderators decide about reports."))
    subject = report.subject
    if subject is not None and author_of(subject) == by.pk:
        raise NotAllowed(_("It is about something that you wrote, so somebody else decides."))
    handled = Report.objects.waiting().filter(pk=report.pk).update(handled_at=timezone.now(), handled_by=by)
    if not handled:
        raise AlreadyDecided(Decision.objects.about(report).select_related("moderator").first())
    report.refresh_from_db()
    return append_decision(
        subject=report,
        title=title_of(subject) if subject is not None else str(report),
        action=DecisionAction.DISMISS_REPORT,
        by=by,
        author_id=report.reporter_id,
        private_note=private_note,
        waited_since=report.created_at,
        targets=targets_of(subject) if subject is not None else (),
        data={"url": url_of(subject) if subject is not None else ""},
    )


def close_reports(subject: models.Model, *, by: "User | None") -> datetime | None:
    """Mark every open report about a thing as dealt with; return when the oldest of them came."""
    waiting = Report.objects.waiting().about(subject)
    oldest = waiting.order_by("created_at").values_list("created_at", flat=True).first()
    waiting.update(handled_at=timezone.now(), handled_by=by)
    return oldest
