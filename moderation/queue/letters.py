"""The words of the queue's own letters."""

import json
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import post
from moderation.queue.sources import source_named
from moderation.services.alerts import LETTER, NOBODY_LETTER
from moderation.services.approvals import LETTER as APPROVAL_ASKED

MOST = 20
SAMPLE = json.dumps([["comment", "Market in an empty shop", "2026-11-20T09:10:00+00:00"]])


@post.words(LETTER, sample={"items": SAMPLE})
def _overdue(facts: post.Facts) -> post.Words:
    rows = json.loads(facts["items"])
    n = len(rows)
    subject = ngettext(
        "%(n)d thing has waited for a moderator for more than a day",
        "%(n)d things have waited for a moderator for more than a day",
        n,
    ) % {"n": n}
    return post.Words(
        subject=subject,
        lead=subject,
        url=settings.BASE_URL + reverse("moderation_queue"),
        action=_("Open the queue"),
        lines=_lines(rows),
        why=_(
            "You get this mail because you can decide about them. It comes once after 24 hours, once after 48, and "
            "once when their time is up."
        ),
    )


@post.words(NOBODY_LETTER, sample={"items": json.dumps([["report", "", "2026-11-20T09:10:00+00:00"]])})
def _nobody(facts: post.Facts) -> post.Words:
    rows = json.loads(facts["items"])
    n = len(rows)
    subject = ngettext("%(n)d thing waits that nobody may decide", "%(n)d things wait that nobody may decide", n) % {
        "n": n
    }
    return post.Words(
        subject=subject,
        lead=subject,
        before=[
            _(
                "Nobody decides about what they wrote or decided themselves, and only who is named for them works on "
                "locked cases. Make somebody else a moderator, or name somebody for locked cases."
            )
        ],
        url=settings.BASE_URL + reverse("wagtailadmin_home"),
        action=_("Open the CMS"),
        lines=_lines(rows),
        why=_("You get this mail because you look after the network. An administrator gives people these rights."),
    )


def _lines(rows: list[list[str]]) -> list[str]:
    more = len(rows) - MOST
    lines = [_line(*row) for row in rows[:MOST]]
    return [*lines, ngettext("And %(n)d more.", "And %(n)d more.", more) % {"n": more}] if more > 0 else lines


ASKED = {
    "title": "Market in an empty shop",
    "who": "Ada Author",
    "organisation": "Stockport",
    "url": "https://network.example.org/approve/sample/",
}


@post.words(APPROVAL_ASKED, sample=ASKED)
def _approval_asked(facts: post.Facts) -> post.Words:
    return post.Words(
        subject=_("Please sign off: %(title)s") % facts,
        lead=_("%(who)s asks you to sign off “%(title)s” for %(organisation)s.") % facts,
        url=facts["url"],
        action=_("Read it and decide"),
        lines=[
            _("You need no account. The page shows what it says and what it changes; you approve it or send it back."),
            _("The link works once, for 14 days, and for this text only. Do not pass it on: it signs in your name."),
        ],
        why=_("You get this mail because %(who)s, who writes for %(organisation)s, gave your address.") % facts,
    )


def _line(kind: str, where: str, since: str) -> str:
    source = source_named(kind)
    label = capfirst(str(source.one or source.label)) if source else kind
    when = date_format(timezone.localtime(datetime.fromisoformat(since)), "j F Y, H:i")
    if where:
        return _("%(kind)s (%(where)s), waiting since %(when)s") % {"kind": label, "where": where, "when": when}
    return _("%(kind)s, waiting since %(when)s") % {"kind": label, "when": when}
