"""What rows may refer to."""

from casestudies.importing.schema import CaseStudyRow
from core.models import Topic
from members.models import Organisation
from places.models import ProgrammePage


class Known:
    """Read once: organisations by slug and GSS code, topics and programmes by slug."""

    def __init__(self) -> None:
        self.councils: dict[str, Organisation] = {}
        for organisation in Organisation.objects.filter(page__isnull=False).select_related("page"):
            self.councils[organisation.slug] = organisation
            if organisation.gss_code:
                self.councils[organisation.gss_code] = organisation
        self.topics = {topic.slug: topic for topic in Topic.objects.all()}
        self.programmes = {page.slug: page for page in ProgrammePage.objects.all()}

    def missing(self, row: CaseStudyRow) -> list[str]:
        """What the row names and the network does not know."""
        reasons = []
        if row.council not in self.councils:
            reasons.append(f"council: there is no organisation “{row.council}”. Import the councils first.")
        reasons += [f"topics: there is no topic “{slug}”." for slug in row.topics if slug not in self.topics]
        if row.programme and row.programme not in self.programmes:
            reasons.append(f"programme: there is no programme “{row.programme}”.")
        return reasons
