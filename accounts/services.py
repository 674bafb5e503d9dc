"""Accounts that are opened without a password, for people who have shown that they read mail at an address."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest

from accounts.models import User
from accounts.sessions import end_every_session
from core import post


@transaction.atomic
def account_of_mailbox(*, address: str, language: str) -> User:
    """The account of whoever has just shown that they read mail at `address`; opened if there is none.

    The address counts as verified from now on. A new account has no password: its owner signs in with a code that is
    mailed to them.
    """
    verified = EmailAddress.objects.filter(email__iexact=address, verified=True).select_related("user").first()
    if verified:
        owner: User = verified.user
        return owner
    person = User.objects.filter(email__iexact=address).first()
    if person is None:
        person = User.objects.create_user(address, language=language)
    else:
        forget_unproven_password(person=person)
    EmailAddress.objects.filter(user=person, primary=True).exclude(email__iexact=address).update(primary=False)
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})
    return person


def forget_unproven_password(*, person: User) -> None:
    """Drop a password that was chosen before anybody showed that they read mail at the account's address.

    Else somebody signs up with another's address and a password of their own, waits until the other one proves the
    address for another reason, and gets in. Who chose it rightly chooses a new one, or signs in with a code.
    """
    if EmailAddress.objects.filter(user=person, email__iexact=person.email, verified=False).exists():
        _drop_unused_password(person)


def distrust_password_before_code(*, request: HttpRequest | None, email_address: Any, **_signal: Any) -> None:
    """The same where allauth confirms an address because a sign-in code was typed (its signal `email_confirmed`)."""
    person: User = email_address.user
    if request and any(one.get("method") == "code" for one in get_authentication_records(request, person)):
        _drop_unused_password(person)


def _drop_unused_password(person: User) -> None:
    if person.last_login is None and person.has_usable_password():
        person.set_unusable_password()
        person.save(update_fields=["password"])


@transaction.atomic
def take_off_second_step(*, person: User) -> int:
    """For who has lost phone, key and recovery codes, after somebody has made sure who asks. How many were taken off.

    They are signed out everywhere and told; whoever needs a second step sets a new one up at the next sign-in.
    """
    found = list(Authenticator.objects.filter(user=person).order_by("pk"))
    if found:
        Authenticator.objects.filter(user=person).delete()
        post.send(name="second_step_taken_off", key=f"second-step-off:{person.pk}:{found[-1].pk}", person=person)
    end_every_session(person=person)
    return len(found)
