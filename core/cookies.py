"""What this site keeps in a browser, all of it, for the cookie page. Tests walk site and scripts and compare."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Cookie:
    name: str
    purpose: Any
    when: Any
    lasts: Any


def cookies() -> list[Cookie]:
    """Each is strictly necessary for what the person asked for (PECR, schedule A1): no consent is asked."""
    weeks = settings.SESSION_COOKIE_AGE // (7 * 24 * 3600)
    return [
        Cookie(
            name=settings.SESSION_COOKIE_NAME,
            purpose=_("Knows from one page to the next that it is still you."),
            when=_("When you sign in, or begin to"),
            lasts=_("%(n)s weeks, or until you sign out") % {"n": weeks},
        ),
        Cookie(
            name=settings.CSRF_COOKIE_NAME,
            purpose=_("Proves that a form was sent from this site and not from somewhere else."),
            when=_("On a page with a form that changes something"),
            lasts=_("A year"),
        ),
        Cookie(
            name="messages",
            purpose=_("Carries a short message, such as “Your comment has been saved”, to the next page."),
            when=_("After you have sent a form"),
            lasts=_("Until you have seen the message"),
        ),
    ]


def entries() -> list[Cookie]:
    """What scripts keep in the browser's storage, which the law treats as cookies."""
    return [
        Cookie(
            name="moderation-keys",
            purpose=_("Remembers that you switched the keyboard shortcuts off. It is sent to nobody, us included."),
            when=_("When a moderator switches them off"),
            lasts=_("Until you switch them on again or clear your browser’s storage"),
        ),
    ]
