"""Asks as Atom feeds, all of them or a topic’s, narrowed as their list is: what everybody may read, newest first."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from api.addresses import absolute
from api.feeds import LENGTH, AtomFeed, tag_uri
from core.html import without_controls
from core.licence import LICENCE_NAME
from core.models import Topic
from discussion.asks.selectors import ALL, SHOWS, in_topic, shown
from discussion.models import Ask


@dataclass(frozen=True)
class Which:
    """Which asks: of a topic or of all, and what of `SHOWS`."""

    topic: Topic | None
    show: str

    @property
    def query(self) -> str:
        return f"?{urlencode({'show': self.show})}" if self.show != ALL else ""


class AskFeed(Feed):
    feed_type = AtomFeed
    language = settings.LANGUAGE_CODE

    def get_object(self, request: HttpRequest, slug: str = "") -> Which:
        topic = get_object_or_404(Topic, slug=slug) if slug else None
        show = request.GET.get("show", "")
        return Which(topic, show if show in SHOWS else ALL)

    def title(self, obj: Which) -> str:
        name = _("Asks on %(topic)s") % {"topic": without_controls(obj.topic.title)} if obj.topic else _("Asks")
        words = f"{name}: {SHOWS[obj.show]}" if obj.show != ALL else name
        return f"{words} – {settings.WAGTAIL_SITE_NAME}"

    def subtitle(self, obj: Which) -> str:
        return _("Questions from councils and communities.")

    def link(self, obj: Which) -> str:
        narrowed = {"show": obj.show} if obj.show != ALL else {}
        narrowed |= {"topic": obj.topic.slug} if obj.topic else {}
        return absolute(f"{reverse('asks')}?{urlencode(narrowed)}" if narrowed else reverse("asks"))

    def feed_url(self, obj: Which) -> str:
        path = reverse("feed_asks_topic", args=[obj.topic.slug]) if obj.topic else reverse("feed_asks")
        return absolute(f"{path}{obj.query}")

    def feed_guid(self, obj: Which) -> str:
        key = f"topic/{obj.topic.slug}/asks" if obj.topic else "asks"
        return tag_uri("feed", f"{key}/{obj.show}" if obj.show != ALL else key)

    def feed_copyright(self, obj: Which) -> str:
        return LICENCE_NAME

    def items(self, obj: Which) -> list[Ask]:
        found = shown(obj.show)
        return list((in_topic(found, obj.topic.slug) if obj.topic else found)[:LENGTH])

    def item_title(self, item: Ask) -> str:
        return without_controls(item.title)

    def item_description(self, item: Ask) -> str:
        return without_controls(item.body)

    def item_link(self, item: Ask) -> str:
        return absolute(item.get_absolute_url())

    def item_guid(self, item: Ask) -> str:
        return tag_uri("ask", item.pk)

    def item_pubdate(self, item: Ask) -> Any:
        return item.created_at

    def item_updateddate(self, item: Ask) -> Any:
        return item.edited_at or item.created_at
