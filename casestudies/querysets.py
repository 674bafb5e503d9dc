"""Questions over case studies; the twin of `casestudies.permissions`."""

from typing import Any

from django.db.models import Prefetch, Q
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

    def newest(self) -> "CaseStudyQuerySet":
        """The last published first; what was published at one moment keeps one order."""
        return self.order_by("-first_published_at", "-pk")

    def without_texts(self) -> "CaseStudyQuerySet":
        """The long texts stay where they are: twenty cards would carry a book."""
        return self.defer(
            "problem", "who_for", "approach", "results", "did_not_work", "advice", "what_next", "other_text"
        )

    def for_cards(self) -> "CaseStudyQuerySet":
        """With what a card shows, the places included, in a constant number of queries."""
        from casestudies.models import CaseStudyPlace

        return (
            self.without_texts()
            .select_related("standing")
            .prefetch_related(Prefetch("case_study_places", CaseStudyPlace.objects.select_related("place")))
        )


CaseStudyManager = PageManager.from_queryset(CaseStudyQuerySet)
