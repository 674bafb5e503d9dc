"""Working on a case: what its kind asks for between its coming and its end. Each step is a line in its log."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.db import transaction
from django.forms.models import model_to_dict
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from accounts.models import User as Account
from moderation import report_letters as letters
from moderation.errors import AlreadyDecided, IllegalMove
from moderation.models import Contribution, LineKind, PreservedContent, Report, ReportKind, ReportOutcome
from moderation.notices import we_have_until
from moderation.registry import kind_of
from moderation.report_kinds import LOCKED
from moderation.services import case_alerts
from moderation.services.contributions import keep_hidden
from moderation.services.reports import append_line, check_may_handle, end_case
from moderation.subjects import author_of, hold, title_of, url_of

if TYPE_CHECKING:
    from accounts.models import User

# SI 2026/268: content and user data for a year; the agency's reference for five.
CONTENT_KEPT = timedelta(days=366)
REFERENCE_KEPT = timedelta(days=5 * 365 + 2)
# What was said in a case and who said it. An action for defamation must be brought within a year.
CASE_KEPT = timedelta(days=2 * 365)
SALT = "moderation.notice"
# The five days, and time to be found late.
LINK_LASTS = timedelta(days=14)


@transaction.atomic
def note(*, report: Report, by: "User", words: str) -> None:
    """For other moderators only."""
    _begin(report, by)
    append_line(report, LineKind.NOTE, by=by, words=words)


@transaction.atomic
def write_to_reporter(*, report: Report, by: "User", words: str) -> None:
    """How it stands, or a question. Raises `IllegalMove` where whoever reported it left no address."""
    if not report.contact:
        raise IllegalMove(_("Whoever reported this left no address."))
    _begin(report, by)
    line = append_line(report, LineKind.WRITTEN, by=by, words=words)
    letters.tell_progress(report, words=words, key=f"report-progress-{line.pk}")


@transaction.atomic
def pass_on(*, report: Report, by: "User") -> None:
    """Send a notice of complaint to whoever wrote the words, who has five days; tell the complainant that it went.

    The complainant's name and address go with it only if they agreed (SI 2013/3028, regulation 2 and the schedule).
    Raises `IllegalMove` for another kind, for a second time, and where nobody can be reached: then the words must go.
    """
    if report.kind != ReportKind.DEFAMATION or report.passed_on_at:
        raise IllegalMove(_("There is no notice to pass on."))
    poster = poster_of(report)
    if poster is None:
        raise IllegalMove(_("Nobody can be reached who wrote this: the law asks that it is taken away."))
    _begin(report, by)
    report.passed_on_at = timezone.now()
    report.due_at = we_have_until(report.passed_on_at)
    report.save(update_fields=["passed_on_at", "due_at"])
    append_line(report, LineKind.PASSED_ON, by=by)
    letters.pass_notice_on(report, poster=poster, token=signing.dumps(report.pk, salt=SALT))
    letters.tell_passed_on(report)


def poster_of(report: Report) -> "User | None":
    """Who wrote the reported words, if they can be reached."""
    subject = report.subject
    writer = author_of(subject) if subject is not None else None
    return Account.objects.filter(pk=writer).first() if writer else None


def report_of_token(token: str) -> Report:
    """The notice that a link in a letter to the writer is about. Raises `signing.BadSignature`."""
    found = Report.objects.filter(pk=signing.loads(token, salt=SALT, max_age=LINK_LASTS)).first()
    if found is None:
        raise signing.BadSignature("The case is gone.")
    return found


@transaction.atomic
def answer_notice(*, report: Report, answer: Mapping[str, str]) -> None:
    """What the writer says to a notice, once. The network then has 48 hours again, and its moderators are told."""
    locked = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if locked.poster_answer or locked.handled_at:
        raise AlreadyDecided
    locked.poster_answer = dict(answer)
    line = append_line(locked, LineKind.POSTER_ANSWERED)
    if locked.passed_on_at:
        locked.due_at = we_have_until(locked.passed_on_at, line.at)
    locked.save(update_fields=["poster_answer", "due_at"])
    case_alerts.tell_our_turn(locked)


@transaction.atomic
def record_nca(*, report: Report, by: "User", reference: str, reported_at: datetime) -> None:
    """End a locked case with what the National Crime Agency gave. The thing stays hidden, and is kept for a year."""
    check_may_handle(report, by)
    if report.kind not in LOCKED:
        raise IllegalMove(_("This case is not for the National Crime Agency."))
    subject = report.subject
    hold(subject)
    report.nca_reference, report.nca_reported_at = reference, reported_at
    report.save(update_fields=["nca_reference", "nca_reported_at"])
    PreservedContent.objects.filter(report=report).update(kept_until=timezone.now() + CONTENT_KEPT)
    append_line(report, LineKind.NCA, by=by, words=reference)
    end_case(report, outcome=ReportOutcome.ACTED, by=by)
    if isinstance(subject, Contribution):
        keep_hidden(contribution=subject)


@transaction.atomic
def answer_case(*, report: Report, by: "User", words: str) -> None:
    """End a case with an answer rather than a decision about a thing. Raises `IllegalMove` for a locked one."""
    check_may_handle(report, by)
    if report.kind in LOCKED:
        raise IllegalMove(_("A locked case ends with the reference of the National Crime Agency."))
    end_case(report, outcome=ReportOutcome.ANSWERED, by=by, words=words)


@transaction.atomic
def reopen(*, report: Report, by: "User") -> bool:
    """After its dismissal was taken back: the case is open as it was, and what had been hidden is hidden again.

    Its reporter hears of it only if they had heard of the dismissal. False where the case ended otherwise, or is
    too old. Raises `NotAllowed`.
    """
    from moderation.services.report_hiding import hide_again

    check_may_handle(report, by)
    if report.outcome not in {ReportOutcome.LEFT, ReportOutcome.MISUSED} or report.erased_at or not report.handled_at:
        return False
    shown = report.lines.filter(what=LineKind.SHOWN, at__gte=report.handled_at).exists()
    report.handled_at, report.handled_by, report.outcome = None, None, ""
    report.save(update_fields=["handled_at", "handled_by", "outcome"])
    append_line(report, LineKind.REOPENED, by=by)
    if shown:
        hide_again(report)
    letters.take_outcome_back(report)
    return True


def preserve(report: Report) -> None:
    """Keep what a locked case is about, and whose it is, as it was when the report came."""
    subject: Any = report.subject
    if subject is None:
        return
    content = model_to_dict(subject) if not isinstance(subject, Page) else _content_of(subject)
    writer = author_of(subject)
    author = Account.objects.filter(pk=writer).first() if writer else None
    person = (
        {
            "number": author.pk,
            "name": author.name,
            "email": author.email,
            "joined": author.date_joined.isoformat(),
            "last_sign_in": author.last_login.isoformat() if author.last_login else None,
        }
        if author
        else None
    )
    kept = {"title": title_of(subject), "url": url_of(subject), "content": _plain(content), "author": person}
    if isinstance(subject, Contribution):
        # What its author may still change or take away. A page's pictures stay in the library (`closed_file`).
        kept |= _plain(kind_of(subject).evidence(subject))
    PreservedContent.objects.create(report=report, content=kept, kept_until=timezone.now() + CONTENT_KEPT)
    append_line(report, LineKind.PRESERVED)


def _content_of(page: Page) -> Any:
    return page.live_revision.content if page.live_revision else page.serializable_data()


def _plain(value: Any) -> Any:
    """As JSON can hold it."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


