"""An organisation's own way to sign its people in: an OpenID Connect provider, such as its Microsoft Entra ID."""

import hashlib

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.sealing import seal, unseal
from members.models.organisations import Organisation

PURPOSE = "sign-in provider"


class SignInProviderQuerySet(models.QuerySet["SignInProvider"]):
    def in_use(self) -> "SignInProviderQuerySet":
        in_network = models.Q(organisation__left_at=None) | models.Q(organisation__left_at__gt=timezone.now())
        return self.filter(in_network, is_on=True).select_related("organisation")


class SignInProvider(models.Model):
    """`issuer` is who it says it is, and where it can be asked; the secret lies sealed (`core.sealing`).

    It may vouch for addresses on the organisation's verified domains, and for no others.
    """

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="sign_in_provider")
    issuer = models.URLField(
        _("issuer"),
        max_length=300,
        help_text=_("For Microsoft Entra ID: https://login.microsoftonline.com/TENANT-ID/v2.0"),
    )
    client_id = models.CharField(_("client ID"), max_length=190)
    sealed_secret = models.TextField(editable=False)
    is_on = models.BooleanField(_("in use"), default=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = SignInProviderQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in of an organisation")
        verbose_name_plural = _("sign-in of organisations")
        ordering = ["organisation__short_name"]

    def __str__(self) -> str:
        return str(self.organisation)

    @property
    def key(self) -> str:
        """What stands beside the subject in each identity, and in the addresses of the sign-in.

        It follows from issuer and client: to whom another issuer, or another client with subjects of its own, gives
        the same subject is somebody else.
        """
        digest = hashlib.sha256(f"{self.issuer}\n{self.client_id}".encode()).hexdigest()
        return f"{self.organisation_id}-{digest[:16]}"

    @property
    def secret(self) -> str:
        """Raises `core.sealing.Unreadable`."""
        return unseal(self.sealed_secret, purpose=PURPOSE)

    @secret.setter
    def secret(self, value: str) -> None:
        self.sealed_secret = seal(value, purpose=PURPOSE)
