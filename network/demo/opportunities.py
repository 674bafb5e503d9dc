"""The demonstration's opportunities: all of invented councils, which say so. No real council has such a window.

Their dates are so many days from the day of loading, so that there is always one that closes soon.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from wagtail.documents import get_document_model

from accounts.models import User
from core.models import Topic
from members.models import Organisation
from places.models import OpportunityDocument, OpportunityPage, Place, ProgrammePage
from places.opportunities.services import tell_what_is_due, withdraw_opportunity
from places.opportunities.times import LONDON

OPENS, CLOSES = time(9), time(17)
TEXTS = (
    "slug", "title", "service", "summary", "description", "who_may_apply", "how_to_apply", "contact_name",
    "contact_email",
)  # fmt: skip


@transaction.atomic
def make_opportunities(content: Sequence[Mapping[str, Any]]) -> int:
    """Those that are there stay as they are."""
    editor = User.objects.get(email="administrator@demo.example")
    for one in content:
        if OpportunityPage.objects.filter(slug=one["slug"]).exists():
            continue
        page = _publish(one)
        # What is open was told of when it opened.
        tell_what_is_due()
        if reason := one.get("withdrawn"):
            withdraw_opportunity(page=page, reason=reason, by=editor)
    return len(content)


def _publish(one: Mapping[str, Any]) -> OpportunityPage:
    organisation = Organisation.objects.select_related("page").get(slug=one["organisation"])
    programme = ProgrammePage.objects.filter(slug=one["programme"]).first() if one["programme"] else None
    page = OpportunityPage(
        live=False,
        programme=programme,
        opens=_moment(one["opens"], OPENS),
        closes=_moment(one["closes"], CLOSES),
        **{name: one[name] for name in TEXTS},
    )
    page.topics.set(Topic.objects.filter(slug__in=one["topics"]))
    page.places.set(Place.objects.filter(slug__in=one.get("places", ())))
    if document := one.get("document"):
        page.documents.set([OpportunityDocument(document=_document(document, organisation))])
    organisation.page.refresh_from_db()
    organisation.page.add_child(instance=page)
    page.save_revision().publish()
    published: OpportunityPage = OpportunityPage.objects.get(pk=page.pk)
    return published


def _document(one: Mapping[str, str], organisation: Organisation) -> Any:
    """A file of the organisation, as its authors would have uploaded it."""
    file = ContentFile(one["text"].encode(), name=one["file"])
    return get_document_model().objects.create(title=one["title"], file=file, collection=organisation.collection)


def _moment(days: int, hour: time) -> datetime:
    return datetime.combine(datetime.now(LONDON).date() + timedelta(days=days), hour, tzinfo=LONDON)
