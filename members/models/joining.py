"""Ways into an organisation that somebody has to answer: asking to join, and being invited."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.memberships import Role
from members.models.organisations import Organisation

if TYPE_CHECKING:
    from accounts.models import User

INVITATION_LIFETIME = timedelta(days=14)


class RequestState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class JoinRequestQuerySet(models.QuerySet["JoinRequest"]):
    def waiting(self) -> "JoinRequestQuerySet":
        return self.filter(state=RequestState.WAITING, person__is_active=True)

    def answerable_by(self, user: "User | Any") -> "JoinRequestQuerySet":
        """Twin of `permissions.can_answer_join_request`."""
        from members.permissions import is_moderator

        if not user.is_authenticated or not user.is_active:
            return self.none()
        led = Organisation.objects.managed_by(user).values("pk")
        own = self.waiting().exclude(person=user)
        mine = Q(organisation__in=led)
        if is_moderator(user):
            mine |= Q(pk__in=own.without_lead().values("pk"))
        return own.filter(mine)

    def without_lead(self) -> "JoinRequestQuerySet":
        """Those that nobody in the organisation can answer, so that the network's moderators do."""
        from members.models.memberships import Membership

        led = Membership.objects.active().filter(role=Role.LEAD).values("organisation")
        return self.exclude(organisation__in=led)


class JoinRequest(models.Model):
    """Somebody asks to join an organisation, and says why. One waits at a time."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="join_requests")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="join_requests")
    why = models.TextField(_("why"), max_length=1000)
    state = models.CharField(_("state"), max_length=10, choices=RequestState, default=RequestState.WAITING)
    created_at = models.DateTimeField(_("asked"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.TextField(_("reason"), max_length=1000, blank=True)

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to join")
        verbose_name_plural = _("requests to join")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"], condition=Q(state="waiting"), name="one_waiting_join_request"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None) | (~Q(state="waiting") & Q(decided_at__isnull=False)),
                name="join_request_decided_when_not_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.organisation}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def waiting(self) -> "InvitationQuerySet":
        """Neither accepted nor declined nor withdrawn; those whose time is over may be sent again."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def open(self) -> "InvitationQuerySet":
        """Those that can be accepted now."""
        now = timezone.now()
        in_network = Q(organisation__left_at=None) | Q(organisation__left_at__gt=now)
        return self.waiting().filter(in_network, expires_at__gt=now)


def _two_weeks_on() -> datetime:
    return timezone.now() + INVITATION_LIFETIME


class Invitation(models.Model):
    """A lead asks somebody at an address to join in a role. The link in the mail works once, until `expires_at`."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    address = models.EmailField(_("email address"), max_length=254)
    name = models.CharField(_("name"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.MEMBER)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("invited"), default=timezone.now)
    sent_at = models.DateTimeField(_("last sent"), default=timezone.now)
    times_sent = models.PositiveSmallIntegerField(_("times sent"), default=1)
    expires_at = models.DateTimeField(_("works until"), default=_two_weeks_on)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("withdrawn or declined"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("address"),
                "organisation",
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="one_waiting_invitation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} → {self.get_role_display()}"

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()
