"""What happens to a case study, and whom it concerns."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from casestudies.models import CaseStudyPage
from core import events
from core.events.record import Target
from core.page_events import translate
from members.selectors import organisation_of

if TYPE_CHECKING:
    from core.models import Event

CONFIRMATIONS = "confirmations"


def touches(page: CaseStudyPage) -> Iterable[Target]:
    """Its topics with those above them, its organisation, its programme and its places."""
    organisation = organisation_of(page)
    if organisation is not None:
        yield ("organisation", organisation.pk)
    for topic in page.topics.all():
        yield ("topic", topic.pk)
        if topic.parent_id:
            yield ("topic", topic.parent_id)
    if page.programme_id:
        yield ("programme", page.programme_id)
    for row in page.case_study_places.all():
        yield ("place", row.place_id)


def connect() -> None:
    translate(CaseStudyPage, subject="case_study", touches=touches)
    events.consumer(CONFIRMATIONS, kinds={"case_study.published", "case_study.updated"}, batch_size=500)(
        _note_publications
    )


def _note_publications(batch: Sequence["Event"]) -> None:
    from casestudies.services.confirmations import note_publications

    note_publications(batch)
