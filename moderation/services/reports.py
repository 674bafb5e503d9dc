"""Filing a report and ending it. No account is needed to say that something should not be here."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import events
from moderation import report_letters as letters
from moderation.complaints import decided_the_case, due_at, is_fast, root_of
from moderation.errors import AlreadyDecided, IllegalMove, NotAllowed
from moderation.models import Decision, DecisionAction, LineKind, Report, ReportKind, ReportLine, ReportOutcome
from moderation.notices import PASS_IT_ON, must_be_passed_on
from moderation.permissions import can_handle_report, can_moderate
from moderation.report_kinds import ABOUT_THE_SITE, FACTS, LOCKED
from moderation.services.log import append_decision
from moderation.subjects import author_of, hold, targets_of, title_of, url_of

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def report(
    *,
    subject: models.Model | None,
    kind: str,
    details: str = "",
    by: "User | None" = None,
    email: str = "",
    answers: Mapping[str, str] | None = None,
    visitor: str = "",
    about: Report | None = None,
) -> Report:
    """Open a case: its clock starts, its receipt is confirmed, and it may hide the thing. Announced as `report.made`.

    `visitor` is a keyed hash of the connection it came from, `about` the case that a complaint names. The same
    person's open report is not filed twice.
    Raises `IllegalMove` for a kind that is not in the list, or that needs a thing to be about.
    """
    if kind not in ReportKind.values or (subject is None and kind not in ABOUT_THE_SITE):
        raise IllegalMove(_("Choose what is wrong."))
    about = root_of(about) if kind == ReportKind.COMPLAINT else None
    hold(subject)  # the same person’s second report, and the one that makes enough of them, see those before
    existing = _same(subject=subject, kind=kind, details=details, by=by, email=email, about=about)
    if existing:
        return existing
    now = timezone.now()
    filed = Report.objects.create(
        content_type=ContentType.objects.get_for_model(subject) if subject is not None else None,
        object_id=subject.pk if subject is not None else None,
        about_case=about,
        kind=kind,
        details=details,
        answers=dict(answers or {}),
        reporter=by,
        reporter_email="" if by else email,
        language=(get_language() or "en")[:2],
        visitor=visitor,
        created_at=now,
        due_at=due_at(kind, now, about=about),
    )
    append_line(filed, LineKind.RECEIVED, by=by)
    if letters.confirm_receipt(filed):
        filed.acknowledged_at = now
        filed.save(update_fields=["acknowledged_at"])
        append_line(filed, LineKind.ACKNOWLEDGED)
    events.record(kind="report.made", subject=("report", filed.pk), by=by, data={"report_kind": kind})
    _act_at_once(filed)
    return filed


def _act_at_once(filed: Report) -> None:
    """What no moderator is waited for: keep the evidence, hide, and tell those who can act."""
    from moderation.services.case_alerts import alert
    from moderation.services.report_cases import preserve
    from moderation.services.report_hiding import hide_if_needed

    if filed.kind in LOCKED:
        preserve(filed)
    hide_if_needed(filed)
    if FACTS[filed.kind].tells or is_fast(filed.about_case):
        alert(filed)


def _same(
    *,
    subject: models.Model | None,
    kind: str,
    details: str,
    by: "User | None",
    email: str,
    about: Report | None,
) -> Report | None:
    """An open report that says the same, so that pressing the button twice makes one case."""
    same = Report.objects.waiting().filter(kind=kind, about_case=about)
    same = same.about(subject) if subject is not None else same.filter(content_type=None, details=details)
    same = same.filter(reporter=by) if by else same.filter(reporter=None, reporter_email=email, details=details)
    return same.first()


@transaction.atomic
def dismiss_report(
    *,
    report: Report,
    by: "User",
    words: str = "",
    private_note: str = "",
    misused: bool = False,
    incomplete: bool = False,
) -> Decision | None:
    """Leave the thing as it is, or show again what the report had hidden; its reporter hears it, with `words`.

    `misused` is for a report made to harm: its reporter's later reports weigh less. Of a locked case nothing goes
    into the log of decisions, which every moderator reads. A notice of complaint is left without being passed on only
    if it is `incomplete`, and the words say what the law asks for that it lacks. Raises `NotAllowed`, `AlreadyDecided`,
    and `IllegalMove` for another notice that was not passed on.
    """
    from moderation.services.report_hiding import show_again

    check_may_handle(report, by)
    hold(report.subject)
    lacking = must_be_passed_on(report, report.subject)
    if lacking and not (incomplete and words.strip()):
        raise IllegalMove(PASS_IT_ON)
    outcome = ReportOutcome.MISUSED if misused else ReportOutcome.LEFT
    end_case(report, outcome=outcome, by=by, words=words, note=private_note, incomplete=lacking)
    subject = report.subject
    if subject is not None:
        show_again(subject, by=by, after=report)
    if report.kind in LOCKED:
        return None
    return append_decision(
        subject=report,
        title=title_of(subject) if subject is not None else str(report),
        action=DecisionAction.DISMISS_REPORT,
        by=by,
        author_id=None,
        words=words,
        private_note=private_note,
        waited_since=report.created_at,
        targets=targets_of(subject) if subject is not None else (),
        data={"url": url_of(subject) if subject is not None else ""},
    )


def close_reports(subject: models.Model, *, by: "User | None", outcome: str = ReportOutcome.ACTED) -> datetime | None:
    """End every open report about a thing that was decided; return when the oldest of them came.

    Locked cases stay: they end with the reference of the National Crime Agency, or are dismissed.
    """
    waiting = list(Report.objects.waiting().about(subject).exclude(kind__in=LOCKED).select_related("reporter"))
    for one in waiting:
        end_case(one, outcome=outcome, by=by)
    return min((one.created_at for one in waiting), default=None)


def end_case(
    report: Report, *, outcome: str, by: "User | None", words: str = "", note: str = "", incomplete: bool = False
) -> None:
    """Stamp a case as decided, once. `incomplete` is for a notice that could not be passed on.

    Raises `AlreadyDecided` for whoever comes second.
    """
    # The connection it came from is of no more use, unless for knowing its next misuse.
    visitor = report.visitor if outcome == ReportOutcome.MISUSED else ""
    ended = (
        Report.objects.waiting()
        .filter(pk=report.pk)
        .update(handled_at=timezone.now(), handled_by=by, outcome=outcome, visitor=visitor)
    )
    if not ended:
        raise AlreadyDecided(Decision.objects.about(report).select_related("moderator").first())
    report.refresh_from_db()
    said = " ".join(part for part in (str(report.get_outcome_display()), words.strip(), note.strip()) if part)
    append_line(report, LineKind.DECIDED, by=by, words=said)
    letters.tell_outcome(report, words=words, incomplete=incomplete)


def check_may_handle(report: Report, by: "User") -> None:
    """Raises `NotAllowed` for who is no moderator, not named for a locked case, wrote the thing, or decided the case
    that it complains about.
    """
    if not can_moderate(by):
        raise NotAllowed(_("Only the network’s moderators decide about reports."))
    subject = report.subject
    if subject is not None and author_of(subject) == by.pk:
        raise NotAllowed(_("It is about something that you wrote, so somebody else decides."))
    if decided_the_case(by, report):
        raise NotAllowed(_("It is about a case that you decided, so somebody else answers."))
    if not can_handle_report(by, report):
        raise NotAllowed(_("Only people named for such cases work on them."))


def may_handle(report: Report, by: "User") -> bool:
    """The same as a question."""
    try:
        check_may_handle(report, by)
    except NotAllowed:
        return False
    return True


def append_line(report: Report, what: LineKind, *, by: "User | None" = None, words: str = "") -> ReportLine:
    """One more line in the log of a case."""
    return ReportLine.objects.create(report=report, what=what, by=by, words=words)
