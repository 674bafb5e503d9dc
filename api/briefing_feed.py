"""Briefings as an Atom feed: title, summary and conclusion, which are for everybody, and nothing of the rest."""

from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from api.addresses import absolute, page_address
from api.feeds import LENGTH, AtomFeed, tag_uri
from casestudies.briefings.selectors import with_conclusions
from casestudies.models import BriefingPage
from core.html import without_controls
from core.licence import LICENCE_NAME


class BriefingFeed(Feed):
    feed_type = AtomFeed
    language = settings.LANGUAGE_CODE

    def title(self) -> str:
        return f"{_('Briefings')} – {settings.WAGTAIL_SITE_NAME}"

    def subtitle(self) -> str:
        return _("What member organisations found out. Conclusions are for everybody, the rest for members.")

    def link(self) -> str:
        return absolute(reverse("briefings"))

    def feed_url(self) -> str:
        return absolute(reverse("feed_briefings"))

    def feed_guid(self) -> str:
        return tag_uri("feed", "briefings")

    def feed_copyright(self) -> str:
        return LICENCE_NAME

    def items(self) -> list[BriefingPage]:
        return list(with_conclusions().order_by("-last_published_at", "-pk")[:LENGTH])

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
