"""allauth's forms of the second step, in our words. Each code counts once, for as long as it could be typed."""

from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from core.sealing import Unreadable

ONE_TIME_CODE = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}


class _Once:
    """A code of an app works for a step before and after its own. allauth forgets after one step that it was used."""

    user: Any
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        typed = "".join(self.cleaned_data["code"].split())
        self.cleaned_data["code"] = typed
        steps = 2 * app_settings.TOTP_TOLERANCE + 1
        used = f"second-step-used:{self.user.pk}:{typed}"
        if cache.get(used):
            raise get_adapter().validation_error("incorrect_code")
        try:
            code: str = super().clean_code()  # type: ignore[misc]  # mixed into allauth's forms
        except Unreadable as error:
            raise get_adapter().validation_error("incorrect_code") from error
        cache.set(used, True, timeout=app_settings.TOTP_PERIOD * steps)
        return code


class AuthenticateForm(_Once, base.AuthenticateForm):
    code = forms.CharField(
        label=_("Code from your app, or a recovery code"), widget=forms.TextInput(attrs=ONE_TIME_CODE)
    )


class ReauthenticateForm(_Once, base.ReauthenticateForm):
    code = forms.CharField(
        label=_("Code from your app, or a recovery code"), widget=forms.TextInput(attrs=ONE_TIME_CODE)
    )


class ActivateForm(totp.ActivateTOTPForm):
    code = forms.CharField(
        label=_("Code that the app shows"),
        help_text=_("Six digits. It changes every 30 seconds."),
        widget=forms.TextInput(attrs={**ONE_TIME_CODE, "inputmode": "numeric", "class": "govuk-input--width-10"}),
    )

    def clean_code(self) -> str:
        self.cleaned_data["code"] = "".join(self.cleaned_data["code"].split())
        return super().clean_code()


class AddKeyForm(webauthn.AddWebAuthnForm):
    """A passkey unless its owner says otherwise: it signs in by itself, and so nothing of it can be phished."""

    name = forms.CharField(
        label=_("Name of the key"),
        help_text=_("So that you know it again: “my phone”, “key on my ring”."),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    passwordless = forms.BooleanField(
        label=_("Let me sign in with it alone, without a password"),
        help_text=_("A passkey. It asks for your fingerprint, face or PIN. Not every older key can do that."),
        required=False,
        initial=True,
    )


class RenameKeyForm(webauthn.EditWebAuthnForm):
    name = forms.CharField(label=_("Name of the key"), max_length=60)
