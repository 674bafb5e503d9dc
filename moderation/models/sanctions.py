"""What a moderator may decide about a person, and how long it holds."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from moderation.models.decisions import Decision


class SanctionKind(models.TextChoices):
    WARN = "warn", _("Warning")
    LIMIT = "limit", _("Everything held")
    SUSPEND = "suspend", _("Suspension")
    BAN = "ban", _("Ban")


class SanctionQuerySet(models.QuerySet["Sanction"]):
    def in_force(self, at: datetime | None = None) -> "SanctionQuerySet":
        """Begun, neither over nor lifted. A ban that waits for a second moderator counts, as a suspension."""
        now = at or timezone.now()
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now, lifted_at=None)

    def waiting_for_a_second(self) -> "SanctionQuerySet":
        """Bans that one moderator proposed and no second has agreed to or refused, while they hold."""
        return self.in_force().filter(kind=SanctionKind.BAN, seconded_by=None)


class Sanction(models.Model):
    """A warning, a limit, a suspension or a ban. The database holds what each must have (see `Meta.constraints`).

    A warning changes nothing by itself and has no end. A limit may be for good, a suspension never: for good is a ban,
    and a ban takes two moderators. Until the second agrees, it holds as a suspension that ends by itself (`ends_at`).
    `decision` is what began it; `seconding` the second moderator’s. `closed_account`: the ban switched the account
    off, so that lifting it switches it on again.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sanctions")
    kind = models.CharField(_("kind"), max_length=10, choices=SanctionKind)
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="sanction")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    seconded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    seconded_at = models.DateTimeField(null=True, blank=True)
    seconding = models.OneToOneField(
        Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="seconded_ban"
    )
    closed_account = models.BooleanField(default=False)

    objects = SanctionQuerySet.as_manager()

    if TYPE_CHECKING:
        person_id: int
        decision_id: int
        proposed_by_id: int | None
        seconded_by_id: int | None

    class Meta:
        verbose_name = _("sanction")
        verbose_name_plural = _("sanctions")
        ordering = ["-starts_at", "-pk"]
        indexes = [models.Index(fields=["person", "kind"], name="sanction_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["warn", "limit", "suspend", "ban"]), name="sanction_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="sanction_ends_later"
            ),
            models.CheckConstraint(condition=~Q(kind="warn") | Q(ends_at=None), name="sanction_warning_has_no_end"),
            models.CheckConstraint(
                condition=~Q(kind="suspend") | Q(ends_at__isnull=False), name="sanction_suspension_ends"
            ),
            models.CheckConstraint(
                condition=Q(lifted_by=None) | Q(lifted_at__isnull=False), name="sanction_lifted_at_a_time"
            ),
            # Four eyes: a ban without an end has been agreed to by somebody other than who proposed it.
            models.CheckConstraint(
                condition=(
                    ~Q(kind="ban") & Q(proposed_by=None, seconded_by=None, seconded_at=None, seconding=None)
                    | Q(kind="ban", proposed_by__isnull=False, seconded_by=None, seconded_at=None, seconding=None)
                    & Q(ends_at__isnull=False, closed_account=False)
                    | Q(kind="ban", proposed_by__isnull=False, seconded_by__isnull=False, seconding__isnull=False)
                    & Q(seconded_at__isnull=False, ends_at=None)
                ),
                name="sanction_ban_takes_two",
            ),
            models.CheckConstraint(
                condition=Q(seconded_by=None) | ~Q(seconded_by=F("proposed_by")), name="sanction_second_is_another"
            ),
            models.CheckConstraint(
                condition=Q(proposed_by=None) | ~Q(proposed_by=F("person")), name="sanction_not_of_oneself"
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(kind="ban", lifted_at=None), name="sanction_one_ban_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.person}"

    @property
    def is_in_force(self) -> bool:
        """Twin of `SanctionQuerySet.in_force`."""
        now = timezone.now()
        return self.lifted_at is None and self.starts_at <= now and (self.ends_at is None or self.ends_at > now)

    @property
    def waits_for_a_second(self) -> bool:
        """Twin of `SanctionQuerySet.waiting_for_a_second`."""
        return self.kind == SanctionKind.BAN and self.seconded_by_id is None and self.is_in_force
