"""What the fields of a case study would hold, given where its author wants each part of the document."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from django.utils.html import escape
from django.utils.translation import gettext as _

from casestudies.word.headings import TARGETS
from casestudies.word.reading import Section, Understood

SUMMARY, COST_NOTE, FUNDER, LINE, PARTNER, PERSON = 300, 400, 200, 300, 160, 120
PROSE = ("problem", "who_for", "approach", "results", "did_not_work", "advice", "what_next")
_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_LABEL = re.compile(r"^(?:name|contact(?: name)?|job title|role|position|title|e-?mail|email address)\s*[:–-]\s*", re.I)
_NOT_A_NAME = re.compile(r"\d{3}|@|^(?:tel|phone|mobile|telephone)\b", re.I)


@dataclass
class Composed:
    """`texts` are simple HTML by field, `lines` plain text by field, `notes` what was decided; the rest are rows."""

    texts: dict[str, str] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    lessons: list[tuple[str, str]] = field(default_factory=list)
    risks: list[tuple[str, str]] = field(default_factory=list)
    partners: list[str] = field(default_factory=list)
    sources: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def filled(self) -> list[str]:
        """The fields that something was found for, in the order of the form."""
        rows = {"lessons": self.lessons, "risks": self.risks, "partners": self.partners, "sources": self.sources}
        contact = self.lines.get("contact_name") or self.lines.get("contact_email")
        there = {**self.texts, **self.lines, **rows, "contact": contact}
        return [name for name in TARGETS if there.get(name)]


def compose(understood: Understood, targets: Sequence[str] | None = None) -> Composed:
    """Put each part where it belongs: where `targets` says, one for each section, or where its heading says."""
    chosen = list(targets) if targets is not None else [section.target for section in understood.sections]
    composed = Composed()
    for section, target in zip(understood.sections, chosen, strict=True):
        if not section.html or not target:
            continue
        if target in PROSE:
            _add_prose(composed, target, section)
        elif target in _PLACE:
            _PLACE[target](composed, section)
        else:
            _keep(composed, section)
    return composed


def _add_prose(composed: Composed, target: str, section: Section) -> None:
    before = composed.texts.get(target, "")
    heading = f"<p><b>{escape(section.heading)}</b></p>" if before and section.heading else ""
    composed.texts[target] = before + heading + section.html


def _keep(composed: Composed, section: Section) -> None:
    heading = f"<h3>{escape(section.heading)}</h3>" if section.heading else ""
    composed.texts["other_text"] = composed.texts.get("other_text", "") + heading + section.html


def _line(name: str, length: int) -> "Place":
    def place(composed: Composed, section: Section) -> None:
        text = _plain(section.html)
        if composed.lines.get(name):
            _keep(composed, section)
            return
        composed.lines[name] = _shortened(text, length)
        if composed.lines[name] != text or "<table" in section.html:
            _keep(composed, section)
            composed.notes.append(
                _(
                    "“%(heading)s” is longer than the field allows (%(n)s characters). “%(field)s” has its beginning; "
                    "all of it is kept under “Other text from the document”."
                )
                % {"heading": section.heading or TARGETS[name], "field": TARGETS[name], "n": length}
            )

    return place


def _rows(name: str) -> "Place":
    def place(composed: Composed, section: Section) -> None:
        rows: list[tuple[str, str]] = getattr(composed, name)
        soup = BeautifulSoup(section.html, "html.parser")
        if soup.find("table"):
            _keep(composed, section)
            return
        for text in _items(soup):
            first, rest = _first_sentence(text)
            rows.append((first, rest))

    return place


def _place_partners(composed: Composed, section: Section) -> None:
    soup = BeautifulSoup(section.html, "html.parser")
    items = _items(soup)
    if len(items) == 1 and not soup.find("li"):
        items = [part.strip(" .") for part in re.split(r"[,;\n]|\sand\s", items[0]) if part.strip(" .")]
    if soup.find("table") or any(len(item) > PARTNER for item in items):
        _keep(composed, section)
        return
    composed.partners += items


def _place_sources(composed: Composed, section: Section) -> None:
    soup = BeautifulSoup(section.html, "html.parser")
    links = [link for link in soup.find_all("a", href=True) if urlsplit(str(link["href"])).scheme in {"http", "https"}]
    for link in links:
        title, address = link.get_text(" ", strip=True), str(link["href"])
        if len(address) <= 500:
            composed.sources.append(((title or address)[:200], address))
            link.decompose()
    if soup.get_text(strip=True):
        _keep(composed, section)


def _place_contact(composed: Composed, section: Section) -> None:
    """A name, a job title and an email address; telephone numbers have no field and go nowhere."""
    soup = BeautifulSoup(section.html, "html.parser")
    lines = [_LABEL.sub("", line).strip(" ,") for text in _items(soup) for line in re.split(r"\n|,\s|\s\|\s", text)]
    addresses = _EMAIL.findall(soup.get_text(" "))
    people = [line for line in lines if line and not _NOT_A_NAME.search(line) and len(line) <= PERSON]
    if addresses and not composed.lines.get("contact_email"):
        composed.lines["contact_email"] = addresses[0]
    if people and not composed.lines.get("contact_name"):
        composed.lines["contact_name"] = people[0]
        composed.lines["contact_role"] = people[1] if len(people) > 1 else ""
    composed.notes.append(
        _("Of the contact, the name, the job title and the email address are taken; telephone numbers are not.")
    )


Place = Callable[[Composed, Section], None]
_PLACE: dict[str, Place] = {
    "summary": _line("summary", SUMMARY),
    "cost_note": _line("cost_note", COST_NOTE),
    "funder": _line("funder", FUNDER),
    "lessons": _rows("lessons"),
    "risks": _rows("risks"),
    "partners": _place_partners,
    "sources": _place_sources,
    "contact": _place_contact,
}


def _items(soup: BeautifulSoup) -> list[str]:
    """The list items and paragraphs as lines of text."""
    found = []
    for tag in soup.find_all(["p", "li", "h3"]):
        if isinstance(tag, Tag) and not tag.find(["p", "li"]) and (text := _text(tag)):
            found.append(text)
    return found or [text for text in [_text(soup)] if text]


def _text(tag: Tag) -> str:
    for brk in tag.find_all("br"):
        brk.replace_with("\n")
    return "\n".join(" ".join(line.split()) for line in tag.get_text().split("\n")).strip()


def _plain(html: str) -> str:
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


def _shortened(text: str, length: int) -> str:
    """The text, or as many of its first sentences as fit; failing that, as many words."""
    if len(text) <= length:
        return text
    cut = max(text.rfind(end, 0, length) for end in (". ", "! ", "? ")) + 1
    if cut > length // 4:
        return text[:cut].strip()
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _first_sentence(text: str) -> tuple[str, str]:
    """A short text whole; of a long one its first sentence, and the rest."""
    if len(text) <= 160:
        return text, ""
    end = re.search(r"[.:!?]\s", text)
    if end and end.start() < LINE:
        return text[: end.start()].strip(), text[end.end() :].strip()
    return (text, "") if len(text) <= LINE else (_shortened(text, LINE), text)
