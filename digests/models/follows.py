"""What a person follows, and how often they want to hear of it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import connection, models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from digests.targets import Target


class Cadence(models.TextChoices):
    """Times are Europe/London; `digests.windows` turns them into moments."""

    IMMEDIATELY = "immediately", _("As it happens")
    DAILY = "daily", _("Every day at 8")
    WEEKLY = "weekly", _("Every Tuesday at 8")
    OFF = "off", _("No mail")


DEFAULT_CADENCE = Cadence.WEEKLY


class EndedReason(models.TextChoices):
    READER = "reader", _("Stopped on the site")
    LINK = "link", _("Stopped with the link in a mail")
    GONE = "gone", _("What it followed is gone")


class FollowQuerySet(models.QuerySet["Follow"]):
    def active(self) -> Self:
        return self.filter(ended_at=None)

    def with_cadence(self) -> Self:
        """Adds `how_often`: the follow's own cadence, else the person's, else weekly."""
        return self.annotate(
            how_often=Coalesce("cadence", "person__mail_preference__cadence", models.Value(DEFAULT_CADENCE.value))
        )

    def mailed(self, cadence: str) -> Self:
        """The active follows whose news goes out with this cadence, of people who may and want to get mail."""
        return self.active().with_cadence().filter(how_often=cadence).of_reachable_people()

    def of_reachable_people(self) -> Self:
        """Of those who may sign in, have not stopped all mail and have not paused it beyond today."""
        paused = models.Q(person__mail_preference__paused_until__gt=timezone.localdate())
        return self.filter(person__is_active=True, person__mail_preference__stopped_at=None).exclude(paused)

    def wanted(self) -> Self:
        """Active, and not switched to “no mail”."""
        return self.active().with_cadence().exclude(how_often=Cadence.OFF)

    def of(self, person: Any) -> Self:
        return self.active().filter(person=person)

    def note_mailed(self, brought: Mapping[int, int], *, at: datetime) -> None:
        """Each follow's `last_event`, a thousand in one statement. `bulk_update` would make a CASE with a branch for
        each, which took longer than to send the mails.
        """
        table = connection.ops.quote_name(self.model._meta.db_table)
        moment = connection.ops.adapt_datetimefield_value(at)
        with connection.cursor() as cursor:
            pairs = list(brought.items())
            for start in range(0, len(pairs), 1_000):
                some = pairs[start : start + 1_000]
                told = ", ".join(["(%s, %s)"] * len(some))
                cursor.execute(
                    f"UPDATE {table} SET last_event_id = told.column2, last_mailed_at = %s "  # noqa: S608 - our own name
                    f"FROM (VALUES {told}) AS told WHERE {table}.id = told.column1",
                    [moment, *chain.from_iterable(some)],
                )


class Follow(models.Model):
    """One person follows one thing. Ended, never deleted, so that “why did this stop?” has an answer.

    `target_kind` and `target_id` are those of `core.EventTarget`; `digests.targets` knows each kind.
    `mailed_until` is the moment up to which everything that happened has been put into some mail, or was there
    before the follow: a change of cadence in the middle of a window neither repeats nor loses anything.
    `last_event` is what the last mail had because of this follow.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows")
    target_kind = models.CharField(max_length=30)
    target_id = models.BigIntegerField()
    cadence = models.CharField(_("how often"), max_length=12, choices=Cadence, null=True, blank=True)  # noqa: DJ001 - null is “as the person’s default”, which is no cadence
    created_at = models.DateTimeField(default=timezone.now)
    mailed_until = models.DateTimeField(default=timezone.now)
    last_event = models.ForeignKey("core.Event", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    last_mailed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=10, choices=EndedReason, blank=True)

    objects = FollowQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        ordering = ["person", "-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "target_kind", "target_id"],
                condition=models.Q(ended_at=None),
                name="one_active_follow",
            )
        ]
        indexes = [models.Index(fields=["target_kind", "target_id", "ended_at"], name="follow_target")]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.target_kind}:{self.target_id}"

    @property
    def target(self) -> "Target":
        return self.target_kind, self.target_id


class MailPreferenceQuerySet(models.QuerySet["MailPreference"]):
    def unwilling(self, people: Iterable[int | None], notice: str) -> set[int]:
        """Those of these people who have switched this kind of notice off; `notice` is the name of its switch."""
        asked = {person for person in people if person}
        off = self.filter(person__in=asked, **{notice: False})
        return set(off.values_list("person", flat=True)) if asked else set()


class MailPreference(models.Model):
    """How a person wants their mail. No row means the defaults."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="mail_preference"
    )
    cadence = models.CharField(_("how often"), max_length=12, choices=Cadence, default=DEFAULT_CADENCE)
    replies = models.BooleanField(_("tell me at once when somebody replies to me"), default=True)
    adoptions = models.BooleanField(_("tell me at once when somebody tries what I wrote about"), default=True)
    questions = models.BooleanField(_("ask me whether what I wrote is still true"), default=True)
    mentions = models.BooleanField(_("tell me at once when somebody names me in a comment"), default=True)
    reviews = models.BooleanField(_("tell me at once when something waits for my approval"), default=True)
    answers = models.BooleanField(_("tell me at once when somebody answers what I asked"), default=True)
    asks = models.BooleanField(_("tell me when somebody asks about something that I have done"), default=True)
    send_hour = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text=_("Digests wait for this hour of the day (Europe/London); empty is 8 in the morning."),
    )
    paused_until = models.DateField(
        null=True, blank=True, help_text=_("No mail about follows before this day (Europe/London).")
    )
    stopped_at = models.DateTimeField(
        null=True, blank=True, help_text=_("All mail about follows is stopped; the follows are kept.")
    )

    objects = MailPreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail preference")
        verbose_name_plural = _("mail preferences")

    def __str__(self) -> str:
        return f"{self.person_id}: {self.cadence}"


class FollowRequest(models.Model):
    """Somebody gave an email address and asked to follow; nothing happens until that address confirms it.

    No account is made before that (`docs/decisions/0022-followers-without-an-account.md`). `wording` is what they
    agreed to, as they read it, and `asked_at` when they did so last; both are kept with the follow as the record of
    their consent. What is never confirmed is deleted (`services.forget_follow_requests`).
    """

    address = models.EmailField(_("email address"), max_length=254)
    target_kind = models.CharField(max_length=30)
    target_id = models.BigIntegerField()
    cadence = models.CharField(_("how often"), max_length=12, choices=Cadence, default=DEFAULT_CADENCE)
    language = models.CharField(max_length=2)
    wording = models.TextField()
    asked_at = models.DateTimeField(default=timezone.now)
    mailed_at = models.DateTimeField(null=True, blank=True, help_text=_("When the last mail to confirm was asked for."))
    confirmed_at = models.DateTimeField(null=True, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="follow_requests"
    )

    class Meta:
        verbose_name = _("request to follow")
        verbose_name_plural = _("requests to follow")
        indexes = [
            models.Index(fields=["address", "target_kind", "target_id"], name="follow_request_of"),
            models.Index(fields=["confirmed_at", "asked_at"], name="follow_request_age"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["address", "target_kind", "target_id"],
                condition=models.Q(confirmed_at=None),
                name="one_waiting_follow_request",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at=None, person=None)
                | models.Q(confirmed_at__isnull=False, person__isnull=False),
                name="follow_request_confirmed_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} → {self.target_kind}:{self.target_id}"

    @property
    def target(self) -> "Target":
        return self.target_kind, self.target_id
