"""The outbox: every mail is a row before it is a message."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from digests.bounces import Kind

if TYPE_CHECKING:
    from accounts.models import User


class MailKind(models.TextChoices):
    DIGEST = "digest", _("Digest")
    DECISION = "decision", _("Decision on a contribution")
    REVIEW = "review", _("Something waits for approval")
    REPLY = "reply", _("Reply to a comment")
    ADOPTION = "adoption", _("Somebody tries what the reader wrote about")
    QUESTION = "question", _("Is it still true?")
    MENTION = "mention", _("Somebody named the reader in a comment")
    ASK = "ask", _("Somebody asks about what the reader has done")
    ANSWER = "answer", _("An answer to what the reader asked")
    FOLLOW = "follow", _("Confirm a follow")
    ACCOUNT = "account", _("About signing in")
    ADDRESS = "address", _("Does this address work?")
    LETTER = "letter", _("About moderation, membership or the account")
    SITE = "site", _("Composed by the CMS itself")


# Their facts lie sealed while they wait, and are erased when they are over (`digests.sealing`).
SEALED_KINDS = frozenset({MailKind.ACCOUNT, MailKind.LETTER, MailKind.SITE})

# What somebody is told at once. Several within ten minutes go as one mail (`digests.services.bundling`).
NOTICES = frozenset(
    {
        MailKind.DECISION,
        MailKind.REVIEW,
        MailKind.REPLY,
        MailKind.MENTION,
        MailKind.ADOPTION,
        MailKind.ASK,
        MailKind.ANSWER,
    }
)


class MailState(models.TextChoices):
    PENDING = "pending", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    SUPPRESSED = "suppressed", _("Not sent")


class OutgoingEmailQuerySet(models.QuerySet["OutgoingEmail"]):
    def due(self, now: datetime) -> tuple[Self, Self]:
        """What a worker may claim: waiting and due, and left behind by a worker whose lease is over.

        Two queries, each with an index of its own. One for both has none: with a hundred thousand mails waiting
        PostgreSQL took 300 ms to find the next hundred, where these two take 20.
        What goes along in another mail waits for that one, as long as that one is not finished.
        """
        carrier = OutgoingEmail.objects.unfinished().filter(pk=models.OuterRef("carrier"))
        itself = models.Q(carrier=None) | models.Q(carrier=models.F("pk"))
        free = self.filter(itself | ~models.Exists(carrier))
        return (
            free.filter(state=MailState.PENDING, next_attempt_at__lte=now),
            free.filter(state=MailState.SENDING, leased_until__lte=now),
        )

    def unfinished(self) -> Self:
        return self.filter(state__in=[MailState.PENDING, MailState.SENDING])

    def along_with(self, mail: "OutgoingEmail") -> Self:
        """What goes in the same message, and is not that row itself."""
        return self.filter(carrier=mail.pk).exclude(pk=mail.pk)


class OutgoingEmail(models.Model):
    """One message to one person, or, where nobody has an account yet, to one `address`.

    `key` says what it is about, so that asking twice makes one row. `payload` (ids only) is what it is written
    from, at the moment of sending, when it is asked again what the reader may see; subject, text, HTML and headers
    are kept as they were sent, for a month (`forgotten_at`). `message_id` stays the same however often a message has
    to be tried; `provider_id` is what a provider that writes one of its own calls it. `language` is that of a mail to
    somebody without an account; after `worthless_after` a mail is not sent any more (a sign-in code).
    `claims` counts the workers that took it and were not heard of again; `booked` is whether `next_attempt_at` is its
    turn among the mails to its domain (`digests.services.pace`). `carrier` is the row whose message this one goes in,
    itself if it goes alone; it is set when a worker first takes it, and then stays.
    """

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20, choices=MailKind)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="mails"
    )
    language = models.CharField(max_length=2, blank=True)
    payload = models.JSONField(default=dict, blank=True)
    carrier = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="carried")
    urgency = models.PositiveSmallIntegerField(default=5, help_text=_("Smaller goes first."))
    message_id = models.CharField(max_length=200, unique=True)
    provider_id = models.CharField(max_length=200, blank=True)

    address = models.EmailField(max_length=254, blank=True)
    subject = models.CharField(max_length=255, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True)

    state = models.CharField(max_length=10, choices=MailState, default=MailState.PENDING)
    lease = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    claims = models.PositiveSmallIntegerField(default=0)
    booked = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    worthless_after = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    objects = OutgoingEmailQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing email")
        verbose_name_plural = _("outgoing emails")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["state", "urgency", "next_attempt_at"], name="mail_due"),
            models.Index(fields=["lease"], name="mail_lease"),
            models.Index(fields=["provider_id"], condition=~models.Q(provider_id=""), name="mail_provider_id"),
            models.Index(fields=["created_at"], condition=models.Q(forgotten_at=None), name="mail_not_forgotten"),
            models.Index(Lower("address"), name="mail_address"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) | ~models.Q(address=""), name="mail_has_a_reader"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.state})"

    @property
    def reader(self) -> "User":
        """Whom it is for. Raises `LookupError` for a mail to somebody who has no account."""
        if self.person is None:
            raise LookupError(f"Mail {self.key} is for nobody with an account.")
        return self.person

    @property
    def to(self) -> str:
        """Where it goes: the person's address of today, else the one it was asked for.

        A mail about signing in goes nowhere but to the address that it was asked for: whoever proves an address proves
        that one, and that an address was changed is told to the old one.
        """
        if self.person is None or (self.kind == MailKind.ACCOUNT and self.address):
            return self.address
        return self.person.email

    @property
    def tongue(self) -> str:
        """The language that it is written in."""
        return (self.person.language if self.person else self.language) or settings.LANGUAGE_CODE[:2]


def new_message_id() -> str:
    """`<…@domain>`, with the domain of the address that we send from."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(" >") or "localhost"
    return f"<{uuid.uuid4().hex}@{domain}>"


