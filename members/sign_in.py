"""Councils that sign their people in themselves: how allauth's OpenID Connect is held to our rules.

Who somebody is, is the provider and its subject, never the address alone. An address is believed on the organisation's
verified domains only. Where there is an account with the address already, its owner shows once that it is theirs.
"""

import time
from typing import Any
from urllib.parse import urlsplit

from allauth.account.internal.emailkit import valid_email_or_none
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.models import User
from core.outside import OutsideSession
from core.sealing import Unreadable
from members import services
from members.errors import MembersError
from members.models import Organisation, SignInProvider
from members.selectors import domains_of

PENDING = "council_sign_in_pending"
PENDING_SECONDS = 15 * 60
WELL_KNOWN = "/.well-known/openid-configuration"


def provider_for(address: str) -> SignInProvider | None:
    """Whoever signs in people with an address like this one; two organisations that share a domain are told apart by
    nobody, so neither is chosen.
    """
    found = list(
        SignInProvider.objects.in_use().filter(organisation__in=[one.organisation for one in domains_of(address)])
    )
    return found[0] if len(found) == 1 else None


def may_vouch(organisation: Organisation, address: str) -> bool:
    return any(one.organisation_id == organisation.pk for one in domains_of(address))


def app_of(provider: SignInProvider) -> SocialApp:
    """What allauth calls an app; never stored, so that the secret lies nowhere in plain text."""
    return SocialApp(
        provider="openid_connect",
        provider_id=provider.key,
        name=provider.organisation.short_name,
        client_id=provider.client_id,
        secret=provider.secret,
        settings={"server_url": provider.issuer, "oauth_pkce_enabled": True},
    )


def discover(issuer: str) -> dict[str, Any]:
    """What a provider says of itself. Raises `requests.RequestException`, or `ValueError` for what is no provider."""
    with OutsideSession() as session:
        response = session.get(issuer.rstrip("/") + WELL_KNOWN)
        response.raise_for_status()
        said = response.json()
    if not isinstance(said, dict) or said.get("issuer") != issuer:
        raise ValueError(_("The provider there calls itself by another name."))
    for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"):
        if urlsplit(str(said.get(name, ""))).scheme not in {"https", urlsplit(issuer).scheme}:
            raise ValueError(_("The provider there does not say where to sign in."))
    return said


class CouncilAdapter(DefaultSocialAccountAdapter):
    def list_apps(self, request: Any, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        apps = []
        for one in SignInProvider.objects.in_use():
            if provider not in {None, "openid_connect", one.key} or client_id not in {None, one.client_id}:
                continue
            try:
                apps.append(app_of(one))
            except Unreadable:
                continue
        return apps

    def get_provider(self, request: Any, provider: Any, client_id: Any = None) -> Any:
        try:
            return super().get_provider(request, provider, client_id)
        except SocialApp.DoesNotExist:
            # Of a council that no longer signs anybody in; its people can still take it off their accounts.
            match = getattr(request, "resolver_match", None)
            if match is None or match.view_name != "socialaccount_connections":
                raise
            gone = SocialApp(provider="openid_connect", provider_id=provider, name=_("A council of before"))
            return gone.get_provider(request)

    def get_requests_session(self) -> OutsideSession:
        return OutsideSession()

    def is_email_verified(self, provider: Any, email: str) -> bool:
        return may_vouch(_organisation_of(provider), email)

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        return False

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> Any:
        user: Any = sociallogin.user
        user.email = valid_email_or_none(data.get("email")) or ""
        user.name = str(data.get("name") or "").strip()[:120]
        user.language = getattr(request, "LANGUAGE_CODE", "en")[:2]
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """After allauth has looked for the identity, and before anybody is let in or written down."""
        _refuse_mixed_answers(request, sociallogin)
        if sociallogin.is_existing or sociallogin.state.get("process") == "connect":
            return
        organisation = _organisation_of(sociallogin.provider)
        believed = [one for one in sociallogin.email_addresses if may_vouch(organisation, one.email)]
        if not believed:
            raise _refusal(
                request,
                _("%(council)s gave an address that is not on one of its own domains.") % {"council": organisation},
            )
        for address in believed:
            address.verified = True
        sociallogin.email_addresses[:] = believed[:1]
        address = believed[0].email
        sociallogin.user.email = address
        if (
            User.objects.filter(email__iexact=address).exists()
            or EmailAddress.objects.filter(email__iexact=address, verified=True).exists()
        ):
            request.session[PENDING] = {
                "provider": sociallogin.account.provider,
                "uid": sociallogin.account.uid,
                "email": address,
                "at": time.time(),
            }
            raise ImmediateHttpResponse(redirect("council_connect"))


def _organisation_of(provider: Any) -> Organisation:
    return Organisation.objects.get(pk=int(provider.app.provider_id.partition("-")[0]))


def _refuse_mixed_answers(request: HttpRequest, login: SocialLogin) -> None:
    """The issuer that we asked, and one subject in both of its answers (OpenID Connect Core 5.3.2)."""
    said = login.account.extra_data
    token, userinfo = said.get("id_token"), said.get("userinfo")
    issuer = login.provider.app.settings["server_url"]
    if not token or token.get("iss") != issuer or (userinfo and userinfo.get("sub") != token.get("sub")):
        raise _refusal(request, _("The answer of your council’s sign-in does not fit together."))


def _refusal(request: HttpRequest, why: str) -> ImmediateHttpResponse:
    return ImmediateHttpResponse(render(request, "socialaccount/authentication_error.html", {"why": why}, status=403))


def connect_after_proof(*, request: HttpRequest, user: User, **_signal: Any) -> None:
    """Somebody came from their council, was told of an account with their address, and has now signed in to it."""
    pending = request.session.pop(PENDING, None)
    if not pending or time.time() - pending["at"] > PENDING_SECONDS:
        return
    if not EmailAddress.objects.filter(user=user, email__iexact=pending["email"], verified=True).exists():
        return
    _account, created = SocialAccount.objects.get_or_create(
        provider=pending["provider"], uid=pending["uid"], defaults={"user": user}
    )
    if created:
        messages.success(request, _("From now on your council signs you in here as well."))
        CouncilAdapter(request).send_notification_mail("socialaccount/email/account_connected", user, {})


def join_by_council(*, user: User, sociallogin: SocialLogin | None = None, **_signal: Any) -> None:
    """Somebody new came from their council: their address was verified by that, as if they had opened our link."""
    for address in sociallogin.email_addresses if sociallogin else ():
        try:
            services.join_on_verification(person=user, address=address.email)
        except MembersError:  # it left the network this moment: there is nothing to join
            continue
