"""Pages in review and what people contributed, each with its decisions (reports: `report_review`).

Opening one that waits claims it; whoever comes later may look, and take it over. `moderation.services` decides.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods
from wagtail.models import Page

from moderation import queue as waiting
from moderation import services
from moderation.comparison import describe, differences
from moderation.due import page_due, page_working_days
from moderation.forms import DecisionForm
from moderation.locked_cases import can_open
from moderation.models import ContributionState, Decision, DecisionAction, Report, ReviewTaskState
from moderation.models.tasks import unsigned
from moderation.permissions import can_moderate, can_review, can_see_queue, reports_handled_by
from moderation.policy import words_of
from moderation.registry import kind_named
from moderation.similar import decisions_about_pages_by, similar_decisions
from moderation.views.access import for_people_who, history_seen, refused, trail
from moderation.views.claims import opened
from moderation.views.deciding import Item, claimed, decide, wait_for
from moderation.views.published import act_on_published, after_publication

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
    if not task.may_review(request.user, page) or not can_open(request.user, page.specific):
        return refused(request)
    open_, mine = state.status == state.STATUS_IN_PROGRESS, can_review(request.user, state)
    claim = opened(request, waiting.PAGES, pk) if open_ and mine else None
    if claim and request.method == "POST":
        return wait_for(request, claim)
    later = [] if open_ else after_publication(request.user, page.specific)
    form = _form(request, later or JUDGE)
    if request.method == "POST" and form.is_valid():
        decided = Item(waiting.PAGES, pk, state.started_at)
        return decide(request, form, decided, lambda **given: _act_on_page(state, page, **given))
    submitted = state.revision.as_object()
    author = state.workflow_state.requested_by
    context = {
        "form": form if (mine and open_ and not claim) or later else None,
        "own": open_ and not mine,
        **claimed(request, waiting.PAGES, pk, claim, open_ and mine),
        "decision": None if open_ else _last_decision(page.specific),
        "actions": later or JUDGE,
        "title": state.revision.object_str or page.title,
        "breadcrumbs": trail(state.revision.object_str or page.title),
        "page": page,
        "since": state.started_at,
        "due": page_due(state.started_at, page_working_days()) if open_ else None,
        "step": task,
        "where": waiting.organisations_of([page]).get(page.pk, ""),
        "author": author,
        "history": history_seen(request, author),
        "unsigned": bool(unsigned([state.workflow_state_id])),
        "changes": differences(published=page.specific, submitted=submitted) if page.live else None,
        "rows": describe(submitted=submitted),
        "reports": reports_handled_by(request.user, Report.objects.waiting().about(page.specific)),
        "earlier": Decision.objects.about(page.specific).select_related("moderator")[:5],
        "similar": decisions_about_pages_by(author, besides=page.specific) if can_moderate(request.user) else [],
    }
    return render(request, "moderation/page_review.html", context, status=422 if form.errors else 200)


def _act_on_page(
    state: ReviewTaskState, page: Page, *, action: str, by: Any, reason: str, words: str, private_note: str
) -> Decision:
    given: dict[str, Any] = {"action": action, "by": by, "reason": reason, "words": words, "private_note": private_note}
    if action in {DecisionAction.HIDE, DecisionAction.RESTORE}:
        return act_on_published(page, **given)
    return services.decide_page(task_state=state, **given)


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
        return wait_for(request, claim)
    # A decision about something that waited a moment ago is understood, and answered with who was faster.
    form = _form(request, list(dict.fromkeys([*possible, *JUDGE])))
    if request.method == "POST" and form.is_valid():
        decided = Item(kind, pk, found.state_changed_at)
        return decide(request, form, decided, lambda **given: _act(found, **given))
    context = {
        "form": form if possible and not claim else None,
        **claimed(request, kind, pk, claim, held),
        "own": found.author_id == request.user.pk,
        "actions": possible,
        "label": known.label,
        "found": found,
        "title": known.title(found),
        "breadcrumbs": trail(str(known.label).capitalize()),
        "where_url": known.url(found),
        "html": known.html(found),
        "versions": known.versions(found),
        "around": [(one, known.html(one)) for one in known.around(found) if can_open(request.user, one)],
        "reasons": words_of(found.state_reasons),
        "author": found.author,
        "history": history_seen(request, found.author),
        "reports": Report.objects.waiting().about(found).select_related("reporter"),
        "earlier": Decision.objects.about(found).select_related("moderator")[:5],
        "similar": similar_decisions(found),
    }
    return render(request, "moderation/contribution_review.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, actions: list[DecisionAction]) -> DecisionForm:
    return DecisionForm(request.POST if request.method == "POST" else None, actions=[str(one) for one in actions])


def _last_decision(subject: Any) -> Decision | None:
    return Decision.objects.about(subject).select_related("moderator").first()


def _act(found: Any, *, action: str, by: Any, reason: str, words: str, private_note: str) -> Decision:
    given = {"contribution": found, "by": by, "words": words, "private_note": private_note}
    if action == DecisionAction.HIDE:
        return services.hide(reason=reason, **given)
    if action == DecisionAction.RESTORE:
        return services.restore(**given)
    return services.decide_contribution(action=action, reason=reason, **given)
