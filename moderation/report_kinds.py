"""What each kind of report sets in motion: its clock, whether the thing is hidden at once, who may see the case.

One table, read by the form, the services, the queue and `/moderation-policy/`. The duties behind it: Online Safety
Act 2023 sections 10, 20, 21 and 66, Defamation Act 2013 section 5 with SI 2013/3028, Data Protection Act 2018
section 164A.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.models import OperatorSettings
from moderation.clocks import working_hours_after
from moderation.models import ReportKind

POSTER_HAS_DAYS = 5
ACKNOWLEDGE_DAYS = 30
NOTICE_HOURS = 48


@dataclass(frozen=True, kw_only=True)
class Facts:
    """`clock` gives when it is due from when it came; `promise` is the same in words, for everybody.

    `hides`: the thing is away from every reader until somebody has looked, whoever reported it. `locked`: only
    people named for it see the case, and the thing. `counts`: with others like it, enough of them hide the thing.
    `tells`: those who can act get a letter when it comes. `by_law`: the clock is in an Act, not only in our rules.
    `hint` helps to choose it in the form.
    """

    clock: Callable[[datetime], datetime]
    promise: Any
    hint: Any
    by_law: bool = False
    tells: bool = False
    hides: bool = False
    locked: bool = False
    counts: bool = False


def _hours(number: int) -> Callable[[datetime], datetime]:
    return lambda filed: filed + timedelta(hours=number)


def _days_for_complaints() -> int:
    """The operator's word, which the page about complaints gives as well."""
    return OperatorSettings.load().days_for_complaints


def _promise_to_complainants() -> str:
    days = _days_for_complaints()
    within = ngettext("We answer within %(n)d day.", "We answer within %(n)d days.", days) % {"n": days}
    return " ".join([within, gettext("About a report of an intimate picture within 48 hours: give its reference.")])


_RULES = _("We decide within 48 hours.")

FACTS: dict[str, Facts] = {
    ReportKind.CHILD_ABUSE: Facts(
        clock=_hours(24),
        promise=_(
            "We hide it at once, wherever it stands, and report it to the National Crime Agency without delay, as the "
            "law asks, within 24 hours at the latest. Only people named for this see the case."
        ),
        hint=_("If a child is in danger now, call 999. Do not copy the material or send it to us."),
        tells=True,
        hides=True,
        locked=True,
    ),
    ReportKind.INTIMATE_IMAGE: Facts(
        clock=_hours(48),
        promise=_("We hide it at once and take it away with its copies within 48 hours."),
        hint=_("Of yourself, or of somebody for whom you speak. The picture may be real or made."),
        by_law=True,
        tells=True,
        hides=True,
    ),
    ReportKind.ILLEGAL: Facts(
        clock=_hours(24),
        promise=_("It is looked at before everything else. We decide within 24 hours."),
        hint=_("For example threats, hatred, fraud, terrorism, harassment, or the sale of what must not be sold."),
        tells=True,
        counts=True,
    ),
    ReportKind.DEFAMATION: Facts(
        clock=lambda filed: working_hours_after(filed, NOTICE_HOURS),
        promise=_(
            "Within 48 hours, weekends and bank holidays apart, we pass a complete notice to whoever wrote it, without "
            "your name unless you agree, or take the words away. The writer has five days to answer."
        ),
        hint=_("Words that are untrue and harm you or somebody for whom you speak. You make a notice of complaint."),
        by_law=True,
    ),
    ReportKind.PERSONAL_DATA: Facts(
        clock=lambda filed: filed + timedelta(days=ACKNOWLEDGE_DAYS),
        promise=_(
            "We confirm a complaint at once, and in any case within 30 days, take it up without delay, tell you how it "
            "stands, and what came of it."
        ),
        hint=_("Somebody’s name, address, picture or story is used in a way that it should not be, here or by us."),
        by_law=True,
    ),
    ReportKind.ABUSE: Facts(clock=_hours(48), promise=_RULES, hint="", counts=True),
    ReportKind.WRONG: Facts(clock=_hours(48), promise=_RULES, hint="", counts=True),
    ReportKind.SPAM: Facts(clock=_hours(48), promise=_RULES, hint="", counts=True),
    ReportKind.OTHER: Facts(clock=_hours(48), promise=_RULES, hint="", counts=True),
    ReportKind.COMPLAINT: Facts(
        clock=lambda filed: filed + timedelta(days=_days_for_complaints()),
        promise=lazy(_promise_to_complainants, str)(),
        hint=_("About how we run the network, how we decide, or a duty that we have not met."),
    ),
}

LOCKED = tuple(kind for kind, facts in FACTS.items() if facts.locked)
# What can be said without naming a thing on the site.
ABOUT_THE_SITE = (ReportKind.COMPLAINT, ReportKind.PERSONAL_DATA)
ABOUT_A_THING = tuple(kind for kind in ReportKind if kind != ReportKind.COMPLAINT)
