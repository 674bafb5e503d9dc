"""Questions over case studies; the twin of `casestudies.permissions`."""

from datetime import date
from typing import Any

from django.db.models import Prefetch, Q
from django.db.models.functions import Coalesce, TruncDate
from wagtail.models import PageManager
from wagtail.query import PageQuerySet

from casestudies.choices import Audience, Stage, WrittenBy
from casestudies.confirming import DUE_AFTER
from core.dates import months_ago
from members.models import Organisation
from members.permissions import is_administrator, is_editor, is_member
from members.selectors import beneath_pages_of

LONG_TEXTS = (
    "problem", "who_for", "approach", "results", "did_not_work", "advice", "what_next", "other_text",
)  # fmt: skip


class CaseStudyQuerySet(PageQuerySet):
    def listed(self) -> "CaseStudyQuerySet":
        """Published: its title and summary may be shown to everybody, whatever the audience of the rest."""
        return self.live()

    def visible_to(self, user: Any) -> "CaseStudyQuerySet":
        """Whose whole text the person may read. Twin of `permissions.can_read`."""
        published = self.live()
        return published if is_member(user) else published.filter(Q(audience=Audience.PUBLIC))

    def adoptable_by(self, user: Any) -> "CaseStudyQuerySet":
        """Of which the person may record an adoption. Twin of `permissions.can_record_adoption`."""
        return self.visible_to(user) if user.is_authenticated and user.is_active else self.none()

    def confirmable_by(self, user: Any) -> "CaseStudyQuerySet":
        """Of which the person may say whether they are still true. Twin of `permissions.can_confirm`."""
        if is_administrator(user):
            return self.live()
        theirs = beneath_pages_of(Organisation.objects.writable_by(user)) & Q(written_by=WrittenBy.ORGANISATION)
        return self.live().filter(theirs | Q(written_by=WrittenBy.EDITORS) if is_editor(user) else theirs)

    def due_for_confirmation(self, today: date) -> "CaseStudyQuerySet":
        """Published ones of something that goes on, a year after anybody last said that they are true.

        `last_true` is that day; a case study that nobody has confirmed was true when it was published.
        """
        last_true = Coalesce("standing__confirmed_on", TruncDate("last_published_at"))
        going_on = Q(standing=None) | Q(standing__ended="")
        return (
            self.live()
            .exclude(stage=Stage.ENDED)
            .filter(going_on)
            .annotate(last_true=last_true)
            .filter(last_true__lte=months_ago(today, DUE_AFTER))
        )

    def newest(self) -> "CaseStudyQuerySet":
        """The last published first; what was published at one moment keeps one order."""
        return self.order_by("-first_published_at", "-pk")

    def without_texts(self) -> "CaseStudyQuerySet":
        """The long texts stay where they are: twenty cards would carry a book."""
        return self.defer(*LONG_TEXTS)

    def for_cards(self) -> "CaseStudyQuerySet":
        """With what a card shows, places and rating included, in a constant number of queries."""
        from casestudies.models import CaseStudyPlace

        return (
            self.without_texts()
            .select_related("standing")
            .prefetch_related(Prefetch("case_study_places", CaseStudyPlace.objects.select_related("place")))
        )


CaseStudyManager = PageManager.from_queryset(CaseStudyQuerySet)
