"""The council's account on the timeline of a place: what its case studies say happened there, and when."""

from typing import Any

from casestudies.choices import WrittenBy
from casestudies.models import CaseStudyPage, Milestone
from casestudies.selectors.lists import at_place
from members.selectors import organisation_pages_above
from places.models import Place, Side
from places.record.timeline import Line, register


def lines(place: Place, user: Any) -> list[Line]:
    """The milestones of case studies by the place's own councils, and of those that the network's editors wrote from
    public sources; of one without milestones, its beginning. Three queries, whatever their number.
    """
    pages: list[CaseStudyPage] = list(at_place(place, user=user).without_texts())
    if not pages:
        return []
    councils = organisation_pages_above(pages)
    served = {one.pk for one in place.organisations.all()}
    marked: dict[int, list[Milestone]] = {}
    for milestone in Milestone.objects.filter(page__in=[page.pk for page in pages]):
        marked.setdefault(milestone.page_id, []).append(milestone)
    found = []
    for page in pages:
        above = councils.get(page.path)
        side = Side.EDITORS if page.written_by == WrittenBy.EDITORS else Side.COUNCIL
        if above is None or (side == Side.COUNCIL and above.organisation_id not in served):
            continue
        who = "" if side == Side.EDITORS else above.organisation.name
        said = [(one.date, one.text) for one in marked.get(page.pk, [])]
        said = said or ([(page.started, page.summary)] if page.started else [])
        url = page.get_url() or ""
        found += [Line(when=when, text=text, who=who, title=page.title, url=url, side=side) for when, text in said]
    return found


def connect() -> None:
    register(lines)
