"""How a council signs its people in, set up in the CMS. By administrators: who sets it up can sign in as its people."""

from typing import Any

import requests
from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.viewsets.model import ModelViewSet

from members.models import EmailDomain, SignInProvider
from members.sign_in import discover


class SignInProviderForm(WagtailAdminModelForm):
    """The secret is written and never shown; an empty field leaves it as it is."""

    issuer = forms.URLField(
        label=gettext_lazy("issuer"),
        max_length=300,
        assume_scheme="https",
        help_text=gettext_lazy("For Microsoft Entra ID: https://login.microsoftonline.com/TENANT-ID/v2.0"),
    )
    new_secret = forms.CharField(
        label=gettext_lazy("client secret"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Kept sealed and never shown again. Empty: as it is."),
    )

    class Meta:
        model = SignInProvider
        fields = ["organisation", "issuer", "client_id", "is_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["organisation", "issuer", "client_id", "new_secret", "is_on"])
        if self.instance.pk:
            self.fields["client_id"].help_text = _("Register this address as redirect URI with it: %(address)s") % {
                "address": settings.BASE_URL + reverse("openid_connect_callback", args=[self.instance.key])
            }
        else:
            self.fields["client_id"].help_text = _("After saving, this page shows the redirect URI to register.")

    def clean_issuer(self) -> str:
        return str(self.cleaned_data["issuer"]).removesuffix("/.well-known/openid-configuration")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.instance.sealed_secret and not cleaned.get("new_secret"):
            self.add_error("new_secret", _("Give the secret that belongs to the client ID."))
        organisation = cleaned.get("organisation")
        if organisation and not EmailDomain.objects.verified().filter(organisation=organisation).exists():
            self.add_error(
                "organisation", _("Verify an email domain of it first: it may vouch for addresses on those only.")
            )
        if cleaned.get("is_on") and cleaned.get("issuer"):
            try:
                discover(cleaned["issuer"])
            except requests.RequestException:
                self.add_error("issuer", _("Nothing that signs people in answers there."))
            except ValueError as error:
                self.add_error("issuer", str(error) or _("Nothing that signs people in answers there."))
        return cleaned

    def save(self, commit: bool = True) -> Any:
        if secret := self.cleaned_data.get("new_secret"):
            self.instance.secret = secret
        return super().save(commit)


class SignInProviderViewSet(ModelViewSet):
    model = SignInProvider
    name = url_prefix = "sign-in-providers"
    menu_label = gettext_lazy("Sign-in of organisations")
    icon = "key"
    menu_order = 630
    add_to_admin_menu = True
    list_display = ["organisation", "issuer", "is_on"]
    search_backend_name = None
    copy_view_enabled = False
    inspect_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> Any:
        return SignInProviderForm
