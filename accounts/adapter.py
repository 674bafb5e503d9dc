"""How django-allauth talks to our user model and our mail."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import filter_users_by_email
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import mail
from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up keeps the name that the person typed; mail waits in the outbox, so that a mail server that is down
    costs nobody an error page.
    """

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _("Too many attempts. Try again in five minutes."),
    }

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user.name = form.cleaned_data.get("name", "").strip()
        user.language = getattr(request, "LANGUAGE_CODE", "en")[:2]
        return super().save_user(request, user, form, commit)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        person = context.get("user")
        if not isinstance(person, User):
            person = next(iter(filter_users_by_email(email, is_active=True)), None)
        mail.send(name=template_prefix.rpartition("/")[2], address=email, person=person, context=context)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """allauth knows whose news it is, and would forget."""
        super().send_notification_mail(template_prefix, user, {**(context or {}), "user": user}, email)
