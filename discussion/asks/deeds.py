"""What is done with an ask: having it too, choosing the answer that helped, closing, taking back, writing up."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.people import the_person
from core.keeping import form_kept, take_form
from discussion.asks import services
from discussion.asks.forms import CloseForm, WriteUpForm
from discussion.asks.views import find, trail
from discussion.errors import BadField, DiscussionError
from discussion.models import Ask, ClosedReason, Comment
from discussion.permissions import can_accept, can_close, can_delete_ask, can_write_up
from discussion.refusals import refused
from discussion.selectors import shown_comment


@login_required
@require_POST
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """`/ask/<pk>/too/`: “I have this too”, and taking it back."""
    ask = find(request, pk)
    try:
        if request.POST.get("back") == "no":
            services.unback_ask(ask=ask, by=the_person(request))
        else:
            services.back_ask(ask=ask, by=the_person(request))
    except DiscussionError as error:
        return refused(request, str(error), back=ask.get_absolute_url())
    return redirect(f"{ask.get_absolute_url()}#too")


@login_required
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, pk: int, answer_id: int) -> HttpResponse:
    """`/ask/<pk>/answers/<comment>/helped/`: asks, then puts it on top."""
    ask = find(request, pk)
    answer = get_object_or_404(Comment.objects.select_related("author", "ask"), pk=answer_id, ask=ask)
    if not can_accept(request.user, answer):
        raise Http404
    now = ask.accepted_id if ask.is_settled else None
    if request.method == "POST":
        seen = request.POST.get("instead_of", "")
        try:
            services.accept_answer(
                answer=answer, by=the_person(request), instead_of=int(seen) if seen.isdecimal() else None
            )
        except DiscussionError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("Thank you for saying so. The answer stands on top now."))
        return redirect(f"{ask.get_absolute_url()}#answers")
    context = {
        "ask": ask,
        "comment": shown_comment(answer, request.user),
        "instead_of": now,
        "breadcrumbs": trail((ask.title, ask.get_absolute_url())),
    }
    return render(request, "discussion/asks/accept.html", context)


@form_kept
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """`/ask/<pk>/close/`"""
    ask = find(request, pk)
    if not can_close(request.user, ask):
        raise Http404
    written_up = ask.case_study is not None and ask.case_study.live
    initial = {"reason": ClosedReason.CASE_STUDY} if written_up else {}
    kept = take_form(request)
    form = CloseForm(
        request.POST if request.method == "POST" else None, initial=initial | (kept.dict() if kept else {})
    )
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            services.close_ask(
                ask=ask,
                reason=told["reason"],
                by=the_person(request),
                duplicate_of=told["duplicate_of"],
                case_study=told["case_study"],
            )
        except BadField as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("The ask is closed. What was answered stays."))
            return redirect(ask)
    return _asking(request, "close", ask, form)


@login_required
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """`/ask/<pk>/reopen/`"""
    ask = find(request, pk)
    if not can_close(request.user, ask):
        raise Http404
    services.reopen_ask(ask=ask, by=the_person(request))
    messages.success(request, _("The ask is open again."))
    return redirect(ask)


@login_required
@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """`/ask/<pk>/delete/`: asks, then removes."""
    ask = find(request, pk)
    if not can_delete_ask(request.user, ask):
        raise Http404
    if request.method == "POST":
        services.delete_ask(ask=ask, by=the_person(request))
        messages.success(request, _("Your ask was removed."))
        return redirect(reverse("asks"))
    return _asking(request, "delete", ask, None)


@form_kept
@require_http_methods(["GET", "POST"])
def write_up(request: HttpRequest, pk: int) -> HttpResponse:
    """`/ask/<pk>/write-up/`: a draft of a case study that begins with the ask’s words."""
    ask, person = find(request, pk), the_person(request)
    if not can_write_up(person, ask) or ask.case_study_id:
        raise Http404
    kept = take_form(request)
    sent = request.POST if request.method == "POST" else None
    form = WriteUpForm(sent, person=person, initial=kept.dict() if kept else None)
    if request.method == "POST" and form.is_valid():
        try:
            page = services.write_up(ask=ask, by=person, **form.cleaned_data)
        except DiscussionError as error:
            form.add_error(None, str(error))
        else:
            return redirect("wagtailadmin_pages:edit", page.pk)
    return _asking(request, "write_up", ask, form)


def _asking(request: HttpRequest, name: str, ask: Ask, form: Any) -> HttpResponse:
    context = {"ask": ask, "form": form, "breadcrumbs": trail((ask.title, ask.get_absolute_url()))}
    status = 422 if form is not None and form.errors else 200
    return render(request, f"discussion/asks/{name}.html", context, status=status)
