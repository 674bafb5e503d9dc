"""Where the list, the feed and the calendar of opportunities stand."""

from typing import Any

from django.urls import reverse

from members.models import Organisation
from places.models import Place, ProgrammePage

KINDS = ((ProgrammePage, "programme"), (Place, "place"), (Organisation, "council"))


def addresses(what: Any) -> dict[str, str]:
    """Those of a programme, a place or an organisation; of all, if it is nothing."""
    if what is None:
        return {
            "list_url": reverse("opportunities"),
            "calendar_url": reverse("calendar"),
            "feed_url": reverse("feed_opportunities"),
        }
    name = next(name for kind, name in KINDS if isinstance(what, kind))
    return {
        "list_url": f"{reverse('opportunities')}?{name}={what.slug}",
        "calendar_url": reverse(f"calendar_{name}", args=[what.slug]),
        "feed_url": reverse(f"feed_opportunities_{name}", args=[what.slug]),
    }
