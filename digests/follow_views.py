"""The page of follows, and what the follow button and that page ask for."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.paths import site_path
from digests import selectors, services, targets, tokens
from digests.errors import CannotFollowSearch, NothingToFollow
from digests.forms import FollowCadenceForm, MailSettingsForm, PauseForm, TargetForm
from digests.models import EndedReason, Follow
from search.state import read

PAGE_SIZE = 50


@never_cache
@login_required
@require_GET
def following(request: HttpRequest) -> HttpResponse:
    """`/following/`"""
    return _page(request)


def _page(request: HttpRequest, *, pause_form: PauseForm | None = None) -> HttpResponse:
    """With a form that has a mistake in it, where there is one."""
    person: Any = request.user
    mail = selectors.mail_state(person)
    shown = Paginator(selectors.followed_by(person), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "digests/following.html",
        {
            "rows": selectors.rows_of(person, list(shown)),
            "page_obj": shown,
            "ended": selectors.ended_by(person),
            "pause_form": pause_form or PauseForm(),
            "first_steps": [
                {"text": _("Browse the topics"), "url": reverse("topics")},
                {"text": _("Find a case study"), "url": site_path("search/")},
            ],
            "choices": _how_often(mail),
            "mail": mail,
            "settings_form": MailSettingsForm(
                initial={"cadence": mail.cadence, "send_hour": mail.send_hour, **mail.notices}
            ),
        },
        status=422 if pause_form else 200,
    )


def _how_often(mail: selectors.MailState) -> list[tuple[str, str]]:
    """What can be chosen for one follow."""
    usual = selectors.cadence_name(mail.cadence, send_hour=mail.send_hour)
    return [("", _("As the rest: %(how)s") % {"how": usual}), *selectors.cadence_names(mail.send_hour)]


@login_required
@require_POST
def settings(request: HttpRequest) -> HttpResponse:
    """`/following/settings/`: the default, and stopping or starting all mail."""
    person: Any = request.user
    match request.POST.get("do"):
        case "stop":
            services.stop_all_mail(person=person)
            messages.success(request, _("All mail about what you follow is stopped."))
        case "resume":
            services.resume_mail(person=person)
            messages.success(request, _("Mail about what you follow starts again."))
        case _:
            form = MailSettingsForm(request.POST)
            if not form.is_valid():
                raise Http404
            services.set_default_cadence(person=person, cadence=form.cleaned_data["cadence"])
            services.set_send_hour(person=person, hour=form.cleaned_data["send_hour"])
            services.set_notices(person=person, **{name: form.cleaned_data[name] for name in tokens.NOTICES})
            messages.success(request, _("Saved."))
    return redirect("following")


@never_cache
@login_required
@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    """`/following/pause/`: no mail until a day, or again from now on."""
    person: Any = request.user
    if request.POST.get("do") == "end":
        services.end_pause(person=person)
        messages.success(request, _("The pause is over. Mail about what you follow starts again."))
        return redirect("following")
    form = PauseForm(request.POST)
    if not form.is_valid():
        return _page(request, pause_form=form)
    services.pause_mail(person=person, until=form.until)
    day = date_format(form.until, "l j F Y")
    messages.success(request, _("Your mail is paused. It starts again on %(day)s.") % {"day": day})
    return redirect("following")


@login_required
@require_POST
def follow_again(request: HttpRequest, pk: int) -> HttpResponse:
    """`/following/<pk>/again/`: what the same person has stopped. Other people's follows are not there."""
    ended = get_object_or_404(Follow.objects.exclude(ended_at=None), person=request.user, pk=pk)
    try:
        found = services.follow_again(ended=ended)
    except NothingToFollow:
        messages.error(request, _("It is no longer on the site, so it cannot be followed again."))
    except CannotFollowSearch as error:
        messages.error(request, str(error))
    else:
        card = targets.load_one(*found.target)
        messages.success(request, _("You follow %(name)s again.") % {"name": card.called if card else ""})
    return redirect("following")


@login_required
@require_POST
def change_follow(request: HttpRequest, pk: int) -> HttpResponse:
    """`/following/<pk>/`: how often, or stop. Other people's follows are not there."""
    found = get_object_or_404(Follow.objects.of(request.user), pk=pk)
    if request.POST.get("do") == "stop":
        services.stop_follow(follow=found, reason=EndedReason.READER)
        messages.success(request, _no_longer(found.target))
        return redirect(_back(request))
    form = FollowCadenceForm(request.POST)
    if not form.is_valid():
        raise Http404
    cadence: str = form.cleaned_data["cadence"]
    services.set_follow_cadence(follow=found, cadence=cadence or None)
    mail = selectors.mail_state(found.person)
    how = selectors.cadence_name(cadence or mail.cadence, send_hour=mail.send_hour)
    messages.success(request, _("Saved for %(name)s: %(how)s.") % {"name": _name_of(found.target), "how": how})
    return redirect(_back(request))


def _name_of(target: targets.Target) -> str:
    card = targets.load_one(*target)
    return card.called if card else str(targets.label_of(target[0]))


def _no_longer(target: targets.Target) -> str:
    return _("You no longer follow %(name)s.") % {"name": _name_of(target)}


@login_required
@require_POST
def start_following(request: HttpRequest) -> HttpResponse:
    """`/following/follow/`"""
    person: Any = request.user
    target = _target(request, start=True)
    try:
        services.follow(person=person, target=target)
    except NothingToFollow as error:
        raise Http404(str(error)) from error
    card = targets.load_one(*target)
    messages.success(request, _("You follow %(name)s.") % {"name": card.title if card else ""})
    return redirect(_back(request))


@login_required
@require_POST
def follow_search(request: HttpRequest) -> HttpResponse:
    """`/following/search/`: the parameters of the search page say which."""
    person: Any = request.user
    try:
        found = services.follow_search(person=person, state=read(request.POST))
    except CannotFollowSearch as error:
        messages.error(request, str(error))
    except NothingToFollow as error:
        raise Http404(str(error)) from error
    else:
        card = targets.load_one(*found.target)
        words = _("You follow %(name)s. We write to you when it finds something new.")
        messages.success(request, words % {"name": card.called if card else ""})
    return redirect(_back(request))


@login_required
@require_POST
def stop_following(request: HttpRequest) -> HttpResponse:
    """`/following/unfollow/`"""
    person: Any = request.user
    target = _target(request)
    services.unfollow(person=person, target=target)
    messages.success(request, _no_longer(target))
    return redirect(_back(request))


def _target(request: HttpRequest, *, start: bool = False) -> targets.Target:
    form = TargetForm(request.POST)
    if not form.is_valid() or (start and not form.may_start):
        raise Http404
    return form.target


def _back(request: HttpRequest) -> str:
    """The page they came from, if it is ours."""
    wish = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(
        wish, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    # Only a path: `redirect` would take other words for the name of an address.
    return wish if allowed and wish.startswith("/") else reverse("following")
