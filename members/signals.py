"""What allauth says about people's addresses, translated into joining and leaving."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from members import services
from members.errors import MembersError


def connect() -> None:
    from allauth.account.signals import email_changed, email_confirmed, email_removed

    email_confirmed.connect(join_at_once, dispatch_uid="members.join_at_once")
    email_changed.connect(address_gone, dispatch_uid="members.address_changed")
    email_removed.connect(address_gone, dispatch_uid="members.address_removed")


def join_at_once(*, request: HttpRequest | None, email_address: Any, **_signal: Any) -> None:
    """An address was confirmed: at one organisation's domain it joins, at several its person is asked which."""
    try:
        found = services.join_on_verification(person=email_address.user, address=email_address.email)
    except MembersError:  # it left the network this moment: there is nothing to join
        return
    if request is None or not found:
        return
    if len(found) == 1:
        messages.success(request, _("You now belong to %(name)s.") % {"name": found[0].name})
    else:
        messages.info(request, _("Your address belongs to several organisations. Choose yours on your account page."))


def address_gone(*, user: Any, **_signal: Any) -> None:
    """What rested on the address alone ends with it."""
    services.end_what_address_gave(person=user)
