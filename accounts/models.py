"""A person: known by an email address, which is also the login."""

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.names import SOMEBODY_WHO_HAS_LEFT

EXPORT_KEPT = timedelta(days=7)


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        if not email:
            raise ValueError("A person needs an email address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})


class User(AbstractBaseUser, PermissionsMixin):
    """Roles are not here: they follow from memberships (`members`) and the network's groups.

    `is_demonstration` marks the invented people of the demonstration content wherever their name shows.
    `left_at` is when the account was deleted: from then on the row is a bare number, without a name or an address, for
    the logs that may not lose it (`accounts.leaving`).
    """

    email = models.EmailField(_("email address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(
        _("language"), max_length=2, default="en", choices=[("en", "English"), ("cy", "Cymraeg")]
    )
    is_staff = models.BooleanField(_("may use Django's own tools"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_demonstration = models.BooleanField(_("demonstration person"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)
    left_at = models.DateTimeField(_("left"), null=True, blank=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name", "email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="email_once",
                violation_error_message=_("There is already an account with this email address."),
            )
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """What others see. Never the email address, which is private."""
        if self.left_at:
            return str(SOMEBODY_WHO_HAS_LEFT)
        return self.name or str(_("A reader without a name"))

    def get_full_name(self) -> str:
        return self.display_name if self.left_at else self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email

    @property
    def first_name(self) -> str:
        """Wagtail greets people by it."""
        return self.get_short_name()

    @property
    def last_name(self) -> str:
        return self.name.partition(" ")[2]


class DataExport(models.Model):
    """Somebody asked for all that we hold about them. The file lies in the private part of the storage for a week.

    `token` is what the link names; it opens nothing for anybody but the signed-in person. The row stays for a while
    without its file, so that the person sees when they asked.
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="data_exports")
    token = models.UUIDField(default=uuid.uuid4, unique=True)
    asked_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    failed = models.BooleanField(default=False)
    file = models.FileField(upload_to="data-exports/", blank=True)
    size = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("download of somebody’s data")
        verbose_name_plural = _("downloads of people’s data")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.asked_at:%Y-%m-%d}"

    @property
    def expires_at(self) -> datetime | None:
        return self.ready_at + EXPORT_KEPT if self.ready_at else None

    @property
    def is_ready(self) -> bool:
        return bool(self.file) and self.expires_at is not None and self.expires_at > timezone.now()


class Leaving(models.Model):
    """Somebody wants their account deleted: on `due_at`, unless they change their mind before it.

    `steps` are the kinds of data that have been seen to, so that a job that was interrupted goes on where it was;
    `waits_for` says why it could not be done on the day.
    """

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="leaving")
    asked_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(db_index=True)
    steps = models.JSONField(default=dict, blank=True)
    waits_for = models.CharField(max_length=60, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("deletion of an account")
        verbose_name_plural = _("deletions of accounts")
        ordering = ["due_at"]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.due_at:%Y-%m-%d}"
