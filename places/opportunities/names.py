"""What calendars say of a window that nobody writes on its own page: the names of its council, programme and places,
and its address.

They change without a publication of the opportunity. So each window keeps them as calendars were last told, and where
they read otherwise now it is one step further, by which programs know that they have to take the entry anew. A window
that has kept none yet takes that step as well.
"""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone

from core import events
from core.models import Event
from places.models import Window

# What has a name that a calendar shows; of a programme also whether it is published.
SUBJECTS = ("organisation", "place", "programme")


def names_of(window: Window) -> list[str]:
    """As a calendar shows them now; none of a window whose page nobody finds."""
    if window.page is None:
        return []
    programme = window.programme.title if window.programme and window.programme.live else ""
    council = window.organisation.name if window.organisation else ""
    places = sorted(place.name for place in window.places.all())
    return [window.page.url_path, council, programme, *places]


def follow_names(happened: Sequence[Event]) -> None:
    """Something has been renamed, published, hidden or deleted: what ever belonged to it says so, once."""
    for subject in SUBJECTS:
        ids = {event.subject_id for event in happened if event.subject_kind == subject}
        if ids:
            _bring_up_to_date(subject, ids)


@transaction.atomic
def _bring_up_to_date(subject: str, ids: Collection[int]) -> None:
    # By the log, as what is deleted leads nowhere any more: each publication left there what it touched.
    log = Event.objects.filter(subject_kind="opportunity", targets__kind=subject, targets__object_id__in=ids)
    windows = Window.objects.select_for_update(of=("self",)).filter(gone_at=None, page__live=True)
    found = windows.filter(number__in=log.order_by().values("subject_id"))
    for window in found.select_related("page", "organisation", "programme").prefetch_related("places").order_by("pk"):
        names = names_of(window)
        if names != window.names:
            window.names, window.sequence, window.changed_at = names, window.sequence + 1, timezone.now()
            window.save(update_fields=["names", "sequence", "changed_at"])


def connect() -> None:
    kinds = {"organisation.changed", "programme.*", "place.updated", "place.deleted"}
    events.consumer("names in calendars", kinds=kinds)(follow_names)
