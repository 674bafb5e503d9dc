"""What somebody without an account agrees to, and how long we keep that they were asked."""

from datetime import timedelta

from django.utils.translation import gettext as _

from digests import tokens
from digests.models import Cadence

# A mail to confirm that waits longer than this is not sent: so its link lives no longer than the request.
WORTH = timedelta(days=1)
KEPT = tokens.CONFIRM_LIFETIME + WORTH


def consent_words(*, name: str, cadence: str) -> str:
    """What somebody agrees to, in the active language; kept with the request."""
    how_often = {
        Cadence.IMMEDIATELY: _("as it happens"),
        Cadence.DAILY: _("at most once a day, at 8 in the morning"),
        Cadence.WEEKLY: _("at most once a week, on Tuesdays at 8 in the morning"),
    }[Cadence(cadence)]
    return _(
        "Email me %(how_often)s when there is something new about %(name)s. "
        "One click in any of these emails stops them."
    ) % {"how_often": how_often, "name": name}
