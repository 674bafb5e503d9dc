"""Atom feeds: titles and summaries, which are public whatever the audience of the rest."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from api import selectors
from api.addresses import absolute, page_address
from casestudies.models import CaseStudyPage
from core.html import without_controls
from core.licence import LICENCE_NAME
from core.models import Topic
from members.models import Organisation
from places.models import ProgrammePage
from search import panel
from search.asking import Asked, ask
from search.engines.base import NEWEST, Hit
from search.sentence import about
from search.state import read
from search.text import unmarked

LENGTH = 50
# The year in which the addresses began: part of every id, so that an id outlives a change of address.
SINCE = 2026


class AtomFeed(Atom1Feed):
    """A feed without entries was brought up to date when feeds began, not at this moment: nothing in it changes, so
    whoever asks again is told so. Its author is the network (RFC 4287, 4.1.1, asks for one).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "author_name": kwargs.get("author_name") or settings.WAGTAIL_SITE_NAME})

    def latest_post_date(self) -> datetime:
        latest: datetime = super().latest_post_date() if self.items else datetime(SINCE, 1, 1, tzinfo=UTC)
        return latest


def tag_uri(kind: str, key: Any) -> str:
    """An id that stays (RFC 4151)."""
    return f"tag:{urlsplit(settings.BASE_URL).hostname},{SINCE}:{kind}/{key}"


class CaseStudyFeed(Feed):
    """The latest case studies, those that were brought up to date lately first."""

    feed_type = AtomFeed
    language = settings.LANGUAGE_CODE
    filter_name = ""

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return None

    def title(self, obj: Any) -> str:
        name = without_controls(self.name_of(obj)) if obj else _("All case studies")
        return f"{name} – {settings.WAGTAIL_SITE_NAME}"

    def name_of(self, obj: Any) -> str:
        return str(obj)

    def subtitle(self, obj: Any) -> str:
        return _("What councils and communities tried, and what came of it.")

    def link(self, obj: Any) -> str:
        return absolute(obj.get_absolute_url()) if obj else absolute("/")

    def feed_url(self, obj: Any) -> str:
        if obj is None:
            return absolute(reverse("feed_case_studies"))
        return absolute(reverse(f"feed_{self.filter_name}", args=[obj.slug]))

    def feed_guid(self, obj: Any) -> str:
        return tag_uri("feed", f"{self.filter_name}/{obj.slug}" if obj else "case-studies")

    def feed_copyright(self, obj: Any) -> str:
        return LICENCE_NAME

    def items(self, obj: Any) -> Any:
        only = {self.filter_name: obj.slug} if obj else {}
        return selectors.case_studies(**only).order_by("-last_published_at", "-pk")[:LENGTH]

    def item_title(self, item: CaseStudyPage) -> str:
        return without_controls(item.title)

    def item_description(self, item: CaseStudyPage) -> str:
        return without_controls(item.summary)

    def item_link(self, item: CaseStudyPage) -> str:
        return page_address(item)

    def item_guid(self, item: CaseStudyPage) -> str:
        return tag_uri("case-study", item.pk)

    def item_pubdate(self, item: CaseStudyPage) -> Any:
        return item.first_published_at

    def item_updateddate(self, item: CaseStudyPage) -> Any:
        return item.last_published_at


class TopicFeed(CaseStudyFeed):
    filter_name = "topic"

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Topic:
        return get_object_or_404(Topic, slug=kwargs["slug"])


class CouncilFeed(CaseStudyFeed):
    filter_name = "council"

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Organisation:
        return get_object_or_404(Organisation.objects.listed().select_related("page"), slug=kwargs["slug"])

    def link(self, obj: Organisation) -> str:
        return page_address(obj.page)


class ProgrammeFeed(CaseStudyFeed):
    filter_name = "programme"

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> ProgrammePage:
        return get_object_or_404(ProgrammePage.objects.live(), slug=kwargs["slug"])

    def name_of(self, obj: ProgrammePage) -> str:
        return obj.title

    def link(self, obj: ProgrammePage) -> str:
        return page_address(obj)


class SearchFeed(Feed):
    """What a search finds, the newest first, for everybody alike; orders that are somebody's own make no other feed."""

    feed_type = AtomFeed
    language = settings.LANGUAGE_CODE

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Asked:
        state = replace(read(request.GET), sort=NEWEST, like="", near="", page=1)
        return ask(state, user=AnonymousUser(), size=LENGTH)

    def title(self, obj: Asked) -> str:
        labels = panel.chosen_labels(panel.groups(obj.state, obj.results.facets, obj.names))
        name = without_controls(about(obj.state, labels=labels)) or _("everything")
        return f"{_('Search')}: {name} – {settings.WAGTAIL_SITE_NAME}"

    def subtitle(self, obj: Asked) -> str:
        return _("What councils and communities tried, and what came of it.")

    def link(self, obj: Asked) -> str:
        return absolute(f"{reverse('search')}{obj.state.address}")

    def feed_url(self, obj: Asked) -> str:
        return absolute(f"{reverse('feed_search')}?{self._question(obj)}")

    def feed_guid(self, obj: Asked) -> str:
        return tag_uri("feed", f"search/{hashlib.sha256(self._question(obj).encode()).hexdigest()[:32]}")

    def feed_copyright(self, obj: Asked) -> str:
        return LICENCE_NAME

    def items(self, obj: Asked) -> list[Hit]:
        return [hit for hit in obj.results.hits if hit.published_at]

    def item_title(self, item: Hit) -> str:
        return _plain(item.title)

    def item_description(self, item: Hit) -> str:
        return _plain(item.summary)

    def item_link(self, item: Hit) -> str:
        return absolute(item.url)

    def item_guid(self, item: Hit) -> str:
        return tag_uri(item.kind.replace("_", "-"), item.object_id)

    def item_pubdate(self, item: Hit) -> Any:
        return item.published_at

    def item_updateddate(self, item: Hit) -> Any:
        return item.published_at

    @staticmethod
    def _question(obj: Asked) -> str:
        return urlencode(obj.state.pairs(except_for={"sort"}))


def _plain(text: str) -> str:
    return without_controls(unmarked(text))
