"""What readers hear of briefings: title, summary, whose it is. The rest is for members, and is on the page."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from digests.stories import Story

if TYPE_CHECKING:
    from core.models import Event

PUBLISHED, UPDATED = "briefing.published", "briefing.updated"
KINDS = frozenset({PUBLISHED, UPDATED})


def cards(ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """What every reader may know of published briefings; two queries. `members_only` is about the rest of them."""
    from casestudies.models import BriefingPage
    from members.selectors import organisation_pages_above

    if not ids:
        return {}
    pages = list(BriefingPage.objects.listed().without_texts().filter(pk__in=ids))
    above = organisation_pages_above(pages)
    found = {}
    for page in pages:
        own = above.get(page.path)
        found[page.pk] = {
            "root": ("briefing", page.pk),
            "title": page.title,
            "url": page.get_absolute_url(),
            "byline": _("Briefing by %(who)s") % {"who": own.organisation.short_name} if own else _("Briefing"),
            "organisation": own.organisation_id if own else 0,
            "summary": page.summary,
            "members_only": True,
        }
    return found


def load(events: Sequence["Event"]) -> dict[int, Story]:
    """New and changed briefings, for everybody: nothing in a story is for members."""
    known = cards({event.subject_id for event in events})
    return {
        event.pk: Story(
            **{**known[event.subject_id], "members_only": False},
            is_new=event.kind == PUBLISHED,
            change=_("New") if event.kind == PUBLISHED else _("Updated"),
        )
        for event in events
        if event.subject_id in known
    }
