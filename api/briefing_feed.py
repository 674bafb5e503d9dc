"""Briefings as Atom feeds, all of them or a topic’s: title, summary and conclusion, which are for everybody, and
nothing of the rest.
"""

from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from api.addresses import absolute, page_address
from api.feeds import LENGTH, AtomFeed, tag_uri
from casestudies.briefings.selectors import with_conclusions
from casestudies.models import BriefingPage
from core.html import without_controls
from core.licence import LICENCE_NAME
from core.models import Topic


class BriefingFeed(Feed):
    feed_type = AtomFeed
    language = settings.LANGUAGE_CODE

    def get_object(self, request: HttpRequest, slug: str = "") -> Topic | None:
        return get_object_or_404(Topic, slug=slug) if slug else None

    def title(self, obj: Topic | None) -> str:
        name = _("Briefings on %(topic)s") % {"topic": without_controls(obj.title)} if obj else _("Briefings")
        return f"{name} – {settings.WAGTAIL_SITE_NAME}"

    def subtitle(self, obj: Topic | None) -> str:
        return _("What member organisations found out. Conclusions are for everybody, the rest for members.")

    def link(self, obj: Topic | None) -> str:
        return absolute(f"{reverse('briefings')}?topic={obj.slug}" if obj else reverse("briefings"))

    def feed_url(self, obj: Topic | None) -> str:
        return absolute(reverse("feed_briefings_topic", args=[obj.slug]) if obj else reverse("feed_briefings"))

    def feed_guid(self, obj: Topic | None) -> str:
        return tag_uri("feed", f"topic/{obj.slug}/briefings" if obj else "briefings")

    def feed_copyright(self, obj: Topic | None) -> str:
        return LICENCE_NAME

    def items(self, obj: Topic | None) -> list[BriefingPage]:
        found = with_conclusions().in_topic(obj) if obj else with_conclusions()
        return list(found.order_by("-last_published_at", "-pk")[:LENGTH])

    def item_title(self, item: BriefingPage) -> str:
        return without_controls(item.title)

    def item_description(self, item: BriefingPage) -> str:
        return without_controls(f"{item.summary} {' '.join(strip_tags(item.conclusion).split())}".strip())

    def item_link(self, item: BriefingPage) -> str:
        return page_address(item)

    def item_guid(self, item: BriefingPage) -> str:
        return tag_uri("briefing", item.pk)

    def item_pubdate(self, item: BriefingPage) -> Any:
        return item.first_published_at

    def item_updateddate(self, item: BriefingPage) -> Any:
        return item.last_published_at
