"""Questions over case studies; the twin of `casestudies.permissions`."""

from typing import Any

from django.db.models import Q
from wagtail.models import PageManager
from wagtail.query import PageQuerySet

from casestudies.choices import Audience
from members.permissions import is_member


class CaseStudyQuerySet(PageQuerySet):
    def listed(self) -> "CaseStudyQuerySet":
        """Published: its title and summary may be shown to everybody, whatever the audience of the rest."""
        return self.live()

    def visible_to(self, user: Any) -> "CaseStudyQuerySet":
        """Whose whole text the person may read. Twin of `permissions.can_read`."""
        published = self.live()
        return published if is_member(user) else published.filter(Q(audience=Audience.PUBLIC))

    def for_cards(self) -> "CaseStudyQuerySet":
        """With what a card shows, in a constant number of queries."""
        return self.select_related("programme").prefetch_related("topics", "case_study_places__place")


CaseStudyManager = PageManager.from_queryset(CaseStudyQuerySet)
