"""The three kinds of thing that the network itself puts in the queue, each with its decisions.

Opening one that waits claims it; whoever comes later may look, and take it over. `moderation.services` decides.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.models import Page

from moderation import queue as waiting
from moderation import services
from moderation.comparison import describe, differences
from moderation.due import page_due, page_working_days
from moderation.errors import AlreadyDecided, ModerationError
from moderation.forms import DecisionForm
from moderation.models import Claim, ContributionState, Decision, DecisionAction, Report, ReportKind, ReviewTaskState
from moderation.permissions import can_handle_report, can_moderate, can_open, can_review, can_see_queue, is_locked
from moderation.policy import words_of
from moderation.registry import kind_named, kind_of
from moderation.selectors import history_of
from moderation.similar import decisions_about_pages_by, similar_decisions
from moderation.subjects import title_of, url_of
from moderation.views.access import for_people_who, refused, trail
from moderation.views.claims import in_the_way, only_of, opened

JUDGE = [DecisionAction.APPROVE, DecisionAction.ASK_FOR_CHANGES, DecisionAction.DECLINE]


@for_people_who(can_see_queue)
@require_http_methods(["GET", "POST"])
def page_review(request: HttpRequest, pk: int) -> HttpResponse:
    """`/moderation/pages/<step>/`: what was submitted, what it changes, and the decision."""
    state = get_object_or_404(ReviewTaskState.objects.select_related("revision", "workflow_state"), pk=pk)
    page = Page.objects.filter(pk=state.workflow_state.object_id).first()
    if page is None:
        raise Http404
    task = state.task.specific
    if not task.may_review(request.user, page):
        return refused(request)
    open_, mine = state.status == state.STATUS_IN_PROGRESS, can_review(request.user, state)
    claim = opened(request, waiting.PAGES, pk) if open_ and mine else None
    if claim and request.method == "POST":
        return _wait_for(request, claim)
    form = _form(request, JUDGE)
    if request.method == "POST" and form.is_valid():
        decided = _Item(waiting.PAGES, pk, state.started_at)
        return _decide(request, form, decided, lambda **given: services.decide_page(task_state=state, **given))
    submitted = state.revision.as_object()
    author = state.workflow_state.requested_by
    context = {
        "form": form if mine and open_ and not claim else None,
        "own": open_ and not mine,
        **_claimed(request, waiting.PAGES, pk, claim, open_ and mine),
        "decision": None if open_ else _last_decision(page.specific),
        "actions": JUDGE,
        "title": state.revision.object_str or page.title,
        "breadcrumbs": trail(state.revision.object_str or page.title),
        "page": page,
        "since": state.started_at,
        "due": page_due(state.started_at, page_working_days()) if open_ else None,
        "step": task,
        "where": waiting.organisations_of([page]).get(page.pk, ""),
        "author": author,
        "history": history_of(author),
        "changes": differences(published=page.specific, submitted=submitted) if page.live else None,
        "rows": describe(submitted=submitted),
        "earlier": Decision.objects.about(page.specific).select_related("moderator")[:5],
        "similar": decisions_about_pages_by(author, besides=page.specific) if can_moderate(request.user) else [],
    }
    return render(request, "moderation/page_review.html", context, status=422 if form.errors else 200)


@for_people_who(can_moderate)
@require_http_methods(["GET", "POST"])
def contribution_review(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """`/moderation/<kind>/<number>/`: a contribution where it stands, and what can be decided about it."""
    known = kind_named(kind)
    if known is None:
        raise Http404
    found = get_object_or_404(known.model._default_manager.select_related(*known.select), pk=pk)
    if not can_open(request.user, found):
        return refused(request)
    actions: dict[str, list[DecisionAction]] = {
        ContributionState.HELD: JUDGE,
        ContributionState.PUBLISHED: [DecisionAction.HIDE],
        ContributionState.HIDDEN: [DecisionAction.RESTORE],
    }
    possible = actions.get(found.state, []) if found.author_id != request.user.pk else []
    held = bool(possible) and found.state == ContributionState.HELD
    claim = opened(request, kind, pk) if held else None
    if claim and request.method == "POST":
        return _wait_for(request, claim)
    # A decision about something that waited a moment ago is understood, and answered with who was faster.
    form = _form(request, list(dict.fromkeys([*possible, *JUDGE])))
    if request.method == "POST" and form.is_valid():
        decided = _Item(kind, pk, found.state_changed_at)
        return _decide(request, form, decided, lambda **given: _act(found, **given))
    context = {
        "form": form if possible and not claim else None,
        **_claimed(request, kind, pk, claim, held),
        "own": found.author_id == request.user.pk,
        "actions": possible,
        "label": known.label,
        "found": found,
        "title": known.title(found),
        "breadcrumbs": trail(str(known.label).capitalize()),
        "where_url": known.url(found),
        "html": known.html(found),
        "around": [(one, known.html(one)) for one in known.around(found)],
        "reasons": words_of(found.state_reasons),
        "author": found.author,
        "history": history_of(found.author),
        "reports": Report.objects.waiting().about(found).select_related("reporter"),
        "earlier": Decision.objects.about(found).select_related("moderator")[:5],
        "similar": similar_decisions(found),
    }
    return render(request, "moderation/contribution_review.html", context, status=422 if form.errors else 200)


@for_people_who(can_moderate)
@require_http_methods(["GET", "POST"])
def report_review(request: HttpRequest, pk: int) -> HttpResponse:
    """`/moderation/reports/<number>/`: what was reported, and why: hide it, or leave it."""
    found = get_object_or_404(Report.objects.select_related("reporter", "handled_by"), pk=pk)
    if not can_handle_report(request.user, found):
        return refused(request)
    subject: Any = found.subject
    locked = subject is not None and is_locked(subject)
    kind = None if subject is None or isinstance(subject, Page) else kind_of(subject)
    public = subject is not None and (subject.live if kind is None else subject.state == ContributionState.PUBLISHED)
    possible = [DecisionAction.HIDE, DecisionAction.DISMISS_REPORT] if public else [DecisionAction.DISMISS_REPORT]
    author = subject.owner if kind is None and subject is not None else getattr(subject, "author", None)
    open_ = found.handled_at is None
    claim = opened(request, waiting.REPORTS, pk) if open_ else None
    if claim and request.method == "POST":
        return _wait_for(request, claim)
    form = _form(request, possible)
    if request.method == "POST" and form.is_valid():
        decided = _Item(waiting.REPORTS, pk, None if found.kind == ReportKind.ILLEGAL else found.created_at)
        return _decide(request, form, decided, lambda **given: _act_on_report(found, subject, **given))
    context = {
        "form": form if open_ and not claim else None,
        **_claimed(request, waiting.REPORTS, pk, claim, open_),
        "actions": possible,
        "report": found,
        "breadcrumbs": trail(_("Report")),
        "subject": subject,
        "title": title_of(subject) if subject is not None else _("Something that is no longer there"),
        "where_url": url_of(subject) if subject is not None else "",
        "html": kind.html(subject) if kind and not locked else "",
        "around": [(one, kind.html(one)) for one in kind.around(subject)] if kind and not locked else [],
        "reasons": words_of(subject.state_reasons) if kind else [],
        "similar": similar_decisions(subject) if kind else [],
        "author": author,
        "history": history_of(author),
        "others": Report.objects.waiting().about(subject).exclude(pk=pk) if subject is not None else [],
        "earlier": Decision.objects.about(subject).select_related("moderator")[:5] if subject is not None else [],
    }
    return render(request, "moderation/report_review.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, actions: list[DecisionAction]) -> DecisionForm:
    return DecisionForm(request.POST if request.method == "POST" else None, actions=[str(one) for one in actions])


def _last_decision(subject: Any) -> Decision | None:
    return Decision.objects.about(subject).select_related("moderator").first()


class _Item(NamedTuple):
    """What is decided here, and since when it has waited (None: it had jumped the queue)."""

    kind: str
    number: int
    since: Any


def _claimed(request: HttpRequest, kind: str, pk: int, claim: Claim | None, waits: bool) -> dict[str, Any]:
    """What the templates say about claims: whose it is, or how to let go of one's own."""
    return {"claim": claim, "item": f"{kind}-{pk}" if waits else "", "only": only_of(request)}


