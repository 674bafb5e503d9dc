"""The mail that asks whether somebody really wants mail.

It may go to somebody who asked for nothing, so nothing stands in it that a stranger has typed: no words of a search.
"""

from collections.abc import Sequence

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from digests import targets, tokens
from digests.consent import KEPT, consent_words
from digests.models import FollowRequest, MailKind, OutgoingEmail
from digests.rendering.letters import Nothing, Written, compose, writes
from digests.targets import TargetCard


@writes(MailKind.FOLLOW)
def write_requests(mails: Sequence[OutgoingEmail]) -> dict[int, Written]:
    """One letter for each request that still waits for an answer."""
    requests = FollowRequest.objects.in_bulk({mail.payload["request"] for mail in mails})
    written: dict[int, Written] = {}
    for language in sorted({mail.tongue for mail in mails}):
        with translation.override(language):
            cards = targets.load({one.target for one in requests.values()})
            for mail in mails:
                if mail.tongue == language:
                    request = requests.get(mail.payload["request"])
                    written[mail.pk] = _letter(request, cards)
    return written


def _letter(request: FollowRequest | None, cards: dict[targets.Target, TargetCard]) -> Written:
    if request is None or request.confirmed_at:
        return Nothing("It was confirmed or forgotten already.")
    card = cards.get(request.target)
    if card is None:
        return Nothing("What they wanted to follow is gone.")
    name = plain_name(card)
    return compose(
        "follow_confirm",
        {
            "name": name,
            "asked_on": date_format(localtime(request.asked_at), "j F Y"),
            "wording": consent_words(name=name, cadence=request.cadence),
            "confirm_url": tokens.confirm_link(request.pk),
            "days": tokens.CONFIRM_LIFETIME.days,
            "kept": KEPT.days,
            "why": _("You get this mail because somebody gave this address on %(site)s.") % {"site": settings.BASE_URL},
        },
        headers={},
    )


def plain_name(card: TargetCard) -> str:
    """What it is called in a mail to somebody who may not have asked for it."""
    return _("a search on our site") if card.kind == targets.SAVED_SEARCH else card.called
