"""The rows of the open data, read a batch at a time: memory stays flat, and each batch costs the same few queries.

Everything is asked as nobody in particular, so that members-only content cannot get in. What is demonstration content
is marked in each row.
"""

from collections.abc import Iterator
from functools import partial

from django.utils.translation import gettext_lazy as _

from api import opportunities as windows
from api.exports import places, programmes
from api.exports.adoptions import adoption_rows
from api.exports.asks import ask_rows
from api.exports.briefings import briefing_rows
from api.exports.case_studies import case_study_rows
from api.exports.columns import ADOPTIONS, ASKS, BRIEFINGS, CASE_STUDIES, MEASURES, OPPORTUNITIES, RECORD, Dataset, Row
from api.exports.measures import count_measures, measure_rows
from api.exports.record import record_rows
from api.exports.shared import in_batches, public_case_studies
from api.selectors import NOBODY
from casestudies.models import Adoption, BriefingPage
from discussion.models import Ask
from places.models import OpportunityPage, Place, ProgrammePage
from places.record.selectors import listed as listed_entries


def opportunity_rows() -> Iterator[Row]:
    return in_batches(OpportunityPage.objects.listed().for_lists().prefetch_related("topics"), windows.rows)


DATASETS = {
    one.name: one
    for one in (
        Dataset(
            name="case-studies",
            title=_("Case studies"),
            about=_("A row for each case study that everybody may read, with the facts beside its text."),
            columns=CASE_STUDIES,
            rows=case_study_rows,
            count=lambda: int(public_case_studies().count()),
        ),
        Dataset(
            name="measures",
            title=_("Measures"),
            about=_("A row for each figure, before and after, of those case studies and of their adoptions."),
            columns=MEASURES,
            rows=partial(measure_rows),
            count=count_measures,
        ),
        Dataset(
            name="adoptions",
            title=_("Adoptions"),
            about=_("A row for each time that another organisation tried one of them, with what happened."),
            columns=ADOPTIONS,
            rows=adoption_rows,
            count=lambda: int(Adoption.objects.visible_to(NOBODY).count()),
        ),
        Dataset(
            name="opportunities",
            title=_("Opportunities"),
            about=_("A row for each window in which a council asked who wants to come forward, closed ones included."),
            columns=OPPORTUNITIES,
            rows=opportunity_rows,
            count=lambda: int(OpportunityPage.objects.listed().count()),
        ),
        Dataset(
            name="asks",
            title=_("Asks"),
            about=_("A row for each question that somebody asked the network, with what became of it."),
            columns=ASKS,
            rows=ask_rows,
            count=lambda: int(Ask.objects.published().count()),
        ),
        Dataset(
            name="briefings",
            title=_("Briefings"),
            about=_("A row for each briefing, with its conclusion and without what is for members."),
            columns=BRIEFINGS,
            rows=briefing_rows,
            count=lambda: int(BriefingPage.objects.listed().count()),
        ),
        Dataset(
            name="record",
            title=_("Records of places"),
            about=_("A row for each entry of a place’s record: what residents saw change, and what councils say."),
            columns=RECORD,
            rows=record_rows,
            count=lambda: int(listed_entries().count()),
        ),
        Dataset(
            name="programmes",
            title=_("Programmes"),
            about=_("A row for each programme or right: whether it can be used, where its law is, how it went."),
            columns=programmes.COLUMNS,
            rows=lambda: in_batches(programmes.listed(), programmes.describe),
            count=lambda: int(ProgrammePage.objects.live().count()),
        ),
        Dataset(
            name="places",
            title=_("Places"),
            about=_("A row for each town, parish and neighbourhood: where it is, who serves it, what is told of it."),
            columns=places.COLUMNS,
            rows=lambda: in_batches(places.listed(), places.describe),
            count=lambda: int(Place.objects.count()),
        ),
    )
}
