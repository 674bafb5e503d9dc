"""Programmes and rights in law as an Atom feed, those that were brought up to date lately first."""

from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.translation import gettext as _

from api.addresses import absolute, page_address
from api.feeds import LENGTH, AtomFeed, tag_uri
from core.html import without_controls
from core.licence import LICENCE_NAME
from places.models import ProgrammeIndexPage, ProgrammePage


class ProgrammesFeed(Feed):
    feed_type = AtomFeed
    language = settings.LANGUAGE_CODE

    def title(self) -> str:
        return f"{_('Programmes')} – {settings.WAGTAIL_SITE_NAME}"

    def subtitle(self) -> str:
        return _("Rights in law and funded programmes: what each is, and whether it can be used now.")

    def link(self) -> str:
        index = ProgrammeIndexPage.objects.live().first()
        return page_address(index) if index else absolute("/")

    def feed_url(self) -> str:
        return absolute(reverse("feed_programmes"))

    def feed_guid(self) -> str:
        return tag_uri("feed", "programmes")

    def feed_copyright(self) -> str:
        return LICENCE_NAME

    def items(self) -> list[ProgrammePage]:
        return list(ProgrammePage.objects.live().order_by("-last_published_at", "-pk")[:LENGTH])

    def item_title(self, item: ProgrammePage) -> str:
        return without_controls(item.title)

    def item_description(self, item: ProgrammePage) -> str:
        return without_controls(item.summary)

    def item_link(self, item: ProgrammePage) -> str:
        return page_address(item)

    def item_guid(self, item: ProgrammePage) -> str:
        return tag_uri("programme", item.pk)

    def item_pubdate(self, item: ProgrammePage) -> Any:
        return item.first_published_at

    def item_updateddate(self, item: ProgrammePage) -> Any:
        return item.last_published_at
