"""The record of a place, or of all places, as an Atom feed: what everybody may read, the last added first."""

from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import Max, Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from api.addresses import absolute
from api.feeds import LENGTH, AtomFeed, tag_uri
from core.dates import display
from core.html import without_controls
from core.licence import LICENCE_NAME
from places.models import Place, RecordEntry
from places.models.record import GONE
from places.record.selectors import listed


class RecordFeed(Feed):
    feed_type = AtomFeed
    language = settings.LANGUAGE_CODE

    def get_object(self, request: HttpRequest, slug: str = "") -> Place | None:
        return get_object_or_404(Place, slug=slug) if slug else None

    def title(self, obj: Place | None) -> str:
        name = _("The record of %(name)s") % {"name": without_controls(obj.name)} if obj else _("The records of places")
        return f"{name} – {settings.WAGTAIL_SITE_NAME}"

    def subtitle(self, obj: Place | None) -> str:
        return _("What the council says, and what residents saw.")

    def link(self, obj: Place | None) -> str:
        return absolute(obj.get_absolute_url() if obj else reverse("places"))

    def feed_url(self, obj: Place | None) -> str:
        return absolute(reverse("feed_place", args=[obj.slug]) if obj else reverse("feed_places"))

    def feed_guid(self, obj: Place | None) -> str:
        return tag_uri("feed", f"place/{obj.pk}" if obj else "places")

    def feed_copyright(self, obj: Place | None) -> str:
        return LICENCE_NAME

    def items(self, obj: Place | None) -> list[RecordEntry]:
        gone = Max("replies__state_changed_at", filter=Q(replies__state__in=GONE))
        found = (listed().filter(place=obj) if obj else listed()).annotate(reply_gone_at=gone)
        return list(found.order_by("-created_at", "-pk")[:LENGTH])

    def item_title(self, item: RecordEntry) -> str:
        return without_controls(f"{display(item.when)}, {item.get_side_display()}: {item.title}")

    def item_description(self, item: RecordEntry) -> str:
        replies = [f"{_('Reply:')} {one.words}" for one in item.replies.all()]
        return without_controls("\n\n".join(part for part in (item.words, item.lesson, *replies) if part))

    def item_link(self, item: RecordEntry) -> str:
        return absolute(item.get_absolute_url())

    def item_guid(self, item: RecordEntry) -> str:
        return tag_uri("record", item.pk)

    def item_pubdate(self, item: RecordEntry) -> Any:
        return item.created_at

    def item_updateddate(self, item: Any) -> Any:
        """When what stands here last changed (RFC 4287, 4.2.15): it or a reply was shown, edited or taken away."""
        moments = [item.reply_gone_at]
        for one in (item, *item.replies.all()):
            moments += [one.created_at, one.state_changed_at, one.edited_at]
        return max(moment for moment in moments if moment is not None)


class RecordsFeed(RecordFeed):
    """Of all places, so each entry names its own."""

    def item_title(self, item: RecordEntry) -> str:
        return without_controls(f"{item.place.name}: {super().item_title(item)}")
