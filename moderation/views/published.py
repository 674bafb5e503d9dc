"""Any page that is public, or was until a moderator hid it: also one that no review of ours has seen."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods
from wagtail.models import Page

from moderation import queue as waiting
from moderation import services
from moderation.comparison import describe
from moderation.errors import AlreadyDecided, ModerationError
from moderation.forms import DecisionForm
from moderation.locked_cases import can_open
from moderation.models import Decision, DecisionAction, Report
from moderation.permissions import can_moderate, reports_handled_by
from moderation.similar import decisions_about_pages_by
from moderation.views.access import for_people_who, history_seen, refused, trail
from moderation.views.claims import just_decided, remember


@for_people_who(can_moderate)
@require_http_methods(["GET", "POST"])
def published_page(request: HttpRequest, pk: int) -> HttpResponse:
    """`/moderation/page/<number>/`: hide it, or show it again. 404 for one that no reader has seen."""
    page = get_object_or_404(Page, pk=pk, depth__gt=1).specific
    if not can_open(request.user, page):
        return refused(request)
    if not page.live and services.hidden_by(page) is None:
        raise Http404
    actions = after_publication(request.user, page)
    sent = request.POST if request.method == "POST" else None
    # Whoever presses a button a moment too late is told who was faster.
    form = DecisionForm(sent, actions=[str(DecisionAction.HIDE), str(DecisionAction.RESTORE)])
    if sent and form.is_valid():
        return _decide(request, page, form)
    context = {
        "form": form if actions else None,
        "actions": actions,
        "decided": just_decided(request),
        "page": page,
        "title": page.title,
        "where": waiting.organisations_of([page]).get(page.pk, ""),
        "own": page.owner_id == request.user.pk,
        "rows": describe(submitted=page),
        "author": page.owner,
        "history": history_seen(request, page.owner),
        "reports": reports_handled_by(request.user, Report.objects.waiting().about(page)),
        "earlier": Decision.objects.about(page).select_related("moderator")[:5],
        "similar": decisions_about_pages_by(page.owner, besides=page),
        "breadcrumbs": trail(page.title),
    }
    return render(request, "moderation/published_page.html", context, status=422 if form.errors else 200)


def after_publication(user: Any, page: Page) -> list[DecisionAction]:
    """What a moderator may do with a page that is in no review: take it away, or show it again."""
    if not can_moderate(user) or page.owner_id == user.pk:
        return []
    if page.live:
        return [] if services.holds_lists(page) else [DecisionAction.HIDE]
    return [DecisionAction.RESTORE] if services.hidden_by(page) else []


def act_on_published(
    page: Page, *, action: str, by: Any, reason: str = "", words: str = "", private_note: str = ""
) -> Decision:
    if action == DecisionAction.HIDE:
        return services.hide_page(page=page, by=by, reason=reason, words=words, private_note=private_note)
    return services.restore_page(page=page, by=by, words=words, private_note=private_note)


def _decide(request: HttpRequest, page: Page, form: DecisionForm) -> HttpResponse:
    try:
        decision = act_on_published(page, by=request.user, **form.cleaned_data)
    except AlreadyDecided as late:
        messages.info(request, str(late))
    except ModerationError as error:
        return refused(request, str(error))
    else:
        messages.success(request, str(decision))
        remember(request, decision)
    return redirect(request.path)
