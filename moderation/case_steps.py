"""What has to be done next in a case, in words for whoever works on it."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from moderation.models import Report, ReportKind
from moderation.notices import we_have_until, writer_has_until


def next_steps(report: Report) -> list[str]:
    """In the order in which they are to be done."""
    if report.kind == ReportKind.DEFAMATION:
        return _notice(report)
    hidden = [_("It is hidden from everybody.")] if report.hid_at else []
    steps: dict[str, list[str]] = {
        ReportKind.CHILD_ABUSE: [
            _("Do not copy or forward it, and do not write to its author."),
            _("Report it to the National Crime Agency, then record its reference and the time: that ends it."),
            _("If it is clearly not what was said, leave it with a note: it is shown again."),
        ],
        ReportKind.INTIMATE_IMAGE: [
            _("Take it away, with every copy: delete the picture from the library, too."),
            _("If nobody is shown, or whoever is shown agrees, leave it: it is shown again."),
        ],
        ReportKind.ILLEGAL: [
            _("If somebody is in danger, call 999. Take it away if you have reason to think that it is illegal."),
        ],
        ReportKind.PERSONAL_DATA: [
            _("Take away what should not be seen, now; the rest can wait for what you find out."),
            _("Tell whoever complained how it stands, and at the end what came of it and why."),
        ],
        ReportKind.COMPLAINT: [
            _("Answer it. A complaint about a decision is looked at by somebody else than made it.")
        ],
    }
    return [*hidden, *steps.get(report.kind, [])]


def _notice(report: Report) -> list[str]:
    if report.passed_on_at is None:
        return [
            _("Pass the notice on to whoever wrote the words, or take the words away, before the time is up."),
            _("If nobody can be reached, the words must go."),
        ]
    answer: dict[str, Any] = report.poster_answer
    if answer.get("remove") == "yes":
        return [_("The writer agrees: take the words away.")]
    if answer:
        given = answer.get("give") == "yes"
        return [
            _("The writer wants the words to stay, and has said who they are. Leave them: the complainant is told so."),
            _("The letter gives the complainant the writer’s name and address, as they agreed.")
            if given
            else _("The writer does not want their name and address given: the letter says so."),
        ]
    until = writer_has_until(report.passed_on_at)
    if timezone.now() < until:
        said = _("The writer has until %(time)s to answer. There is nothing to do before.")
        return [said % {"time": _moment(until)}]
    said = _("The writer has not answered: take the words away by %(time)s.")
    return [said % {"time": _moment(we_have_until(report.passed_on_at))}]


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j F Y, H:i")
