"""What one case study's page needs."""

from typing import Any

from casestudies.choices import NeedKind
from casestudies.models import CaseStudyPage, Standing
from casestudies.permissions import can_read, can_see_contact
from casestudies.selectors.parts import load_parts
from members.selectors import organisation_page_above


def reading_context(*, page: CaseStudyPage, user: Any, preview: bool = False) -> dict[str, Any]:
    """What the page shows to this person. `readable` False: title, summary, council and the invitation only.

    A preview in the CMS shows the draft that its editor holds in memory, so nothing is read from the tables. Whoever
    previews is shown it as published: as a member, or, when `user` is nobody, as everybody will see it.
    """
    organisation_page = organisation_page_above(page)
    context: dict[str, Any] = {
        "organisation_page": organisation_page,
        "organisation": organisation_page.organisation if organisation_page else None,
        "readable": (user.is_authenticated or not page.is_members_only) if preview else can_read(user, page),
        "contact_visible": False,
    }
    if not context["readable"]:
        return context
    if not preview:
        load_parts(page)
    needs = list(page.needs.all())
    return context | {
        "contact_visible": user.is_authenticated if preview else can_see_contact(user, page),
        "standing": getattr(page, "standing", None) or Standing(page=page),
        "topics": list(page.topics.all()),
        "tags": page.tag_names if hasattr(page, "tag_names") else [tag.name for tag in page.tags.all()],
        "places": [row.place for row in page.case_study_places.all()],
        "measures": [measure for measure in page.measures.all() if measure.is_measured],
        "milestones": list(page.milestones.all()),
        "lessons": list(page.lessons.all()),
        "risks": list(page.risks.all()),
        "needs_by_kind": [
            (kind.label, found) for kind in NeedKind if (found := [need for need in needs if need.kind == kind])
        ],
        "partners": list(page.partners.all()),
        "sources": list(page.sources.all()),
        "photos": list(page.photos.all()),
        "documents": list(page.documents.all()),
        # None in a preview: what others did with it is no part of the draft.
        "adoptions": getattr(page, "adoption_list", None),
        "programme": page.programme if preview else page.published_programme,
    }