def _wait_for(request: HttpRequest, claim: Claim) -> HttpResponse:
    """Nothing is decided under the eyes of whoever was first; the page says how to take it over."""
    messages.info(request, in_the_way(claim))
    return redirect(request.get_full_path())


def _decide(request: HttpRequest, form: DecisionForm, item: _Item, act: Callable[..., Decision]) -> HttpResponse:
    """Do it, say so, and go on to the next. Whoever comes second is told who was first, and goes on too."""
    user: Any = request.user
    try:
        decision = act(by=user, **form.cleaned_data)
    except AlreadyDecided as late:
        messages.info(request, str(late))
    except ModerationError as error:
        return refused(request, str(error))
    else:
        messages.success(request, str(decision))
    services.release_claim(kind=item.kind, number=item.number, by=user)
    return redirect(waiting.next_after(user, item.since, only=only_of(request)))


def _act(found: Any, *, action: str, by: Any, reason: str, words: str, private_note: str) -> Decision:
    given = {"contribution": found, "by": by, "words": words, "private_note": private_note}
    if action == DecisionAction.HIDE:
        return services.hide(reason=reason, **given)
    if action == DecisionAction.RESTORE:
        return services.restore(**given)
    return services.decide_contribution(action=action, reason=reason, **given)


def _act_on_report(
    found: Report, subject: Any, *, action: str, by: Any, reason: str, words: str, private_note: str
) -> Decision:
    if action == DecisionAction.DISMISS_REPORT:
        return services.dismiss_report(report=found, by=by, private_note=private_note)
    if isinstance(subject, Page):
        return services.hide_page(page=subject, by=by, reason=reason, words=words, private_note=private_note)
    return services.hide(contribution=subject, by=by, reason=reason, words=words, private_note=private_note)
