"""A request to join an organisation that has no lead: who asks, why, and the answer."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members.forms import AnswerForm
from members.models import JoinRequest, RequestState
from members.views.access import posted
from members.views.requests import give_answer
from moderation import queue as waiting
from moderation import services
from moderation.join_source import NAME, requests_for
from moderation.permissions import can_moderate
from moderation.views.access import for_people_who, history_seen, refused, trail
from moderation.views.claims import in_the_way, only_of, opened
from moderation.views.deciding import claimed


@for_people_who(can_moderate)
@require_http_methods(["GET", "POST"])
def join_review(request: HttpRequest, pk: int) -> HttpResponse:
    """`/moderation/join/<number>/`"""
    found = JoinRequest.objects.select_related("person", "organisation", "decided_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    user: Any = request.user
    mine = requests_for(user).filter(pk=pk).exists()
    if not mine and found.state == RequestState.WAITING:
        return refused(request, _("The organisation’s own lead answers this."))
    claim = opened(request, NAME, pk) if mine else None
    form = AnswerForm(posted(request), with_roles=False)
    if request.method == "POST" and claim:
        return refused(request, in_the_way(claim))
    if request.method == "POST" and form.is_valid():
        give_answer(request, found, form, user)
        services.release_claim(kind=NAME, number=pk, by=user)
        return redirect(waiting.next_after(user, found.created_at, only=only_of(request)))
    context = {
        "found": found,
        "form": form if mine and not claim else None,
        **claimed(request, NAME, pk, claim, mine),
        "breadcrumbs": trail(_("Request to join")),
        "history": history_seen(request, found.person),
    }
    return render(request, "moderation/join_review.html", context, status=422 if form.errors else 200)
