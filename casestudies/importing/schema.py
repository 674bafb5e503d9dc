"""One row of the case-study import format. Unknown fields are an error that names them."""

import math
import re
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import URLValidator
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

from casestudies.choices import Better, Comparison, NeedKind, Outcome, Prices, SourceKind, Stage, WrittenBy
from core.dates import PARTIAL_DATE, is_ahead
from core.html import clean_prose, without_controls

IS_URL = URLValidator(schemes=["http", "https"])
LONG_TEXT = 50_000
WHOLE_DATE = re.compile(PARTIAL_DATE.pattern.replace(")?", ")") + r"-(?:0[1-9]|[12]\d|3[01])", re.ASCII)


def _plain(value: Any) -> Any:
    """Control characters never reach the database (PostgreSQL refuses null bytes)."""
    return without_controls(value).strip() if isinstance(value, str) else value


def _number_as_text(value: Any) -> Any:
    """Numbers of records are often numbers; nothing at all is no `id`."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _plain(value) or None


def _partial_date(value: Any) -> Any:
    if value in (None, ""):
        return ""
    text = str(value).strip()
    if WHOLE_DATE.fullmatch(text):
        text = text[:7]
    if not PARTIAL_DATE.fullmatch(text):
        raise ValueError("write a year, like 2013, or a year and a month, like 2013-03")
    return text


def _word(value: Any) -> Any:
    return value.strip().lower().replace(" ", "_").replace("-", "_") if isinstance(value, str) else value


def _not_yes_or_no(value: Any) -> Any:
    """`true` is no amount, though Python counts it as 1."""
    if isinstance(value, bool):
        raise ValueError("must be a number")
    return value


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("must be a number")
    return value


def _url(value: Any) -> Any:
    if value in (None, ""):
        return ""
    try:
        url = str(AnyHttpUrl(str(value).strip()))
        IS_URL(url)
    except (ValueError, DjangoValidationError) as error:
        raise ValueError("write a whole address, beginning with http:// or https://") from error
    return url


def _comes_before(one: str, other: str) -> bool:
    """At the precision that both have."""
    return bool(one and other) and one[: len(other)] < other[: len(one)]


def _line(length: int) -> Any:
    return Annotated[str, BeforeValidator(_plain), StringConstraints(max_length=length)]


Prose = Annotated[str, BeforeValidator(_plain), StringConstraints(max_length=LONG_TEXT), AfterValidator(clean_prose)]
PartialDate = Annotated[str, BeforeValidator(_partial_date)]
Url = Annotated[str, BeforeValidator(_url), StringConstraints(max_length=500)]
Number = Annotated[float, BeforeValidator(_not_yes_or_no), AfterValidator(_finite)]
Pounds = Annotated[int | None, BeforeValidator(_not_yes_or_no), Field(ge=0, le=99_999_999_999)]
Slug = Annotated[str, BeforeValidator(_plain), StringConstraints(pattern=r"^[-\w]+$", max_length=120)]


class Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def null_is_nothing(cls, values: Any) -> Any:
        """Many exporters write `null` for what is not known."""
        return {name: value for name, value in values.items() if value is not None} if type(values) is dict else values


class PlaceRow(Row):
    name: Annotated[str, BeforeValidator(_plain), StringConstraints(min_length=1, max_length=120)]
    lat: float = Field(ge=49.0, le=61.5)
    lng: float = Field(ge=-9.0, le=2.5)


class MeasureRow(Row):
    indicator: Annotated[str, BeforeValidator(_plain), StringConstraints(min_length=1, max_length=160)]
    unit: Annotated[str, BeforeValidator(_plain), StringConstraints(min_length=1, max_length=40)]
    better: Annotated[Better, BeforeValidator(_word)] = Better.HIGHER
    before: Number | None = None
    after: Number
    before_date: PartialDate = ""
    after_date: PartialDate = ""
    target: Number | None = None
    prices: Annotated[Prices | Literal[""], BeforeValidator(_word)] = ""
    sample: _line(160) = ""  # type: ignore[valid-type]  # an Annotated type made by a function
    sample_size: Annotated[int | None, BeforeValidator(_not_yes_or_no), Field(ge=0, le=2_147_483_647)] = None
    drop_out: Annotated[int | None, BeforeValidator(_not_yes_or_no), Field(ge=0, le=100)] = None
    self_reported: bool = False
    comparison: Annotated[Comparison, BeforeValidator(_word)] = Comparison.NONE
    why_comparable: _line(300) = ""  # type: ignore[valid-type]  # as above
    source: Url = ""
    note: _line(300) = ""  # type: ignore[valid-type]  # as above

    @model_validator(mode="after")
    def has_what_it_compares(self) -> "MeasureRow":
        if self.comparison == Comparison.BEFORE_AND_AFTER and self.before is None:
            raise ValueError("give the figure before, or comparison “none”")
        if _comes_before(self.after_date, self.before_date):
            raise ValueError("after_date comes before before_date")
        for name in ("before_date", "after_date"):
            if is_ahead(getattr(self, name)):
                raise ValueError(f"{name} lies ahead; what you expect is a target")
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
    independent: bool = False


class CaseStudyRow(Row):
    """`title` and `council` (slug or GSS code) are required. With an `id`, a second import updates."""

    id: Annotated[Annotated[str, StringConstraints(max_length=120)] | None, BeforeValidator(_number_as_text)] = None
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
    setup_cost: Pounds = None
    yearly_cost: Pounds = None
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
        if _comes_before(self.ended, self.started):
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
