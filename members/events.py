"""What happens to organisations' pages; joining and new facts are recorded by onboarding itself.

Who is like whom is worked out anew when a council joins or its facts change: once for all that came together.
"""

from collections.abc import Sequence

from core import events
from core.models import Event
from core.page_events import translate
from members.models import OrganisationPage

KINDS = {"organisation.joined", "organisation.changed"}


def connect() -> None:
    translate(
        OrganisationPage,
        subject="organisation_page",
        touches=lambda page: [("organisation", page.organisation_id)],
    )
    events.consumer("similarity", kinds=KINDS, batch_size=1000)(refresh_likeness)


def refresh_likeness(batch: Sequence[Event]) -> None:
    from members.services import refresh_similarity

    refresh_similarity()
