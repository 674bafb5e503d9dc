"""What readers hear of asks: the words, and the stories of digests."""

from typing import Any

from django.utils.translation import gettext as _

from discussion.models import Ask


def card(ask: Ask) -> dict[str, Any]:
    """What every reader may know of a published ask."""
    return {
        "root": ("ask", ask.pk),
        "title": ask.title,
        "url": ask.get_absolute_url(),
        "byline": _("Ask from %(place)s") % {"place": ask.organisation.short_name} if ask.organisation else _("Ask"),
    }
