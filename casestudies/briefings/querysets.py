"""Which briefings a person may read whole, and which trial links work now."""

from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from wagtail.models import PageManager
from wagtail.query import PageQuerySet

from core.models import Topic
from members.models import Membership, Organisation, Role
from members.permissions import is_member
from moderation.standing import contributors


class BriefingQuerySet(PageQuerySet):
    def listed(self) -> "BriefingQuerySet":
        """Published: title, summary and conclusion are for everybody."""
        return self.live()

    def visible_to(self, user: Any) -> "BriefingQuerySet":
        """Which the person may read whole. Twin of `permissions.can_read`."""
        return self.live() if is_member(user) else self.none()

    def in_topic(self, topic: Topic) -> "BriefingQuerySet":
        """Those of a topic, its second level included."""
        tagged = self.model.topics.through.objects.filter(Q(topic=topic) | Q(topic__parent=topic))
        return self.filter(pk__in=tagged.values("briefingpage"))

    def newest(self) -> "BriefingQuerySet":
        return self.order_by("-dated", "-first_published_at", "-pk")

    def without_texts(self) -> "BriefingQuerySet":
        """A list shows no text that is for members, and does not load it."""
        return self.defer("body", "conclusion")


BriefingManager = PageManager.from_queryset(BriefingQuerySet)


class BriefingTrialQuerySet(models.QuerySet[Any]):
    def open(self) -> "BriefingTrialQuerySet":
        """Those that work now: whoever gave it is still a lead of an organisation that is still in the network, and
        not suspended.
        """
        now = timezone.now()
        leads = Membership.objects.active().filter(
            person=OuterRef("given_by"), organisation=OuterRef("organisation"), role=Role.LEAD
        )
        administers = Q(given_by__is_superuser=True, given_by__is_active=True)
        return self.filter(
            Exists(leads) | administers,
            given_by__in=contributors().values("pk"),
            organisation__in=Organisation.objects.in_network().values("pk"),
            briefing__live=True,
            revoked_at=None,
            expires_at__gt=now,
            opens__lt=F("most_opens"),
        )
