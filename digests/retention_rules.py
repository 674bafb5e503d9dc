"""The schedule of `digests.services.retention`, for the list that people read; and what runs with the others."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.retention import Last, Rule, register
from digests.consent import KEPT as REQUESTS_KEPT
from digests.models import RetentionRun
from digests.services import retention
from digests.services.requests import forget_follow_requests
from digests.services.searches import KEPT as SEARCHES_KEPT
from digests.services.searches import forget_searches

_GOVUK = _("The schedule of GOV.UK’s email service")
_LAST_MAIL = _("you stop your last mail, if you only ever followed")
_LATER = _("it was written down, if the address is no account’s")

# Name of the rule there → how long, from when, why.
TERMS: dict[str, tuple[timedelta, Any, Any]] = {
    "words of mails": (retention.WORDS_KEPT, _("the mail was sent"), _("So that somebody can ask what a mail said")),
    "people who left": (retention.ADDRESS_KEPT, _LAST_MAIL, _GOVUK),
    "mails to addresses without an account": (retention.ADDRESS_KEPT, _("the mail was written"), _GOVUK),
    "addresses of closed accounts": (retention.ADDRESS_KEPT, _("the mail was written"), _GOVUK),
    "suppressed addresses without an account": (
        retention.ADDRESS_KEPT,
        _("mail there came back; a year if mail was reported as unwanted"),
        _GOVUK,
    ),
    "allowed addresses without an account": (retention.ADDRESS_KEPT, _LATER, _GOVUK),
    "addresses in what staff did": (retention.ADDRESS_KEPT, _LATER, _GOVUK),
    "paces of domains": (retention.ADDRESS_KEPT, _("the last mail to it"), _("A domain may be one person’s")),
    "mails of more than a year ago": (retention.HISTORY_KEPT, _("the mail was written"), _GOVUK),
    "digests of more than a year ago": (retention.HISTORY_KEPT, _("the end of the days it was about"), _GOVUK),
    "digest runs of more than a year ago": (retention.HISTORY_KEPT, _("the end of the days it was about"), _GOVUK),
    "news of more than a year ago": (retention.HISTORY_KEPT, _("the news"), _GOVUK),
}
WORDS = {
    "words of mails": _("The words of mails sent to you"),
    "people who left": _("Your address and what you followed"),
    "mails to addresses without an account": _("Mails to addresses without an account"),
    "addresses of closed accounts": _("The address in mails to closed accounts"),
    "suppressed addresses without an account": _("Addresses at which mail did not arrive or was not wanted"),
    "allowed addresses without an account": _("That an address may get mail again"),
    "addresses in what staff did": _("Addresses in the record of what staff did with mail"),
    "paces of domains": _("How fast mail may go to a domain"),
    "mails of more than a year ago": _("That a mail was sent, when, and whether it arrived"),
    "digests of more than a year ago": _("What was in your digests"),
    "digest runs of more than a year ago": _("When digests went out"),
    "news of more than a year ago": _("What digests may tell of"),
}


def _last(name: str) -> Callable[[], Last | None]:
    def find() -> Last | None:
        run = RetentionRun.objects.first()
        if run is None:
            return None
        return Last(started_at=run.started_at, finished_at=run.finished_at, rows=run.done.get(name, 0))

    return find


register(
    *(
        Rule(
            name=rule.name.replace(" ", "-"),
            order=40,
            what=WORDS[rule.name],
            kept=TERMS[rule.name][0],
            since=TERMS[rule.name][1],
            why=TERMS[rule.name][2],
            last=_last(rule.name),
        )
        for rule in retention.RULES
        if rule.name in TERMS
    ),
    Rule(
        name="follow-requests",
        order=30,
        what=_("An address from which somebody asked to follow something"),
        kept=REQUESTS_KEPT,
        since=_("the question, unless you confirm it"),
        why=_("The link in our mail works that long"),
        run=lambda now: forget_follow_requests(now=now),
    ),
    Rule(
        name="followed-searches",
        order=30,
        what=_("Searches that were followed"),
        kept=SEARCHES_KEPT,
        since=_("nobody follows them any more"),
        why=_("So that a follow can be taken up again"),
        run=lambda now: forget_searches(now=now),
    ),
)
