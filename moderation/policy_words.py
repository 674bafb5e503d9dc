"""What each reason of the policy means, in words for everybody: `/moderation-policy/` shows all of them.

Numbers stand at the end of a sentence, so that one sentence does for every number in both languages.
"""

from typing import Any

from django.utils.translation import gettext as _

from moderation.policy import ReasonCode as Code
from moderation.policy import Rules

AT_ONCE = (Code.STAFF, Code.MEMBER, Code.TRUSTED)
FIRST = (
    Code.NEW_PERSON,
    Code.REJECTED_BEFORE,
    Code.LIMITED,
    Code.LINKS,
    Code.BLOCKED_WORD,
    Code.REPEATED,
    Code.RATE,
    Code.REPORTED,
    Code.CHANGES_ASKED,
    Code.NOT_OF_ORGANISATION,
)
AFTERWARDS = (Code.REPORTS_TOGETHER, Code.REPORTED_GRAVELY, Code.DECISION, Code.TAKEN_BACK, Code.BY_AUTHOR)


def explained(rules: Rules) -> dict[Code, str]:
    """Every code with what it means under the rules in force; a test fails when one is left out."""
    return {
        Code.STAFF: _("The network’s moderators and editors: at once."),
        Code.MEMBER: _(
            "Members of an organisation in the network: at once from the start. Their organisation knows them."
        ),
        Code.TRUSTED: _("Everybody else: at once, when moderators have approved this many things of theirs: %(n)d.")
        % {"n": rules.approvals_for_trust},
        Code.NEW_PERSON: _("You are new: you are neither a member nor have you as many approvals yet."),
        Code.REJECTED_BEFORE: _(
            "Something of yours was declined or hidden, members’ included. This counts for so many days: %(n)d."
        )
        % {"n": rules.forget_rejections_after_days},
        Code.LIMITED: _("A moderator has limited you."),
        Code.LINKS: _("It has more links than %(n)d.") % {"n": rules.max_links},
        Code.BLOCKED_WORD: _(
            "It has a word or phrase that is often used in advertising or abuse. We do not show the list: it would "
            "tell advertisers what to avoid."
        ),
        Code.REPEATED: _("It says the same as something else that you wrote within the hour."),
        Code.RATE: _("You have written a lot within the hour. The number is %(n)d.") % {"n": rules.max_per_hour},
        Code.REPORTED: _("More things of yours than %(n)d have been reported, and no moderator has looked yet.")
        % {"n": rules.max_open_reports},
        Code.CHANGES_ASKED: _("A moderator asked you for changes, and you have sent it again."),
        Code.NOT_OF_ORGANISATION: _("It speaks for an organisation whose author you are not, whoever you are."),
        Code.REPORTS_TOGETHER: _("Several readers reported it, independently of each other: it waits for a moderator."),
        Code.REPORTED_GRAVELY: _("It was reported for something so grave that it is hidden before anybody has looked."),
        Code.DECISION: _("A moderator decided: you are told what, why, and how to appeal."),
        Code.TAKEN_BACK: _("A moderator took an earlier decision back, and looks again."),
        Code.BY_AUTHOR: _("You removed it yourself. No moderator brings it back."),
    }


def grouped(rules: Rules) -> dict[str, list[str]]:
    """The same in the order of the page."""
    words = explained(rules)
    groups = {"at_once": AT_ONCE, "first": FIRST, "afterwards": AFTERWARDS}
    return {name: [words[code] for code in codes] for name, codes in groups.items()}


def about_people() -> list[tuple[Any, str]]:
    """What a moderator may decide about a person, and what it means for them."""
    from moderation.models import SanctionKind as Kind

    return [
        (Kind.WARN.label, _("You are told which rule you broke. Nothing else changes.")),
        (Kind.LIMIT.label, _("Whatever you write is looked at first, until a day or for good.")),
        (
            Kind.SUSPEND.label,
            _("You can read, sign in, report and appeal, but not write, until a day: in a year at the latest."),
        ),
        (
            Kind.BAN.label,
            _(
                "Your account is closed for good. Two moderators must agree; until the second has, you are suspended, "
                "for seven days at most."
            ),
        ),
    ]
