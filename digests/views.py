"""The page of follows, the follow button's addresses, and the signed links of mails."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.paths import site_path
from digests import selectors, services, targets, tokens
from digests.errors import CannotFollowSearch, NothingToFollow
from digests.forms import FollowCadenceForm, MailSettingsForm, TargetForm
from digests.models import EndedReason, Follow, OutgoingEmail
from digests.rendering import Letter, in_browser
from search.state import read

View = Callable[..., HttpResponseBase]


def private(view: View) -> View:
    """Pages behind a signed address: not kept, not listed, and their address is told to nobody."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = never_cache(view)(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapped


@never_cache
@login_required
@require_GET
def following(request: HttpRequest) -> HttpResponse:
    """`/following/`"""
    person: Any = request.user
    mail = selectors.mail_state(person)
    rows = selectors.followed_by(person)
    return render(
        request,
        "digests/following.html",
        {
            "rows": rows,
            "first_steps": [
                {"text": _("Browse the topics"), "url": reverse("topics")},
                {"text": _("Find a case study"), "url": site_path("search/")},
            ],
            "choices": FollowCadenceForm.base_fields["cadence"].choices,  # type: ignore[attr-defined]  # a ChoiceField
            "mail": mail,
            "default_name": selectors.cadence_name(mail.cadence),
            "settings_form": MailSettingsForm(initial={"cadence": mail.cadence, **mail.notices}),
        },
    )


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
        case "try-address":
            services.trust_address_again(person=person)
            messages.success(request, _("We will send to your address again."))
        case _:
            form = MailSettingsForm(request.POST)
            if not form.is_valid():
                raise Http404
            services.set_default_cadence(person=person, cadence=form.cleaned_data["cadence"])
            services.set_notices(person=person, **{name: form.cleaned_data[name] for name in tokens.NOTICES})
            messages.success(request, _("Saved."))
    return redirect("following")


@login_required
@require_POST
def change_follow(request: HttpRequest, pk: int) -> HttpResponse:
    """`/following/<pk>/`: how often, or stop. Other people's follows are not there."""
    found = get_object_or_404(Follow.objects.of(request.user), pk=pk)
    if request.POST.get("do") == "stop":
        services.stop_follow(follow=found, reason=EndedReason.READER)
        messages.success(request, _("You no longer follow this."))
        return redirect("following")
    form = FollowCadenceForm(request.POST)
    if not form.is_valid():
        raise Http404
    services.set_follow_cadence(follow=found, cadence=form.cleaned_data["cadence"] or None)
    messages.success(request, _("Saved."))
    return redirect("following")


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
        card = targets.load_one(found.target_kind, found.target_id)
        words = _("You follow %(name)s. We write to you when it finds a new case study.")
        messages.success(request, words % {"name": card.called if card else ""})
    return redirect(_back(request))


@login_required
@require_POST
def stop_following(request: HttpRequest) -> HttpResponse:
    """`/following/unfollow/`"""
    person: Any = request.user
    services.unfollow(person=person, target=_target(request))
    messages.success(request, _("You no longer follow this."))
    return redirect(_back(request))


@csrf_exempt
@private
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mail(request: HttpRequest, token: str) -> HttpResponse:
    """`/following/stop/<token>/`: a GET shows a button, so that a link scanner stops nothing; a POST stops.

    Mail programs post here by themselves (RFC 8058): no cookie, no login, no CSRF token. The signature is the right.
    """
    try:
        wanted = tokens.read_stop(token)
        stoppable = selectors.stoppable(wanted)
    except tokens.Forged:
        return render(request, "digests/link_broken.html", status=404)
    if request.method == "POST":
        services.stop_by_link(wanted=wanted)
    return render(request, "digests/stop.html", {"stoppable": stoppable, "done": request.method == "POST"})


@private
@require_GET
@csp_replace(  # type: ignore[arg-type]  # its types know views without arguments only
    {
        "default-src": [NONE],
        "script-src": [NONE],
        "connect-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": [SELF],
    }
)
def read_mail(request: HttpRequest, token: str) -> HttpResponse:
    """`/following/mail/<token>/`: the mail as it would be written now, with what its reader may see now."""
    try:
        pk = tokens.read_mail(token)
    except tokens.Expired:
        return redirect("following")
    except tokens.Forged as error:
        raise Http404 from error
    mail = get_object_or_404(OutgoingEmail.objects.select_related("person"), pk=pk, person__is_active=True)
    letter = in_browser(mail, everything="all" in request.GET)
    if not isinstance(letter, Letter):
        raise Http404(_("Nothing of this mail is left that may be shown."))
    return HttpResponse(letter.html)


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
    return wish if allowed else reverse("following")
