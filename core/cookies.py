"""The cookies that this site sets: all of them, for the cookie page. A test walks the site and compares."""

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
