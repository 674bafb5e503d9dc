"""The shapes that the API answers with. Everything here is public; there is no shape for anything else."""

from datetime import date, datetime
from typing import Generic, TypeVar

from ninja import Field, Schema

from core.licence import LICENCE

Item = TypeVar("Item")


class Answer(Schema):
    """Every answer says on which terms it may be used."""

    licence: str = LICENCE
    attribution: str = Field(description="The line to print beside what you use.")


class ListOf(Answer, Generic[Item]):
    count: int = Field(description="How many there are in all.")
    page: int
    pages: int
    next: str | None = Field(None, description="The address of the next page.")
    previous: str | None = None
    items: list[Item]


class CouncilRef(Schema):
    slug: str
    name: str
    url: str


class Council(CouncilRef):
    short_name: str
    kind: str
    tier: str
    gss_code: str
    nation: str
    region: str
    website: str
    lat: float | None
    lng: float | None
    population: int | None
    area_km2: float | None
    density: float | None = Field(description="People per square kilometre.")
    rural_urban: str
    deprivation_decile: int | None = Field(description="1 is the most deprived tenth.")
    is_demonstration: bool


class Topic(Schema):
    slug: str
    name: str
    name_cy: str
    parent: str | None
    known: str = Field(description="What the case studies show so far.")
    url: str


class Programme(Schema):
    slug: str
    title: str
    summary: str
    kind: str = Field(description="right, fund, way or empty.")
    use: str = Field(description="Whether it can be used: open, ask, closed, or empty if nobody has looked.")
    checked_on: date | None = Field(None, description="When somebody looked.")
    started: str = Field(description="A year, or a year and a month.")
    ended: str
    nation: str
    in_force: str
    url: str


class Place(Schema):
    slug: str
    name: str
    kind: str
    lat: float = Field(description="WGS 84 degrees.")
    lng: float
    councils: list[str] = Field(description="Slugs of the councils that serve it.")
    url: str


class PlaceRef(Schema):
    slug: str
    name: str
    lat: float
    lng: float


class Evidence(Schema):
    rating: int = Field(description="0 to 5: how sure we are, whatever the outcome; /how-sure-we-are/ explains it.")
    why: str


class CaseStudyListed(Schema):
    """A members-only case study has its title and summary here and nothing of the rest."""

    id: int
    url: str
    api_url: str
    title: str
    summary: str
    audience: str = Field(description="“public”, or “members”: then the facts below are left empty.")
    council: CouncilRef | None
    first_published: datetime | None
    last_published: datetime | None
    outcome: str | None = Field(None, description="worked, partly_worked, did_not_work, too_early, or empty.")
    stage: str | None = None
    started: str | None = Field(None, description="A year, or a year and a month.")
    ended: str | None = None
    topics: list[str] = Field(default_factory=list, description="Slugs.")
    programme: str | None = Field(None, description="A slug.")
    places: list[PlaceRef] = Field(default_factory=list)
    evidence: Evidence | None = Field(None, description="Empty, too, until it is first rated.")


class Measure(Schema):
    indicator: str
    unit: str
    better: str
    before: float | None
    before_date: str
    after: float
    after_date: str
    sample: str
    comparison: str
    source: str
    note: str
    target: float | None = Field(None, description="What had been hoped for.")
    sample_size: int | None = None
    drop_out: int | None = Field(None, description="Per cent of those measured before.")
    self_reported: bool = False
    why_comparable: str = ""
    prices: str = Field("", description="For money: as_paid, adjusted, or empty if not known.")


class Lesson(Schema):
    lesson: str
    why: str


class Milestone(Schema):
    date: str
    text: str


class Risk(Schema):
    risk: str
    response: str


class Need(Schema):
    kind: str
    need: str
    core: bool


class Source(Schema):
    title: str
    url: str
    kind: str
    independent: bool = Field(description="An evaluation by somebody independent of those who delivered it.")


class Text(Schema):
    """The whole of a public case study. Prose is simple HTML: paragraphs, lists, emphasis and links."""

    problem: str
    who_for: str
    approach: str
    results: str
    did_not_work: str
    advice: str
    what_next: str
    other_text: str
    ended_reason: str
    setup_cost: int | None = Field(description="Whole pounds.")
    yearly_cost: int | None = Field(description="Whole pounds a year.")
    cost_note: str
    funder: str
    staff_time: str
    time_to_first_result: str
    written_by: str
    source_url: str
    last_confirmed: date | None
    tags: list[str]
    partners: list[str]
    measures: list[Measure]
    lessons: list[Lesson]
    milestones: list[Milestone]
    risks: list[Risk]
    needs: list[Need]
    sources: list[Source]


