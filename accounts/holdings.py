"""What the room of accounts keeps of a person."""

from collections.abc import Iterator
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import DataExport, Leaving, User
from core.personal_data import Blocker, deletes, nobody_leaves_while, register, table

GOES = _("Deleted.")


def sessions_of(person: Any) -> Iterator[Session]:
    """A session does not say whose it is without being opened."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(person.pk):
            yield session


def _end_sessions(person: Any) -> int:
    keys = [session.pk for session in sessions_of(person)]
    UserSession.objects.filter(user=person.pk).delete()
    return Session.objects.filter(pk__in=keys).delete()[0]


def _forget_groups(person: Any) -> int:
    person.groups.clear()
    person.user_permissions.clear()
    return 0


def _erase_exports(person: Any) -> int:
    for export in DataExport.objects.filter(person=person).exclude(file=""):
        export.file.delete(save=False)
    return DataExport.objects.filter(person=person).delete()[0]


def only_administrator(person: Any) -> Blocker | None:
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=person.pk)
    if not person.is_superuser or others.exists():
        return None
    return Blocker(
        code="only-administrator",
        words=_("You are the only administrator of the network. Make somebody else one first."),
    )


nobody_leaves_while(only_administrator)
register(
    table(
        name="account",
        order=10,
        what=_("Your account: name, address, language, and a scrambled form of your password"),
        find=lambda person: User.objects.filter(pk=person.pk),
        fields={
            "id": _("number of your account"),
            "email": _("the address that you sign in with"),
            "name": _("the name that others see"),
            "language": _("language of our mail to you"),
            "date_joined": _("when you signed up"),
            "last_login": _("when you last signed in"),
            "is_active": _("whether you may sign in"),
            "is_staff": _("whether you may use the tools of administrators"),
            "is_superuser": _("whether you are an administrator"),
        },
        on_leaving=_("Name, address and password are deleted; a bare number stays, for the log of decisions."),
    ),
    table(
        name="groups",
        order=11,
        what=_("The groups that say what you may do in the editor"),
        find=lambda person: person.groups.order_by("pk"),
        fields={"name": _("name of the group")},
        columns=("accounts.user_groups.user", "accounts.user_user_permissions.user"),
        on_leaving=GOES,
        erase=_forget_groups,
    ),
    table(
        name="addresses",
        order=12,
        what=_("Your email addresses, and whether you have confirmed them"),
        find=lambda person: EmailAddress.objects.filter(user=person.pk),
        fields={
            "email": _("address"),
            "verified": _("whether you confirmed it"),
            "primary": _("whether we write there"),
        },
        columns=("account.emailaddress.user",),
        on_leaving=GOES,
        erase=deletes(lambda person: EmailAddress.objects.filter(user=person.pk)),
    ),
    table(
        name="second-steps",
        order=13,
        what=_("Your second steps at sign-in; their secrets are in no download"),
        find=lambda person: Authenticator.objects.filter(user=person.pk),
        fields={"type": _("kind"), "created_at": _("since when"), "last_used_at": _("when you last used it")},
        columns=("mfa.authenticator.user",),
        on_leaving=GOES,
        erase=deletes(lambda person: Authenticator.objects.filter(user=person.pk)),
    ),
    table(
        name="providers",
        order=13,
        what=_("The providers by which you sign in, such as your council’s"),
        find=lambda person: SocialAccount.objects.filter(user=person.pk).order_by("pk"),
        fields={
            "provider": _("which provider"),
            "uid": _("what it calls you"),
            "extra_data": _("what it told us of you"),
            "date_joined": _("since when"),
            "last_login": _("when you last signed in by it"),
        },
        columns=("socialaccount.socialaccount.user",),
        on_leaving=GOES,
        erase=deletes(lambda person: SocialAccount.objects.filter(user=person.pk)),
    ),
    table(
        name="sessions",
        order=14,
        what=_("Where you are signed in"),
        find=lambda person: UserSession.objects.filter(user=person.pk).order_by("pk"),
        fields={
            "created_at": _("since when"),
            "last_seen_at": _("when you were last seen there"),
            "user_agent": _("what the browser calls itself"),
            "ip": _("the network address"),
        },
        columns=("usersessions.usersession.user",),
        on_leaving=GOES,
        erase=_end_sessions,
    ),
    table(
        name="downloads",
        order=95,
        what=_("When you asked for your data, or for your account to be deleted"),
        find=lambda person: DataExport.objects.filter(person=person.pk).order_by("pk"),
        fields={
            "asked_at": _("when you asked"),
            "ready_at": _("when it was ready"),
            "erased_at": _("when it was erased"),
        },
        columns=("accounts.dataexport.person",),
        on_leaving=GOES,
        erase=_erase_exports,
    ),
    table(
        name="leaving",
        order=96,
        what=_("That you asked for your account to be deleted"),
        find=lambda person: Leaving.objects.filter(person=person.pk),
        fields={"asked_at": _("when you asked"), "due_at": _("when it is deleted")},
        columns=("accounts.leaving.person",),
        on_leaving=_("Stays with the bare number: that it was done, and when."),
    ),
)
