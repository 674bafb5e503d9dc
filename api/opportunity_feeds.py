"""Opportunities as Atom feeds: all of them, a programme's, a council's, a place's; the latest changed first."""

from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from api.addresses import absolute, page_address
from api.feeds import LENGTH, AtomFeed, tag_uri
from core.html import without_controls
from core.licence import LICENCE_NAME
from members.models import Organisation
from places.models import OpportunityPage, Place, ProgrammePage


class OpportunityFeed(Feed):
    feed_type = AtomFeed
    language = settings.LANGUAGE_CODE
    filter_name = ""

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return None

    def title(self, obj: Any) -> str:
        name = without_controls(str(obj)) if obj else ""
        words = _("Opportunities: %(name)s") % {"name": name} if name else _("Opportunities")
        return f"{words} – {settings.WAGTAIL_SITE_NAME}"

    def subtitle(self, obj: Any) -> str:
        return _("Where councils ask who wants to come forward: what for, until when, and how.")

    def link(self, obj: Any) -> str:
        return absolute(
            f"{reverse('opportunities')}?{self.filter_name}={obj.slug}" if obj else reverse("opportunities")
        )

    def feed_url(self, obj: Any) -> str:
        if obj is None:
            return absolute(reverse("feed_opportunities"))
        return absolute(reverse(f"feed_opportunities_{self.filter_name}", args=[obj.slug]))

    def feed_guid(self, obj: Any) -> str:
        return tag_uri("feed", f"opportunities/{self.filter_name}/{obj.slug}" if obj else "opportunities")

    def feed_copyright(self, obj: Any) -> str:
        return LICENCE_NAME

    def items(self, obj: Any) -> list[OpportunityPage]:
        found = OpportunityPage.objects.listed()
        found = found.of(obj) if obj else found
        return list(found.for_lists().order_by("-window__changed_at", "-pk")[:LENGTH])

    def item_title(self, item: OpportunityPage) -> str:
        title = without_controls(item.title)
        return _("Withdrawn: %(title)s") % {"title": title} if item.withdrawn else title

    def item_description(self, item: OpportunityPage) -> str:
        words = _("Opens %(opens)s. Closes %(closes)s.") % {"opens": item.opens_said, "closes": item.closes_said}
        return without_controls(f"{item.summary} {words}")

    def item_link(self, item: OpportunityPage) -> str:
        return page_address(item)

    def item_guid(self, item: OpportunityPage) -> str:
        return tag_uri("opportunity", item.pk)

    def item_pubdate(self, item: OpportunityPage) -> Any:
        return item.first_published_at

    def item_updateddate(self, item: OpportunityPage) -> Any:
        return item.window.changed_at


class ProgrammeOpportunityFeed(OpportunityFeed):
    filter_name = "programme"

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> ProgrammePage:
        return get_object_or_404(ProgrammePage.objects.live(), slug=kwargs["slug"])


class CouncilOpportunityFeed(OpportunityFeed):
    filter_name = "council"

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Organisation:
        return get_object_or_404(Organisation.objects.listed(), slug=kwargs["slug"])


class PlaceOpportunityFeed(OpportunityFeed):
    filter_name = "place"

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Place:
        return get_object_or_404(Place, slug=kwargs["slug"])
