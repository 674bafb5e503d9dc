"""The pages of signing in by one's council."""

from typing import Any

import requests
from allauth.socialaccount.adapter import get_adapter
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from core.forms import GovukForm
from members.models import SignInProvider
from members.sign_in import PENDING, provider_for


class WorkAddressForm(GovukForm):
    email = forms.EmailField(
        label=_("Your work email address"),
        help_text=_("So that we know which council to send you to."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )

    def clean_email(self) -> str:
        address = str(self.cleaned_data["email"])
        self.provider = provider_for(address)
        if self.provider is None:
            raise forms.ValidationError(
                _("We know no council that signs in people with this address. Use your password or a code instead.")
            )
        return address


@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """`/account/council/`: a work address in, the way to that council's own sign-in out."""
    if request.method == "POST" and request.user.is_authenticated and request.POST.get("provider"):
        provider = next((one for one in SignInProvider.objects.in_use() if one.key == request.POST["provider"]), None)
        if provider is None:
            raise Http404
        return _on_to(request, provider, process="connect", address="")
    form = WorkAddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        process = "connect" if request.user.is_authenticated else "login"
        return _on_to(request, form.provider, process=process, address=form.cleaned_data["email"])
    return render(request, "socialaccount/council.html", {"form": form, "next": _next(request)})


def _on_to(request: HttpRequest, provider: Any, *, process: str, address: str) -> HttpResponse:
    """A page with the link, which also follows it: a form may not lead away from the site, a link may."""
    chosen = get_adapter().get_provider(request, provider.key)
    parameters = {"login_hint": address} if address else {}
    try:
        answer = chosen.redirect(request, process=process, next_url=_next(request), auth_params=parameters)
    except (requests.RequestException, ValueError, KeyError):
        why = _("Your council’s sign-in does not answer at the moment. Try again later, or sign in another way.")
        return render(request, "socialaccount/authentication_error.html", {"why": why}, status=503)
    return render(request, "socialaccount/continue.html", {"council": provider.organisation, "url": answer["Location"]})


def _next(request: HttpRequest) -> str | None:
    asked = request.POST.get("next") or request.GET.get("next") or ""
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else None


@never_cache
def connect(request: HttpRequest) -> HttpResponse:
    """`/account/council/connect/`: there is an account with the address; show once that it is yours."""
    pending = request.session.get(PENDING)
    if not pending:
        return redirect("council_sign_in")
    return render(request, "socialaccount/connect.html", {"email": pending["email"]})
