"""Letters to people whose account is switched off, and who get no notices: a ban, and what the appeal came to."""

from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import post
from core.dates import readable
from moderation.links import appeal_url
from moderation.models.appeals import WINDOW

if TYPE_CHECKING:
    from moderation.models import Decision

BANNED, APPEAL_UPHELD = "account_banned", "appeal_of_banned"
SAMPLE = {
    "reason_en": "It attacks or insults somebody",
    "reason_cy": "Mae’n ymosod ar rywun neu’n ei sarhau",
    "rule_en": "We argue about what was tried, and attack or insult nobody.",
    "rule_cy": "Rydym yn dadlau am yr hyn a roddwyd ar brawf, heb ymosod ar neb na’i sarhau.",
    "words": "You went on after two warnings.",
    "link": "https://example.org/appeal/7/",
    "until": "2026-12-23",
}


def facts_of(decision: "Decision") -> post.Facts:
    """What the letter about a decision needs to know, in both languages."""
    given = {
        f"{part}_{language}": decision.reason_words.get(language, {}).get(field, "")
        for part, field in (("reason", "label"), ("rule", "rule"))
        for language in ("en", "cy")
    }
    return {
        **given,
        "words": decision.words,
        "link": appeal_url(decision, signed=True),
        "until": (decision.decided_at + WINDOW).date().isoformat(),
    }


def _in_language(facts: post.Facts, part: str) -> str:
    return facts.get(f"{part}_{(get_language() or 'en')[:2]}") or facts.get(f"{part}_en", "")


@post.words(BANNED, sample=SAMPLE)
def _banned(facts: post.Facts) -> post.Words:
    return post.Words(
        subject=_("Your account was closed"),
        lead=_("Two moderators have decided to ban you from the network. You cannot sign in any more."),
        before=[line for line in (_in_language(facts, "reason"), _in_language(facts, "rule")) if line],
        quote=facts["words"],
        quote_from=_("The moderators write:"),
        url=facts["link"],
        action=_("Appeal against the decision"),
        lines=[
            _("You can appeal once, until %(day)s. A moderator who had no part in the decision looks at it again.")
            % {"day": readable(facts["until"], "day")}
        ],
        why=_("You get this mail because it is about your account. Decisions are always sent."),
    )


@post.words(APPEAL_UPHELD, sample=SAMPLE)
def _upheld(facts: post.Facts) -> post.Words:
    return post.Words(
        subject=_("Your appeal: the decision stands"),
        lead=_("Another moderator has looked at your appeal. The decision stands."),
        quote=facts["words"],
        quote_from=_("The moderators write:"),
        lines=[_("This was the only appeal against this decision.")],
        why=_("You get this mail because you appealed. The answer is always sent."),
    )
