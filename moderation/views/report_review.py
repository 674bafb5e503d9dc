"""A case as a moderator works on it: its clock, what must be done next, and the buttons that do it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.models import Page

from moderation import queue as waiting
from moderation import services
from moderation.case_steps import next_steps
from moderation.errors import AlreadyDecided, ModerationError, NotAllowed
from moderation.forms import CaseWordsForm, NcaForm, ReportDecisionForm
from moderation.locked_cases import can_open, is_locked
from moderation.models import ContributionState, Decision, DecisionAction, Report, ReportKind
from moderation.notices import must_be_passed_on
from moderation.permissions import can_handle_report, can_moderate
from moderation.policy import words_of
from moderation.registry import Kind, kind_of
from moderation.report_forms import answers_in_words
from moderation.report_kinds import FACTS, LOCKED
from moderation.reported_pages import as_reported
from moderation.services.case_alerts import who_can_act
from moderation.services.report_hiding import hiding, holds_lists
from moderation.services.reports import check_may_handle, may_handle
from moderation.similar import similar_decisions
from moderation.subjects import title_of, url_of
from moderation.views.access import for_people_who, history_seen, refused, trail
from moderation.views.claims import opened
from moderation.views.deciding import Item, claimed, decide, wait_for

STEPS = ("note", "write", "pass_on", "nca", "answer")


@for_people_who(can_moderate)
@require_http_methods(["GET", "POST"])
def report_review(request: HttpRequest, pk: int) -> HttpResponse:
    """`/moderation/reports/<number>/`; 403 for a locked case to who is not named for such."""
    found = get_object_or_404(Report.objects.select_related("reporter", "handled_by"), pk=pk)
    if not can_handle_report(request.user, found):
        return refused(request)
    subject: Any = found.subject
    not_theirs = why_not_theirs(request.user, found) if found.handled_at is None else None
    if not_theirs and request.method == "POST":
        return refused(request, not_theirs["why"])
    open_ = found.handled_at is None and not not_theirs
    claim = opened(request, waiting.REPORTS, pk) if open_ else None
    if claim and request.method == "POST":
        return wait_for(request, claim)
    sent = request.POST if request.method == "POST" else None
    step = sent.get("step", "") if sent else ""
    words = CaseWordsForm(sent if step in {"note", "write", "answer"} else None)
    nca = NcaForm(sent if step == "nca" else None)
    if step in STEPS and (step == "pass_on" or (nca if step == "nca" else words).is_valid()):
        return _take(request, found, step, words, nca)
    possible = possible_decisions(found, subject)
    form = ReportDecisionForm(
        sent if sent and not step else None,
        actions=[str(one) for one in possible],
        must_be_passed_on=must_be_passed_on(found, subject),
    )
    if sent and not step and form.is_valid():
        since = None if FACTS[found.kind].hides or found.kind == ReportKind.ILLEGAL else found.created_at
        item = Item(waiting.REPORTS, pk, since)
        return decide(request, form, item, lambda **given: _act(found, subject, **given))
    context = {
        "form": form if open_ and not claim and possible else None,
        **claimed(request, waiting.REPORTS, pk, claim, open_),
        "actions": possible,
        "words_form": words if open_ and not claim else None,
        "not_theirs": not_theirs,
        "nca_form": nca if open_ and not claim and found.kind in LOCKED else None,
        **_case(found),
        **_thing(request, found, subject),
    }
    status = 422 if form.errors or words.errors or nca.errors else 200
    return render(request, "moderation/report_review.html", context, status=status)


def why_not_theirs(user: Any, report: Report) -> dict[str, Any] | None:
    """Why somebody who may read a case may not settle it, in words, and who can; None where it is theirs."""
    try:
        check_may_handle(report, user)
    except NotAllowed as refusal:
        return {"why": str(refusal), "people": [one for one in who_can_act(report) if may_handle(report, one)]}
    return None


def possible_decisions(report: Report, subject: Any) -> list[DecisionAction]:
    """Taking away what is public, or was until this report hid it; leaving it. A locked case ends with a reference."""
    if subject is None:
        return [DecisionAction.DISMISS_REPORT] if report.content_type_id else []
    if report.kind in LOCKED:
        return [DecisionAction.DISMISS_REPORT]
    if isinstance(subject, Page):
        there = (subject.live and not holds_lists(subject)) or bool(hiding(subject))
    else:
        there = subject.state in {ContributionState.PUBLISHED, ContributionState.HELD, ContributionState.HIDDEN}
    return [DecisionAction.HIDE, DecisionAction.DISMISS_REPORT] if there else [DecisionAction.DISMISS_REPORT]


def _case(found: Report) -> dict[str, Any]:
    return {
        "report": found,
        "facts": FACTS[found.kind],
        "answers": answers_in_words(found.kind, found.answers),
        "lines": found.lines.select_related("by"),
        "next_steps": next_steps(found) if found.handled_at is None else [],
        "can_pass_on": found.kind == ReportKind.DEFAMATION and found.passed_on_at is None,
        "locked": found.kind in LOCKED,
        "breadcrumbs": trail(_("Report")),
    }


def _thing(request: HttpRequest, found: Report, subject: Any) -> dict[str, Any]:
    """What it is about. Of what a locked case is about nothing is shown, whatever else is reported about it."""
    if subject is None or is_locked(subject):
        title = _("Something that is no longer there") if found.content_type_id else _("The network itself")
        return {"title": title if subject is None else _("The content of a locked case"), "where_url": ""}
    kind = None if isinstance(subject, Page) else kind_of(subject)
    author = subject.owner if kind is None else subject.author
    return {
        "title": title_of(subject),
        "where_url": url_of(subject) if kind or subject.live else "",
        "html": kind.html(subject) if kind else "",
        "stood": as_reported(found, subject) if kind is None else None,
        "versions": kind.versions(subject) if kind else [],
        "around": _around(request, kind, subject) if kind else [],
        "reasons": words_of(subject.state_reasons) if kind else [],
        "similar": similar_decisions(subject) if kind else [],
        "author": author,
        "history": history_seen(request, author),
        "others": Report.objects.waiting().about(subject).exclude(pk=found.pk),
        "earlier": Decision.objects.about(subject).select_related("moderator")[:5],
    }


def _around(request: HttpRequest, kind: Kind, subject: Any) -> list[tuple[Any, Any]]:
    return [(one, kind.html(one)) for one in kind.around(subject) if can_open(request.user, one)]


def _take(request: HttpRequest, found: Report, step: str, words: CaseWordsForm, nca: NcaForm) -> HttpResponse:
    """One step of the case, then back to it; whatever stands in its way is said."""
    by: Any = request.user
    said = words.cleaned_data["words"] if words.is_bound else ""
    deeds: dict[str, tuple[Callable[[], Any], str]] = {
        "note": (lambda: services.note(report=found, by=by, words=said), _("The note is in the log.")),
        "write": (lambda: services.write_to_reporter(report=found, by=by, words=said), _("The letter is on its way.")),
        "answer": (lambda: services.answer_case(report=found, by=by, words=said), _("The case is answered.")),
        "pass_on": (lambda: services.pass_on(report=found, by=by), _("The notice was passed on.")),
        "nca": (
            lambda: services.record_nca(report=found, by=by, **nca.recorded),
            _("The case is closed, with its reference."),
        ),
    }
    deed, done = deeds[step]
    try:
        deed()
    except AlreadyDecided as late:
        messages.info(request, str(late))
    except ModerationError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect(request.get_full_path())


def _act(
    found: Report,
    subject: Any,
    *,
    action: str,
    by: Any,
    reason: str,
    words: str,
    private_note: str,
    **left: bool,
) -> Decision | str:
    if action == DecisionAction.DISMISS_REPORT:
        done = services.dismiss_report(report=found, by=by, words=words, private_note=private_note, **left)
        return done or _("The case is closed.")
    given: dict[str, Any] = {"by": by, "reason": reason, "words": words, "private_note": private_note}
    if isinstance(subject, Page):
        return services.hide_page(page=subject, **given)
    if subject.state == ContributionState.HELD:
        return services.decide_contribution(contribution=subject, action=DecisionAction.DECLINE, **given)
    return services.hide(contribution=subject, **given)


@for_people_who(can_moderate)
@require_POST
def locked_content(request: HttpRequest, pk: int) -> HttpResponse:
    """`/moderation/reports/<number>/content/`: what was kept of a locked case, as a file for the authorities."""
    found = get_object_or_404(Report, pk=pk)
    try:
        content = services.open_locked(report=found, by=request.user)  # type: ignore[arg-type]  # signed in: the door asks
    except ModerationError as error:
        return refused(request, str(error))
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{found.reference}.json"'
    return response
