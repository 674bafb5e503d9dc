"""One row of the case-study import format. Unknown fields are an error that names them."""

import math
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from casestudies.choices import Better, Comparison, NeedKind, Outcome, SourceKind, Stage, WrittenBy
from core.dates import PARTIAL_DATE
from core.html import clean_prose

LONG_TEXT = 50_000


def _plain(value: Any) -> Any:
    """Control characters never reach the database (PostgreSQL refuses null bytes)."""
    if isinstance(value, str):
        return "".join(char for char in value if char in "\n\t" or ord(char) >= 32).strip()
    return value


def _partial_date(value: Any) -> Any:
    if value in (None, ""):
        return ""
    text = str(value).strip()[:7]
    if not PARTIAL_DATE.fullmatch(text):
        raise ValueError("write a year, like 2013, or a year and a month, like 2013-03")
    return text


def _word(value: Any) -> Any:
    return value.strip().lower().replace(" ", "_").replace("-", "_") if isinstance(value, str) else value


def _finite(value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise ValueError("must be a number")
    return value


def _url(value: Any) -> Any:
    if value in (None, ""):
        return ""
    return str(AnyHttpUrl(str(value).strip()))


def _line(length: int) -> Any:
    return Annotated[str, BeforeValidator(_plain), StringConstraints(max_length=length)]


Prose = Annotated[str, BeforeValidator(_plain), StringConstraints(max_length=LONG_TEXT), AfterValidator(clean_prose)]
PartialDate = Annotated[str, BeforeValidator(_partial_date)]
Url = Annotated[str, BeforeValidator(_url), StringConstraints(max_length=500)]
Number = Annotated[float | None, AfterValidator(_finite)]
Slug = Annotated[str, BeforeValidator(_plain), StringConstraints(pattern=r"^[-\w]+$", max_length=120)]


class Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PlaceRow(Row):
    name: Annotated[str, BeforeValidator(_plain), StringConstraints(min_length=1, max_length=120)]
    lat: float = Field(ge=49.0, le=61.5)
    lng: float = Field(ge=-9.0, le=2.5)


class MeasureRow(Row):
    indicator: Annotated[str, BeforeValidator(_plain), StringConstraints(min_length=1, max_length=160)]
    unit: Annotated[str, BeforeValidator(_plain), StringConstraints(min_length=1, max_length=40)]
    better: Annotated[Better, BeforeValidator(_word)] = Better.HIGHER
    before: Number = None
    after: Annotated[float, AfterValidator(_finite)]
    before_date: PartialDate = ""
    after_date: PartialDate = ""
    sample: _line(160) = ""  # type: ignore[valid-type]  # an Annotated type made by a function
    comparison: Annotated[Comparison, BeforeValidator(_word)] = Comparison.NONE
    source: Url = ""
    note: _line(300) = ""  # type: ignore[valid-type]  # as above

    @model_validator(mode="after")
    def has_what_it_compares(self) -> "MeasureRow":
        if self.comparison == Comparison.BEFORE_AND_AFTER and self.before is None:
            raise ValueError("give the figure before, or comparison “none”")
        return self


class LessonRow(Row):
    lesson: Annotated[str, BeforeValidator(_plain), StringConstraints(min_length=1, max_length=300)]
    why: Annotated[str, BeforeValidator(_plain)] = ""


class MilestoneRow(Row):
    date: Annotated[str, BeforeValidator(_partial_date), StringConstraints(min_length=4)]
    text: Annotated[str, BeforeValidator(_plain), StringConstraints(min_length=1, max_length=300)]


class RiskRow(Row):
    risk: Annotated[str, BeforeValidator(_plain), StringConstraints(min_length=1, max_length=300)]
    response: Annotated[str, BeforeValidator(_plain)] = ""


class NeedRow(Row):
    kind: Annotated[NeedKind, BeforeValidator(_word)]
    need: Annotated[str, BeforeValidator(_plain), StringConstraints(min_length=1, max_length=300)]
    core: bool = True


class SourceRow(Row):
    title: Annotated[str, BeforeValidator(_plain), StringConstraints(min_length=1, max_length=200)]
    url: Annotated[str, BeforeValidator(_url), StringConstraints(min_length=1, max_length=500)]
    kind: Annotated[SourceKind, BeforeValidator(_word)] = SourceKind.OTHER


class CaseStudyRow(Row):
    """`title` and `council` (slug or GSS code) are required. With an `id`, a second import updates."""

    id: Annotated[str, BeforeValidator(_plain), StringConstraints(max_length=120)] | None = None
    title: Annotated[str, BeforeValidator(_plain), StringConstraints(min_length=3, max_length=255)]
    council: Slug
    summary: Annotated[str, BeforeValidator(_plain), StringConstraints(max_length=300)] = ""
    problem: Prose = ""
    who_for: Prose = ""
    approach: Prose = ""
    results: Prose = ""
    did_not_work: Prose = ""
    lessons: list[LessonRow] = Field(default_factory=list, max_length=50)
    risks: list[RiskRow] = Field(default_factory=list, max_length=50)
    advice: Prose | list[NeedRow] = ""
    what_next: Prose = ""
    milestones: list[MilestoneRow] = Field(default_factory=list, max_length=100)
    outcome: Annotated[Outcome | Literal[""], BeforeValidator(_word)] = ""
    stage: Annotated[Stage, BeforeValidator(_word)] = Stage.RUNNING
    ended_reason: _line(200) = ""  # type: ignore[valid-type]  # an Annotated type made by a function
    started: PartialDate = ""
    ended: PartialDate = ""
    setup_cost: int | None = Field(default=None, ge=0, le=99_999_999_999)
    yearly_cost: int | None = Field(default=None, ge=0, le=99_999_999_999)
    cost_note: _line(400) = ""  # type: ignore[valid-type]  # as above
    funder: _line(200) = ""  # type: ignore[valid-type]  # as above
    staff_time: _line(160) = ""  # type: ignore[valid-type]  # as above
    time_to_first_result: _line(120) = ""  # type: ignore[valid-type]  # as above
    topics: list[Slug] = Field(default_factory=list, max_length=5)
    tags: list[Annotated[str, BeforeValidator(_plain), StringConstraints(min_length=1, max_length=100)]] = Field(
        default_factory=list, max_length=20
    )
    programme: Slug | None = None
    places: list[PlaceRow] = Field(default_factory=list, max_length=50)
    partners: list[Annotated[str, BeforeValidator(_plain), StringConstraints(min_length=1, max_length=160)]] = Field(
        default_factory=list, max_length=50
    )
    measures: list[MeasureRow] = Field(default_factory=list, max_length=50)
    sources: list[SourceRow] = Field(default_factory=list, max_length=50)
    source_url: Url = ""
    written_by: Annotated[WrittenBy, BeforeValidator(_word)] = WrittenBy.ORGANISATION

    @field_validator("lessons", mode="before")
    @classmethod
    def lessons_as_text(cls, value: Any) -> Any:
        """Plain text is a lesson a line; a list may hold strings."""
        if isinstance(value, str):
            value = [line.strip(" •-*\t") for line in value.splitlines() if line.strip(" •-*\t")]
        if isinstance(value, list):
            return [_lesson(one) for one in value]
        return value

    @model_validator(mode="after")
    def ends_after_it_starts(self) -> "CaseStudyRow":
        if self.started and self.ended and self.ended[: len(self.started)] < self.started[: len(self.ended)]:
            raise ValueError("ended comes before started")
        if self.ended and self.stage != Stage.ENDED:
            raise ValueError("it has an end: give stage “ended”")
        return self


def _lesson(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if len(value) <= 300:
        return {"lesson": value}
    return {"lesson": value[:297].rsplit(" ", 1)[0] + " …", "why": value}
