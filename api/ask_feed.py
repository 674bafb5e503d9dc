"""Asks as an Atom feed: what everybody may read, the newest first."""

from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.translation import gettext as _

from api.addresses import absolute
from api.feeds import LENGTH, AtomFeed, tag_uri
from core.html import without_controls
from core.licence import LICENCE_NAME
from discussion.asks.selectors import listed
from discussion.models import Ask


class AskFeed(Feed):
    feed_type = AtomFeed
    language = settings.LANGUAGE_CODE

    def title(self) -> str:
        return f"{_('Asks')} – {settings.WAGTAIL_SITE_NAME}"

    def subtitle(self) -> str:
        return _("Questions from councils and communities.")

    def link(self) -> str:
        return absolute(reverse("asks"))

    def feed_url(self) -> str:
        return absolute(reverse("feed_asks"))

    def feed_guid(self) -> str:
        return tag_uri("feed", "asks")

    def feed_copyright(self) -> str:
        return LICENCE_NAME

    def items(self) -> list[Ask]:
        return list(listed()[:LENGTH])

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
