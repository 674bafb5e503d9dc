"""When somebody is asked whether what they wrote is still true. Pure rules over dates; `selectors.due` asks the rows.

A case study is due a year after its last confirmation, and an unanswered question comes again after half a year. After
two years without an answer the page says so. An account of something that has ended is history: nobody is asked about
it, and it does not go stale. An adoption is asked after 3, 6 and 12 months, until it has stopped.
"""

from datetime import date

from casestudies.choices import AdoptionStatus, Stage
from core.dates import add_months, first_day, months_ago

DUE_AFTER = 12
ASK_AGAIN_AFTER = 6
STALE_AFTER = 24
NUDGES = (3, 6, 12)
NUDGED_STATUSES = (
    AdoptionStatus.INTERESTED,
    AdoptionStatus.PLANNING,
    AdoptionStatus.TRYING,
    AdoptionStatus.RUNNING,
)
# Who has just said how it goes is not asked the week after.
JUST_TOLD = 1


def is_stale(*, confirmed_on: date | None, stage: str, ended: str, today: date) -> bool:
    """Whether nobody has said for two years that it is still true; `ended` is what its author said beside the text."""
    if confirmed_on is None or stage == Stage.ENDED or ended:
        return False
    return confirmed_on <= months_ago(today, STALE_AFTER)


def nudge_due(*, started: str, recorded: date, told: date, nudged: int, today: date) -> int:
    """Which nudge of an adoption is due: 3, 6 or 12 months, or 0 for none.

    Months count from the later of its start and its record: what began years ago, and is recorded today, is asked
    about in three months. Of several that are due at once only the last one is meant. `told` is when somebody last
    said how it goes; `nudged` the last nudge.
    """
    begun = max(filter(None, (recorded, first_day(started))))
    passed = [months for months in NUDGES if add_months(begun, months) <= today]
    if not passed or passed[-1] <= nudged:
        return 0
    return 0 if just_told(told, today) else passed[-1]


def just_told(told: date, today: date) -> bool:
    """Whether somebody has said within a month how it goes."""
    return told > months_ago(today, JUST_TOLD)
