"""What happens to organisations' pages; joining is recorded by onboarding itself."""

from core.page_events import translate
from members.models import OrganisationPage


def connect() -> None:
    translate(
        OrganisationPage,
        subject="organisation_page",
        touches=lambda page: [("organisation", page.organisation_id)],
    )
