"""A Word document cut at its headings into parts of simple HTML."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import PurePath
from typing import Any

import mammoth
from bs4 import BeautifulSoup, NavigableString, Tag
from django.utils.translation import gettext as _

from casestudies.word import headings
from casestudies.word.errors import UnreadableFile
from casestudies.word.safety import checked
from core.html import clean_prose
from core.tables import as_html, rows_of

MAX_SECTIONS, MAX_TITLE, SHORT = 60, 255, 120
_STYLES = """
p[style-name='Title'] => h1.document-title:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name^='toc '] => !
p[style-name='TOC Heading'] => !
"""
_SUP = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
_SUB = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
_NOTE = re.compile(r"^(foot|end)note-")
_LEVEL = re.compile(r"^h([1-6])$")
BOLD_LINE = 7  # the level of a heading that is only a line in bold


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part of the document. `fields` are what its heading names, the first of them where it goes unless its
    author says otherwise; none when the heading is not known.
    """

    heading: str
    html: str
    fields: list[str] = field(default_factory=list)

    @property
    def target(self) -> str:
        return self.fields[0] if self.fields else "other_text"


@dataclass(frozen=True, kw_only=True)
class Understood:
    """What a file says. `pictures` are the descriptions of its pictures, empty where it has none."""

    title: str
    sections: list[Section]
    pictures: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Understood":
        return cls(
            title=value["title"],
            pictures=value["pictures"],
            sections=[Section(**section) for section in value["sections"]],
        )


@dataclass
class _Open:
    """The part that is being filled."""

    heading: str = ""
    level: int = 0
    fields: list[str] = field(default_factory=list)
    blocks: list[Tag] = field(default_factory=list)


def understand(name: str, data: bytes) -> Understood:
    """Read an uploaded file. Raises `UnreadableFile`."""
    pictures: list[str] = []

    def note_picture(image: Any) -> list[Any]:
        pictures.append((image.alt_text or "").strip()[:200])
        return []

    try:
        converted = mammoth.convert_to_html(
            checked(name, data),
            style_map=_STYLES,
            convert_image=note_picture,
            include_embedded_style_map=False,
            external_file_access=False,
        )
        soup = BeautifulSoup(converted.value, "html.parser")
        notes = _take_notes(soup)
        _simplify(soup)
        title, sections = _cut(soup)
    except UnreadableFile:
        raise
    except Exception as error:  # whatever a broken document makes the parsers raise, its author needs one sentence
        raise UnreadableFile(
            _(
                "This document could not be read. Open it in Word, save it again as “Word document (.docx)” and try "
                "that."
            )
        ) from error
    parts = [_section(one, notes) for one in sections[:MAX_SECTIONS]]
    parts = [part for part in parts if part.html or part.heading]
    if not any(part.html for part in parts):
        raise UnreadableFile(_("There is no text in this document."))
    return Understood(title=title[:MAX_TITLE], sections=parts, pictures=pictures)


def title_from(file_name: str) -> str:
    return re.sub(r"[\s_-]+", " ", PurePath(file_name).stem).strip()[:MAX_TITLE]


def _take_notes(soup: BeautifulSoup) -> dict[str, str]:
    """Footnotes and endnotes by their number in the text, taken out of the end of the document."""
    notes: dict[str, str] = {}
    for item in soup.find_all("li", id=_NOTE):
        for back in item.find_all("a", href=re.compile(r"^#(foot|end)note-ref-")):
            back.decompose()
        notes[str(item["id"])] = item.decode_contents().strip()
        parent = item.parent
        item.decompose()
        if parent is not None and not parent.find("li"):
            parent.decompose()
    return notes


def _simplify(soup: BeautifulSoup) -> None:
    """Raised and lowered figures as characters, boxes drawn as a table as their text, no links within the file."""
    for reference in soup.find_all("a", id=re.compile(r"^(foot|end)note-ref-")):
        reference.name = "note"
        if reference.parent and reference.parent.name == "sup":
            reference.parent.unwrap()
    for tag, characters in (("sup", _SUP), ("sub", _SUB)):
        for small in soup.find_all(tag):
            small.replace_with(small.get_text().translate(characters))
    for link in soup.find_all("a"):
        if not str(link.get("href", "")).startswith(("http://", "https://", "mailto:")):
            link.unwrap()
    for table in soup.find_all("table"):
        cells = [cell for cell in table.find_all(["td", "th"]) if cell.find_parent("table") is table]
        if len(cells) == 1 or table.find_parent("table"):
            for inner in table.find_all(["thead", "tbody", "tr", "td", "th"]):
                inner.unwrap()
            table.unwrap()
    soup.smooth()


