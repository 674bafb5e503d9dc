"""What people type, and how matches are marked in what they read.

Nothing that a person types reaches an engine as that engine's syntax. Their text becomes words, “quoted
phrases” and -unwanted words, each a literal string; an engine quotes or binds them.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape

from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

MAX_LENGTH = 400
MAX_WORDS = 24
# A word that is typed again says more what the question is about; typed on and on it says no more.
MOST_TIMES = 3

# Engines put these around matches. They are control characters, which `tidy` takes out of everything
# that is indexed or searched for, so whatever stands between them came from us.
START, STOP = "\x02", "\x03"
_MARKED = re.compile(f"{START}([^{STOP}]*){STOP}")

_CHUNK = re.compile(r'(?P<minus>(?<!\S)-)?"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+)')
_DOUBLE = re.compile(r'["“„«]([^"“”„«»]*)["”»]')
MOST_QUOTED = 80
QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "’": "'", "‘": "'"})
_UNREADABLE = {"Cc", "Cs", "Cf", "Cn", "Co"}
_BLOCK = re.compile(r"</?(?:p|li|ul|ol|h[1-6]|br|div|blockquote|tr|td)\b[^>]*>", re.IGNORECASE)
# Marks within a line as our editor writes them, which leave nothing behind; what is unlike these is for `strip_tags`.
_INLINE = re.compile(r"</?(?:a|b|i|em|strong)(?: [\w-]+=\"[^\"<>]*\")*>")

# Words that say how a question is put, not what it is about.
_ENGLISH = """a about an and any anyone are as at be been being but by can could did do does for from had has have how
    i if in into is it its me my of on or our so than that the their them then there these they this to us was we
    too very were what when where which who why will with would you your"""
_WELSH = """a ac am ar at beth ble bod dan ein eich er eu fel fy gan gyda hefyd i mae mewn na neu o oedd oes pam pwy
    roedd sut sy sydd wrth y ydy yn yr"""
STOP_WORDS = frozenset(_ENGLISH.split()) | frozenset(_WELSH.split())


@dataclass(frozen=True)
class Wanted:
    """One thing that is looked for. `words` are as typed; several stand side by side where they were quoted
    (`exact`), and anywhere where staff say that together they mean one thing (“town centre”).

    `others` mean the same; one of several words counts only with its words side by side. What was typed more than
    once (`times`) weighs so much more: a long question says again what it is about.
    """

    words: tuple[str, ...]
    exact: bool = False
    others: tuple[str, ...] = ()
    times: int = 1

    def __str__(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True)
class Words:
    """A search as an engine sees it: what is `wanted`, and words and phrases that are `unwanted`.

    How many of the wanted things a result must have is the engines' common rule (`search.engines.base.needed`).
    """

    wanted: tuple[Wanted, ...] = ()
    unwanted: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wanted or self.unwanted)

    @property
    def literals(self) -> tuple[str, ...]:
        """What is wanted, as it was typed."""
        return tuple(map(str, self.wanted))


def tidy(text: str) -> str:
    """Composed letters, no control or formatting characters, single spaces."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():  # seldom more than a line break, so each kind of character is looked at once
        text = text.translate({ord(c): " " for c in set(text) if unicodedata.category(c) in _UNREADABLE})
    return " ".join(text.split())


def plain(html: str) -> str:
    """The text of our own rich text, with words of neighbouring paragraphs kept apart."""
    if not html:
        return ""
    if "<" in html:
        html = _INLINE.sub("", _BLOCK.sub(" ", html))
        html = strip_tags(html) if "<" in html else html
    return tidy(unescape(html))


def join(parts: Iterable[str]) -> str:
    """Parts of a text, each a sentence of its own."""
    kept = [part.strip() for part in parts if part and part.strip()]
    return " ".join(part if part[-1] in ".!?…:" else f"{part}." for part in kept)


def _has_word(text: str) -> bool:
    return any(c.isalnum() for c in text)


def parse(text: str) -> Words:
    """Read what was typed. Without words (only signs, only emoji) the result is false, and so is no search.

    Emoji are words to Elasticsearch and to nobody else: they stand for a space.
    """
    wanted: list[str] = []
    quoted: set[str] = set()
    unwanted: list[str] = []
    times: Counter[str] = Counter()
    typed = "".join(" " if unicodedata.category(c) == "So" else c for c in tidy(text[: MAX_LENGTH * 2]))
    for match in _CHUNK.finditer(typed.translate(QUOTES)[:MAX_LENGTH]):
        minus, phrase, word = bool(match["minus"]), match["phrase"], match["word"]
        is_phrase = phrase is not None
        if phrase is None:
            minus, phrase = word.startswith("-"), word.lstrip("-")
        literal = phrase.strip()
        if not _has_word(literal):
            continue
        into = unwanted if minus else wanted
        times[literal.casefold()] += not minus
        if literal.casefold() not in (one.casefold() for one in into):
            into.append(literal)
            if is_phrase:
                quoted.add(literal)
    telling = [one for one in wanted if one.casefold().strip("?!.,;:'") not in STOP_WORDS]
    return Words(
        wanted=tuple(
            Wanted(tuple(one.split()), exact=one in quoted, times=min(times[one.casefold()], MOST_TIMES))
            for one in (telling or wanted)[:MAX_WORDS]
        ),
        unwanted=tuple(unwanted[:MAX_WORDS]),
    )


def quotable(text: str) -> str:
    """What was typed as it stands between quotation marks: its own are single ones, and it is no longer than a line or
    two.
    """
    return Truncator(_DOUBLE.sub(r"‘\1’", text)).chars(MOST_QUOTED)


def telling_words(text: str, *, limit: int) -> Words:
    """The words of a text of ours that say what it is about, in its order; nothing in it is a sign."""
    words = dict.fromkeys(word.casefold() for word in re.findall(r"\w+", tidy(text)))
    telling = [word for word in words if len(word) > 1 and word not in STOP_WORDS]
    return Words(wanted=tuple(Wanted((word,)) for word in telling[:limit]))


def mark_html(text: str) -> SafeString:
    """Escape a text from an engine, then turn the engine's marks into `<mark>`. Safe for hostile text.

    Words that stand side by side are marked as one.
    """
    safe = escape(text.replace(f"{STOP} {START}", " "))
    if safe.count(START) != safe.count(STOP):
        return SafeString(unmarked(safe))
    return mark_safe(safe.replace(START, "<mark>").replace(STOP, "</mark>"))  # noqa: S308 - escaped above


def marked(text: str) -> set[str]:
    """What an engine marked in a text, in small letters."""
    return {piece.casefold() for piece in _MARKED.findall(text)}


def unmarked(text: str) -> str:
    """A text from an engine without the engine's marks."""
    return text.replace(START, "").replace(STOP, "")


def is_marked(text: str) -> bool:
    return START in text