class Adoption(Schema):
    """Somebody else tried it. `verified`: an author or lead of that organisation recorded or confirmed it."""

    url: str
    organisation: CouncilRef | None
    organisation_name: str
    place: PlaceRef | None
    status: str = Field(description="interested, planning, trying, running or stopped.")
    started: str = Field(description="A year, or a year and a month.")
    ended: str
    outcome: str = Field(description="worked, partly_worked, did_not_work, too_early, or empty.")
    reasons: list[str] = Field(
        description="Why it stopped or did not work: leadership, money, people, rules, technology, context, no_effect "
        "or other."
    )
    other_reason: str
    changed: str
    words: str
    own_case_study: str | None = Field(description="The address of the adopter’s own account, where it is public.")
    verified: bool
    written_by: str
    source_title: str
    source_url: str
    is_example: bool = Field(description="Made up for a demonstration.")
    measures: list[Measure]


class CaseStudyWhole(CaseStudyListed, Answer):
    text: Text | None = Field(None, description="Empty for a members-only case study.")
    adoptions: list[Adoption] = Field(default_factory=list, description="Empty, too, for a members-only one.")


class Opportunity(Schema):
    """A council's published window for expressions of interest."""

    id: int
    url: str
    calendar: str = Field(description="The address of its iCalendar file.")
    title: str
    summary: str
    service: str
    state: str = Field(description="upcoming, open, closing (within a week), closed or withdrawn, at this moment.")
    opens: datetime | None
    closes: datetime | None
    withdrawn: datetime | None
    withdrawn_reason: str = Field(description="plans, money, replaced, error, law, other, or empty.")
    council: str | None = Field(description="The slug of the organisation.")
    programme: str | None = Field(description="A slug.")
    topics: list[str] = Field(description="Slugs.")
    places: list[PlaceRef]
    apply_url: str
    is_demonstration: bool = Field(description="Made up: nobody can apply.")
    first_published: datetime | None
    last_changed: datetime


class Ask(Schema):
    """A question to the network. What people are called is not under the licence, here and in comments."""

    id: int
    url: str
    title: str
    body: str = Field(description="Plain text.")
    topics: list[str] = Field(description="Slugs.")
    council: str | None = Field(description="The slug of the organisation that it was asked for.")
    place: str | None = Field(description="A slug.")
    author: str | None = Field(description="What the asker is called; empty of somebody who has left.")
    asked: datetime
    edited: datetime | None
    answers: int
    answers_url: str = Field(description="Where the answers are, here.")
    backers: int = Field(description="How many others have the same problem.")
    settled: bool = Field(description="The asker said which answer helped.")
    helped: int | None = Field(description="The number of the answer that helped.")
    closed: datetime | None
    closed_reason: str = Field(description="solved, not_needed, duplicate, case_study, or empty.")
    is_demonstration: bool = Field(description="Made up, by an organisation or a person that does not exist.")


class Comment(Schema):
    """An answer to an ask, or a comment on a case study, an adoption of it or a place: on one of the three."""

    id: int
    url: str
    ask: int | None
    case_study: int | None
    place: str | None = Field(description="A slug.")
    adoption_url: str | None = Field(description="The adoption of the case study that it is about.")
    thread: int | None = Field(description="The comment that it stands under; that may be gone.")
    reply_to: int | None = Field(description="The comment that it answers.")
    author: str | None = Field(description="What its author is called; empty of somebody who has left.")
    body: str = Field(description="Plain text.")
    cites: list[int] = Field(description="The case studies that it has a link to.")
    helped: bool = Field(description="The asker said that this answer helped.")
    written: datetime
    edited: datetime | None
    is_demonstration: bool = Field(description="Made up, by a person that does not exist.")


class Briefing(Schema):
    """What a member organisation found out: its summary and conclusion. The rest is for members, and not here."""

    id: int
    url: str
    title: str
    summary: str
    conclusion: str = Field(description="HTML.")
    authors: str
    dated: date
    council: str | None = Field(description="The slug of the organisation whose it is.")
    topics: list[str] = Field(description="Slugs.")
    programme: str | None = Field(description="A slug.")
    first_published: datetime | None
    last_published: datetime | None


class RecordReply(Schema):
    side: str = Field(description="resident or council.")
    council: str | None = Field(description="The slug of the council that replied.")
    words: str
    added: datetime


class RecordEntry(Schema):
    """An entry in the record of a place: a resident’s own words, a council’s, or the network’s editors’ from a public
    source. Which resident wrote is no part of the data, and a photo’s rights stay with whoever took it.
    """

    id: int
    url: str
    place: str = Field(description="A slug.")
    side: str = Field(description="resident, council or editors.")
    council: str | None = Field(description="The slug of the council that speaks.")
    when: str = Field(description="A year, or a year and a month.")
    words: str = Field(description="What changed. Plain text.")
    lesson: str = Field(description="What another place could learn. Plain text.")
    source_url: str
    topic: str | None = Field(description="A slug.")
    programme: str | None = Field(description="A slug.")
    photo_alt: str = Field(description="What its photo shows; empty where there is none.")
    added: datetime
    is_demonstration: bool = Field(description="Made up, by an organisation or a person that does not exist.")
    replies: list[RecordReply]


class Failure(Schema):
    detail: str


class Index(Answer):
    name: str
    openapi: str
    lists: dict[str, str]
    feeds: dict[str, str]