class MailPace(models.Model):
    """How fast mail to one domain goes, over all workers; the row `*` is the whole site's.

    `sends_at` and `books_at` are clocks that each mail moves on by its share of a minute: ahead of now, the domain has
    had enough for now; `books_at` is the turn of the next mail that has to wait. After a server asked for less,
    nothing goes before `closed_until`; `strikes` counts how often that came, `said` is what it said.
    `hours` is how many mails left in each of the last hours.
    """

    domain = models.CharField(max_length=255, unique=True)
    sends_at = models.DateTimeField(null=True, blank=True)
    books_at = models.DateTimeField(null=True, blank=True)
    closed_until = models.DateTimeField(null=True, blank=True)
    strikes = models.PositiveSmallIntegerField(default=0)
    struck_at = models.DateTimeField(null=True, blank=True)
    said = models.CharField(max_length=300, blank=True)
    hours = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("pace of mail")
        verbose_name_plural = _("paces of mail")

    def __str__(self) -> str:
        return self.domain


class RetentionRun(models.Model):
    """What was forgotten, and when: the record that the law asks of a retention schedule. Numbers only."""

    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    done = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("retention run")
        verbose_name_plural = _("retention runs")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"


class WhyNoMail(models.TextChoices):
    GONE = "gone", _("The mailbox does not exist")
    COMPLAINT = "complaint", _("Reported as unwanted")
    SOFT = "soft", _("Mail kept coming back")


class HeardFrom(models.TextChoices):
    SENDING = "sending", _("The mail server, while sending")
    REPORT = "report", _("A delivery report")
    FEEDBACK = "feedback", _("A complaint report")
    PROVIDER = "provider", _("The mail provider")


class Suppression(models.Model):
    """An address that gets no mail until the person shows that it works, and wants it. `reason` is what was said.

    `mail` is the message that came back; it is how we know that the report is about this address.
    """

    address = models.EmailField(max_length=254)
    kind = models.CharField(max_length=10, choices=WhyNoMail, default=WhyNoMail.GONE)
    source = models.CharField(max_length=10, choices=HeardFrom, default=HeardFrom.SENDING)
    reason = models.CharField(max_length=300)
    since = models.DateTimeField(default=timezone.now)
    mail = models.ForeignKey(OutgoingEmail, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        constraints = [models.UniqueConstraint(Lower("address"), name="suppression_once")]

    def __str__(self) -> str:
        return self.address


class HowAllowed(models.TextChoices):
    READER = "reader", _("The reader said that they want it")
    ARRIVED = "arrived", _("A mail arrived there")
    STAFF = "staff", _("Somebody of the network")


class AllowedAgain(models.Model):
    """That an address gets mail again: from when, why, who said so, and what had been wrong. Never changed.

    What is reported later about mail sent there before no longer counts. `person` is whose address it
    was, if anybody's.
    """

    address = models.EmailField(max_length=254)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    how = models.CharField(max_length=10, choices=HowAllowed)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    kind = models.CharField(max_length=10, choices=WhyNoMail, blank=True)
    words = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("address allowed again")
        verbose_name_plural = _("addresses allowed again")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(Lower("address"), name="allowed_address")]

    def __str__(self) -> str:
        return f"{self.address} ({self.how})"


class ReportKind(models.TextChoices):
    PERMANENT = Kind.PERMANENT.value, _("Will never arrive")
    TRANSIENT = Kind.TRANSIENT.value, _("Did not arrive this time")
    DELAYED = Kind.DELAYED.value, _("Still being tried")
    COMPLAINT = Kind.COMPLAINT.value, _("Reported as unwanted")
    AUTO_REPLY = Kind.AUTO_REPLY.value, _("Answered by a machine")
    DELIVERED = Kind.DELIVERED.value, _("Delivered")
    OPT_OUT = Kind.OPT_OUT.value, _("Told the provider that they want no more")
    UNKNOWN = Kind.UNKNOWN.value, _("Not understood")


class MailReport(models.Model):
    """What came back about one mail, once for each kind of news, however often it is reported."""

    mail = models.ForeignKey(OutgoingEmail, on_delete=models.CASCADE, related_name="reports")
    kind = models.CharField(max_length=10, choices=ReportKind)
    status = models.CharField(max_length=20, blank=True)
    words = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("mail report")
        verbose_name_plural = _("mail reports")
        constraints = [models.UniqueConstraint(fields=["mail", "kind"], name="mail_report_once")]

    def __str__(self) -> str:
        return f"{self.mail_id}: {self.kind}"
