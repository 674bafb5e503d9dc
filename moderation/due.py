"""By when a page should be decided: so many working days after it came to the step, as staff set it in the CMS."""

from datetime import datetime

from moderation.clocks import working_hours_after
from moderation.models import ModerationSettings

HOURS_A_DAY = 24


def page_working_days() -> int:
    settings = ModerationSettings.objects.first()
    return settings.page_working_days if settings else ModerationSettings().page_working_days


def page_due(since: datetime, days: int) -> datetime:
    """The same time of day that many working days later; weekends and bank holidays do not count."""
    return working_hours_after(since, days * HOURS_A_DAY)