@transaction.atomic
def open_locked(*, report: Report, by: "User") -> dict[str, Any]:
    """What was kept of a locked case, for the authorities; that somebody opened it stands in its log."""
    check_may_handle(report, by)
    kept = PreservedContent.objects.filter(report=report).first()
    if report.kind not in LOCKED or kept is None:
        raise IllegalMove(_("Nothing is kept of this case."))
    append_line(report, LineKind.OPENED, by=by)
    content: dict[str, Any] = kept.content
    return content


def erase(numbers: Sequence[int], now: datetime) -> int:
    """Forget who said what in cases whose time is over; what happened and when stays. Repeating it does nothing."""
    erased = 0
    for report in Report.objects.filter(pk__in=numbers, erased_at=None):
        erased += _erase(report, now)
    return erased


@transaction.atomic
def _erase(report: Report, now: datetime) -> int:
    empty: dict[str, Any] = {
        "details": "",
        "answers": {},
        "reporter": None,
        "reporter_email": "",
        "visitor": "",
        "poster_answer": {},
    }
    done = Report.objects.filter(pk=report.pk, erased_at=None).update(erased_at=now, **empty)
    if done:
        append_line(report, LineKind.ERASED)
    return done


def _begin(report: Report, by: "User") -> None:
    """A moderator works on it. Raises `NotAllowed`, and `AlreadyDecided` when it is over."""
    check_may_handle(report, by)
    if not Report.objects.waiting().filter(pk=report.pk).exists():
        raise AlreadyDecided
    if report.started_at is None:
        report.started_at = timezone.now()
        report.save(update_fields=["started_at"])