def _cut(soup: BeautifulSoup) -> tuple[str, list[_Open]]:
    """The title, and the parts between headings."""
    titled = soup.find("h1", class_="document-title")
    title = titled.get_text(" ", strip=True) if titled else ""
    for extra in soup.find_all("h1", class_="document-title"):
        extra.decompose() if extra is titled else extra.attrs.clear()
    has_headings = soup.find(_LEVEL) is not None
    done: list[_Open] = [_Open(fields=["summary"])]
    for heading, level, blocks in _blocks(soup, has_headings=has_headings):
        current = done[-1]
        if not heading:
            current.blocks += blocks
            continue
        fields = headings.fields_of(heading, after=[one.fields[0] for one in done if one.fields])
        nothing_yet = len(done) == 1 and not current.blocks
        may_be_title = not fields or (level == 1 and _is_only_one(soup, level))
        if not title and nothing_yet and may_be_title and not _named_exactly(heading):
            title = heading
            continue
        if not fields and current.fields and level > current.level > 0:
            current.blocks.append(_bold(heading))
            current.blocks += blocks
            continue
        done.append(_Open(heading=heading, level=level, fields=fields, blocks=blocks))
    if not title and done[0].blocks:
        first = done[0].blocks[0]
        text = first.get_text(" ", strip=True)
        if first.name == "p" and text and len(text) <= SHORT and not text.endswith("."):
            title, done[0].blocks = text, done[0].blocks[1:]
    return title, done


def _blocks(soup: BeautifulSoup, *, has_headings: bool) -> Iterator[tuple[str, int, list[Tag]]]:
    """Each piece as (heading or "", its level, what stands with it)."""
    for node in list(soup.children):
        if isinstance(node, NavigableString):
            if node.strip():
                yield "", 0, [_paragraph(str(node))]
            continue
        if not isinstance(node, Tag):
            continue
        level = _LEVEL.match(node.name)
        if level:
            text = node.get_text(" ", strip=True)
            if text:
                yield text, int(level.group(1)), []
        elif node.name == "table" and (rows := _template_rows(node)):
            for heading, cell in rows:
                yield heading, BOLD_LINE, [cell]
        elif node.name == "p" and (found := _heading_of_paragraph(node, strict=has_headings)):
            yield found[0], BOLD_LINE, found[1]
        else:
            yield "", 0, [node]


def _heading_of_paragraph(paragraph: Tag, *, strict: bool) -> tuple[str, list[Tag]] | None:
    """A line that only looks like a heading: in bold, or known word for word; or bold words before a text.

    Where a document has real headings (`strict`), a bold line that is not known is only a bold line.
    """
    text = " ".join(paragraph.get_text().split())
    if not text:
        return None
    first = next(
        (child for child in paragraph.children if not isinstance(child, NavigableString) or child.strip()), None
    )
    bold = first if isinstance(first, Tag) and first.name in {"strong", "b"} else None
    whole = bold is not None and " ".join(bold.get_text().split()) == text
    if len(text) <= headings.HEADING_LENGTH and not text.endswith((".", ";", ",")):
        if whole and (headings.fields_of(text) if strict else True):
            return text, []
        if _named_exactly(text):
            return text, []
    if bold is not None and not whole and _named_exactly(bold.get_text()):
        heading = bold.get_text(" ", strip=True)
        bold.extract()
        rest = paragraph.decode_contents().strip().lstrip(":–—- ")
        return heading, [_paragraph(rest)] if rest else []
    return None


def _template_rows(table: Tag) -> list[tuple[str, Tag]]:
    """A form drawn as a table: questions left, answers right. At least two of the questions must be known."""
    rows = [row.find_all(["td", "th"], recursive=False) for row in table.find_all("tr")]
    if not rows or any(len(cells) != 2 for cells in rows):
        return []
    asked = [(cells[0].get_text(" ", strip=True), cells[1]) for cells in rows]
    if sum(bool(_named_exactly(question)) for question, _cell in asked) < 2:
        return []
    for _question, cell in asked:
        cell.name = "div"
    return [(question, cell) for question, cell in asked if question or cell.get_text(strip=True)]


def _named_exactly(heading: str) -> bool:
    text = headings.normalised(heading)
    parts = headings.split_parts(text)
    return bool(text) and all(headings.is_known(part) for part in parts)


def _is_only_one(soup: BeautifulSoup, level: int) -> bool:
    return len(soup.find_all(f"h{level}")) == 1


def _paragraph(html: str) -> Tag:
    soup = BeautifulSoup(f"<p>{html}</p>", "html.parser")
    assert soup.p is not None  # noqa: S101 - it was just written
    return soup.p


def _bold(text: str) -> Tag:
    soup = BeautifulSoup("<p><b></b></p>", "html.parser")
    assert soup.p is not None and soup.b is not None  # noqa: S101, PT018 - they were just written
    soup.b.string = text
    return soup.p


def _section(part: _Open, notes: dict[str, str]) -> Section:
    """Its blocks as clean HTML, its tables as plain grids, and the notes that it refers to at its end."""
    soup = BeautifulSoup("".join(str(block) for block in part.blocks), "html.parser")
    wanted = [str(note.get("href", "")).removeprefix("#") for note in soup.find_all("note")]
    marks = [note.get_text(strip=True) for note in soup.find_all("note")]
    for note in soup.find_all("note"):
        note.unwrap()
    for table in soup.find_all("table"):
        table.replace_with(BeautifulSoup(as_html(rows_of(table)), "html.parser"))
    html = str(soup)
    for mark, key in zip(marks, wanted, strict=True):
        if key in notes:
            text = BeautifulSoup(notes[key], "html.parser")
            for paragraph in text.find_all("p"):
                paragraph.unwrap()
            html += f"<p>{mark} {str(text).strip()}</p>"
    cleaned = clean_prose(html) if soup.get_text(strip=True) else ""
    return Section(heading=part.heading[:MAX_TITLE], html=cleaned, fields=part.fields)
