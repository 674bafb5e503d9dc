"""What every case study owes its readers before a reviewer sees it: asked of the form that is being sent."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.utils.translation import gettext as _

from core.personal_details import Finding, personal_data

TEXTS = (
    "title", "summary", "problem", "who_for", "approach", "results", "did_not_work", "advice", "what_next",
    "other_text", "ended_reason", "cost_note", "funder", "staff_time", "time_to_first_result",
)  # fmt: skip
ROWS: dict[str, tuple[str, ...]] = {
    "milestones": ("text",),
    "measures": ("indicator", "sample", "why_comparable", "note"),
    "lessons": ("lesson", "why"),
    "risks": ("risk", "response"),
    "needs": ("need",),
    "partners": ("name",),
    "photos": ("alternative_text", "credit"),
}
_AS_A_CAMERA_NAMES = re.compile(
    r"^(?:img|dsc[nf]?|dcim|image|photo|picture|pic|screenshot|scan|untitled|whatsapp image)?[\s_()-]*[\d\s_().:-]*"
    r"(?:at \d[\d. ]*)?$",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"\.(?:jpe?g|png|webp|avif|heic|gif|tiff?|bmp)$", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A finding and where: a field of the page, or of a row (`form` is the row's)."""

    finding: Finding
    field: str
    label: str
    form: Any

    @property
    def key(self) -> str:
        return self.finding.key

    @property
    def choice(self) -> str:
        """Beside the tick: what, what it looks like, and where it stands."""
        return _("“%(text)s” in “%(field)s” (%(kind)s) is meant to be public") % self._words()

    @property
    def error(self) -> str:
        return (
            _(
                "“%(text)s” looks like %(kind)s. Remove it, or say at the top of the first tab that it is meant to be "
                "public."
            )
            % self._words()
        )

    def _words(self) -> dict[str, str]:
        return {"text": self.finding.text, "kind": self.finding.label, "field": self.label}


def found_in(form: Any) -> list[Found]:
    """The personal details in what the form holds: as it was sent, or as the page is where nothing was sent."""
    return [
        Found(finding=finding, field=name, label=str(one.fields[name].label or name), form=one)
        for one, name in _text_fields(form)
        for finding in personal_data(_value(one, name))
    ]


def _text_fields(form: Any) -> Iterator[tuple[Any, str]]:
    yield from ((form, name) for name in TEXTS if name in form.fields)
    for rows, names in ROWS.items():
        for row in form.formsets[rows].forms if rows in form.formsets else ():
            if (getattr(row, "cleaned_data", None) or {}).get("DELETE"):
                continue
            yield from ((row, name) for name in names if name in row.fields)


def _value(form: Any, name: str) -> str:
    if form.is_bound:
        return str((getattr(form, "cleaned_data", None) or {}).get(name) or "")
    return str(getattr(form.instance, name, "") or "")


def is_file_name(text: str, image: Any) -> bool:
    """Whether words for people who do not see a photo are only what a camera or a computer called it."""
    words = " ".join(text.split())
    if _SUFFIX.search(words) or _AS_A_CAMERA_NAMES.match(words):
        return True
    stem = PurePath(str(getattr(image, "file", "") or "")).stem
    return bool(re.search(r"[\d_]", words)) and _plain(words) == _plain(stem)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()
