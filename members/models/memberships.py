"""Who belongs to which organisation, in which role, from when to when."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.organisations import Organisation


class Role(models.TextChoices):
    MEMBER = "member", _("Member")
    AUTHOR = "author", _("Author")
    APPROVER = "approver", _("Approver")
    LEAD = "lead", _("Council lead")


# Who may do what in the CMS: authors write, approvers sign off, a lead does both.
WRITERS = (Role.AUTHOR, Role.LEAD)
SIGNERS = (Role.APPROVER, Role.LEAD)


class CameBy(models.TextChoices):
    """How somebody came to belong."""

    NOT_RECORDED = "", _("not recorded")
    DOMAIN = "domain", _("their email address")
    INVITATION = "invitation", _("an invitation")
    REQUEST = "request", _("asking to join")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self, at: datetime | None = None) -> "MembershipQuerySet":
        """Those that count now: the one question behind every right that a membership gives."""
        now = at or timezone.now()
        return self.kept().filter(
            Q(expires_at=None) | Q(expires_at__gt=now),
            Q(organisation__left_at=None) | Q(organisation__left_at__gt=now),
            person__is_active=True,
        )

    def kept(self) -> "MembershipQuerySet":
        """Those that nobody ended, the lapsed among them: a later date, or the organisation's return, revives them."""
        return self.filter(ended_at=None)


class Membership(models.Model):
    """One person in one organisation. Ended, never deleted: what somebody wrote keeps its history.

    It gives its rights until it is ended, its time is over (`expires_at`), or the organisation has left the network.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.MEMBER)
    started_at = models.DateTimeField(_("since"), default=timezone.now)
    expires_at = models.DateTimeField(_("lapses"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    came_by = models.CharField(_("came by"), max_length=12, choices=CameBy, blank=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["organisation", "person"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=models.Q(ended_at=None),
                name="one_active_membership",
                violation_error_message=_("This person is already a member of this organisation."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.organisation} · {self.get_role_display()}"

    @property
    def is_lapsed(self) -> bool:
        """Not ended by anybody, and gives no rights all the same."""
        now = timezone.now()
        last = [moment for moment in (self.expires_at, self.organisation.left_at) if moment is not None]
        return self.ended_at is None and any(moment <= now for moment in last)
