"""What happens to a case study, and whom it concerns."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from wagtail.signals import page_published

from casestudies.models import Adoption, BriefingPage, CaseStudyPage
from core import events
from core.events.record import Target
from core.page_events import translate
from members.selectors import organisation_of

if TYPE_CHECKING:
    from core.models import Event

CONFIRMATIONS = "confirmations"
RATED_ANEW = {"case_study.published", "case_study.updated", "case_study.unpublished", "adoption.*"}


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


def touches_of_briefing(page: BriefingPage) -> Iterable[Target]:
    """Its topics with those above them, its organisation and its programme."""
    organisation = organisation_of(page)
    if organisation is not None:
        yield ("organisation", organisation.pk)
    for topic in page.topics.all():
        yield ("topic", topic.pk)
        if topic.parent_id:
            yield ("topic", topic.parent_id)
    if page.programme_id:
        yield ("programme", page.programme_id)


def connect() -> None:
    # Before the event is told: who hears of the publication finds the figures linked, and none unfinished.
    page_published.connect(_link_measures, sender=CaseStudyPage, dispatch_uid="case_study indicators", weak=False)
    # Whom it is for, so that the log tells when it was opened to everybody.
    translate(CaseStudyPage, subject="case_study", touches=touches, facts=lambda page: {"audience": str(page.audience)})
    translate(BriefingPage, subject="briefing", touches=touches_of_briefing)
    events.consumer("evidence", kinds=RATED_ANEW, batch_size=200)(_rate_anew)
    events.consumer(CONFIRMATIONS, kinds={"case_study.published", "case_study.updated"}, batch_size=500)(
        _note_publications
    )


def _link_measures(sender: Any, instance: CaseStudyPage, **kwargs: Any) -> None:
    from casestudies.services.indicators import link_published_measures

    # An import has linked the figures of all its pages together.
    if not getattr(instance, "measures_are_linked", False):
        link_published_measures(instance)


def _note_publications(batch: Sequence["Event"]) -> None:
    from casestudies.services.confirmations import note_publications

    note_publications(batch)


def _rate_anew(batch: Sequence["Event"]) -> None:
    """Rate again what changed, what was adopted, and what those adopted whose own account changed."""
    from casestudies.services import rate_case_studies

    changed = {event.subject_id for event in batch if event.subject_kind == "case_study"}
    adoptions = [event.subject_id for event in batch if event.subject_kind == "adoption"]
    named = {target.object_id for event in batch for target in event.targets.all() if target.kind == "case_study"}
    adopted = Adoption.objects.filter(Q(pk__in=adoptions) | Q(own_case_study__in=changed))
    rate_case_studies(changed | named | set(adopted.values_list("case_study", flat=True)))
