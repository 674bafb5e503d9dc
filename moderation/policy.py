"""The moderation policy: a pure function from facts about a person and a text to a verdict with its reasons.

In words (`/moderation-policy/` says the same to everybody):

1. A person is new until a moderator has approved `approvals_for_trust` of their contributions. What a new person
   contributes is held. Active members of an organisation are known to their organisation, and so are trusted from
   the start; moderators and editors always.
2. A refusal (declined, or hidden after publication) takes trust away until it is forgotten, member or not.
3. What somebody writes whom a moderator has limited for a time is held, whoever they are.
4. Trusted or not, a text is held if it has too many links, holds a blocked word, repeats what the person wrote
   before, or comes faster than people write; and while reports about the person are open. Only the network's own
   staff are exempt.
5. What somebody says for an organisation whose author they are not is held, whoever they are (`hold_because` of
   `moderation.services.submit`).
6. Everything else is published at once.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    PUBLISH = "publish", _("Publish")
    HOLD = "hold", _("Hold")


class ReasonCode(models.TextChoices):
    """Why a contribution is in its state, in words for its author and for moderators."""

    NEW_PERSON = "new_person", _("Your first contributions are looked at before they appear.")
    REJECTED_BEFORE = "rejected_before", _("Something you wrote before was not published.")
    LIMITED = "limited", _("A moderator has decided that what you write is looked at first, for a time.")
    LINKS = "links", _("It has many links.")
    BLOCKED_WORD = "blocked_word", _("It has a word that is often used in advertising or abuse.")
    RATE = "rate", _("You have written a lot in the last hour.")
    REPEATED = "repeated", _("You have written the same before.")
    CHANGES_ASKED = "changes_asked", _("A moderator asked for changes and looks at it again.")
    REPORTED = "reported", _("Readers have reported something of yours, and a moderator has not looked yet.")
    NOT_OF_ORGANISATION = "not_of_organisation", _("You are not an author of the organisation that this is about.")
    STAFF = "staff", _("You work for the network.")
    MEMBER = "member", _("You are a member of an organisation in the network.")
    TRUSTED = "trusted", _("Moderators have approved what you wrote before.")
    # What readers' reports did by themselves (`moderation.services.report_hiding`).
    REPORTS_TOGETHER = "reports_together", _("Several readers reported it, and a moderator has not looked yet.")
    REPORTED_GRAVELY = "reported_gravely", _("It was reported for something that has us hide it before we have looked.")
    # Not the policy's: what people decided afterwards.
    DECISION = "decision", _("A moderator decided.")
    TAKEN_BACK = "taken_back", _("A moderator took an earlier decision back, and looks again.")
    BY_AUTHOR = "by_author", _("Its author removed it.")


BY_REPORTS = frozenset({ReasonCode.REPORTS_TOGETHER.value, ReasonCode.REPORTED_GRAVELY.value})


def taken_away_by_reports(reasons: Collection[str]) -> bool:
    """Whether these are the reasons of what reports took from its readers by themselves: no moderator has decided."""
    return bool(BY_REPORTS.intersection(reasons))


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The policy's numbers and words. The defaults are those of `ModerationSettings`."""

    approvals_for_trust: int = 2
    forget_rejections_after_days: int = 365
    max_links: int = 2
    max_per_hour: int = 10
    max_open_reports: int = 1
    blocked_words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PersonFacts:
    """`approved` and `rejected` count contributions by the last decision about each; `open_reports` are weighed."""

    is_staff: bool = False
    is_member: bool = False
    limited: bool = False
    approved: int = 0
    rejected: int = 0
    in_the_last_hour: int = 0
    open_reports: int | Fraction = 0


@dataclass(frozen=True, kw_only=True)
class TextFacts:
    links: int = 0
    blocked_words: tuple[str, ...] = ()
    repeats: bool = False
    changes_asked: bool = False

    @classmethod
    def of(cls, text: str, *, rules: Rules, **known: bool) -> "TextFacts":
        """Count what can be counted in the text; `known` are the facts that are not in it."""
        return cls(links=count_links(text), blocked_words=find_words(text, rules.blocked_words), **known)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    action: Action
    reasons: tuple[ReasonCode, ...]

    @property
    def publish(self) -> bool:
        return self.action == Action.PUBLISH

    def held_because(self, reasons: Sequence[ReasonCode]) -> "Verdict":
        """The same, held for these reasons too."""
        if not reasons:
            return self
        against = () if self.publish else self.reasons
        return Verdict(action=Action.HOLD, reasons=(*reasons, *against))

    @property
    def codes(self) -> list[str]:
        """As a contribution keeps them."""
        return [reason.value for reason in self.reasons]

    @property
    def words(self) -> list[str]:
        return [str(reason.label) for reason in self.reasons]


def judge(*, person: PersonFacts, text: TextFacts, rules: Rules) -> Verdict:
    """Hold or publish, and why; every reason that applies is named."""
    if person.is_staff and not person.limited:
        return Verdict(action=Action.PUBLISH, reasons=(ReasonCode.STAFF,))
    trust = (
        ReasonCode.MEMBER
        if person.is_member
        else ReasonCode.TRUSTED
        if person.approved >= rules.approvals_for_trust
        else None
    )
    checks = (
        (ReasonCode.NEW_PERSON, trust is None and not person.rejected),
        (ReasonCode.REJECTED_BEFORE, person.rejected > 0),
        (ReasonCode.LIMITED, person.limited),
        (ReasonCode.LINKS, text.links > rules.max_links),
        (ReasonCode.BLOCKED_WORD, bool(text.blocked_words)),
        (ReasonCode.REPEATED, text.repeats),
        (ReasonCode.CHANGES_ASKED, text.changes_asked),
        (ReasonCode.RATE, person.in_the_last_hour >= rules.max_per_hour),
        (ReasonCode.REPORTED, person.open_reports > rules.max_open_reports),
    )
    against = tuple(code for code, applies in checks if applies)
    if against or trust is None:
        return Verdict(action=Action.HOLD, reasons=against)
    return Verdict(action=Action.PUBLISH, reasons=(trust,))


def words_of(codes: Iterable[Any]) -> list[str]:
    """The words of stored codes; a code of a later or earlier version is left out."""
    return [str(ReasonCode(code).label) for code in codes if code in ReasonCode.values]


_LINK = re.compile(r"https?:|www\.|\b[a-z0-9-]+\.(?:com|net|org|info|biz|io|ru|cn|xyz|top|shop|online|site|uk)\b", re.I)
_URL = re.compile(r"\b(?:https?:/{0,2}|www\.)\S+", re.I)


def count_links(text: str) -> int:
    """Addresses, with or without `https://`. Generous: a second look costs little, an advertisement more."""
    urls = _URL.findall(text)
    return len(urls) + len(_LINK.findall(_URL.sub(" ", text)))


def find_words(text: str, words: Iterable[str]) -> tuple[str, ...]:
    """The blocked words that stand in the text as whole words, whatever their case and spacing."""
    padded = f" {_plain(text)} "
    return tuple(word for word in words if _plain(word) and f" {_plain(word)} " in padded)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()
