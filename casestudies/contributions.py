"""What moderation needs to know about adoptions."""

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse

from casestudies.events import touches
from casestudies.models import Adoption
from casestudies.permissions import can_see_adoption
from core.events.record import Target
from members.selectors import organisation_of
from moderation import registry

KIND = "adoption"


def address(adoption: Adoption) -> str:
    return reverse("adoption", args=[adoption.pk])


def targets(adoption: Adoption) -> list[Target]:
    """The case study and all that it touches, the adopting organisation and its place."""
    found: list[Target] = [("case_study", adoption.case_study_id), *touches(adoption.case_study)]
    found.append(("organisation", adoption.organisation_id))
    if adoption.place_id:
        found.append(("place", adoption.place_id))
    return list(dict.fromkeys(found))


def data(adoption: Adoption) -> dict[str, Any]:
    """`again` is true of one that was public before: a change that a moderator let through is no new adoption."""
    from core.models import Event

    origin = organisation_of(adoption.case_study)
    before = Event.objects.filter(kind=f"{KIND}.published", subject_kind=KIND, subject_id=adoption.pk)
    return {
        "case_study_id": adoption.case_study_id,
        "title": adoption.case_study.title,
        "origin_id": origin.pk if origin else None,
        "organisation_id": adoption.organisation_id,
        "status": str(adoption.status),
        "outcome": str(adoption.outcome),
        "again": before.exists(),
    }


def _title(adoption: Adoption) -> str:
    return f"{adoption.organisation.short_name}: {adoption.case_study.title}"


def _text(adoption: Adoption) -> str:
    """Everything that its author wrote freely, what was measured included."""
    measured = [f"{one.indicator} {one.unit} {one.sample} {one.note}" for one in adoption.measures.all()]
    parts = [adoption.words, adoption.changed, adoption.other_reason, *measured]
    return "\n".join(part.strip() for part in parts if part.strip())


def _html(adoption: Adoption) -> str:
    return render_to_string("casestudies/adoptions/_facts.html", {"adoption": adoption, "heading_level": 3})


def register() -> None:
    registry.register(
        registry.Kind(
            name=KIND,
            model=Adoption,
            label=Adoption._meta.verbose_name,
            title=_title,
            text=_text,
            html=_html,
            url=address,
            place=_title,
            visible_to=can_see_adoption,
            targets=targets,
            data=data,
            select=("author", "organisation", "place", "case_study", "own_case_study"),
        )
    )
