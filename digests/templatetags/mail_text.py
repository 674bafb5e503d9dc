"""For the text part of mails, which is written, not stripped from the HTML."""

import re
import textwrap
from functools import lru_cache

from django import template

register = template.Library()

WIDTH = 72
# What `textwrap` makes other spaces of, or drops.
_UNEVEN = re.compile(r"[\t\n\v\f\r]|  |^ | $|^$")
_ONE_LINE = re.compile(r"\S(?:[^\t\n\v\f\r]*\S)?")


@register.filter
def flat(text: object) -> str:
    """One line, whatever somebody typed."""
    return " ".join(str(text).split())


@register.filter
def wrap(text: object, indent: str = "") -> str:
    """Lines of at most 72 characters; long words and addresses stay whole."""
    words = str(text)
    if len(indent) + len(words) <= WIDTH and _ONE_LINE.fullmatch(words):
        return indent + words
    if not _UNEVEN.search(words):
        return _wrapped(words, indent)
    return textwrap.fill(
        words,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _wrapped(words: str, indent: str) -> str:
    """What `textwrap` makes of words with one space between them, which are most, in a tenth of its time."""
    lines: list[str] = []
    begun, left = "", 0
    for word in words.split(" "):
        if begun and len(word) < left:
            begun += f" {word}"
            left -= len(word) + 1
        else:
            if begun:
                lines.append(begun)
            begun = indent + word
            left = WIDTH - len(begun)
    return "\n".join([*lines, begun])


@register.filter
def numbered(text: object, number: int) -> str:
    """“3. ” before it, and its other lines below its first word."""
    before = f"{number}. "
    return before + _hanging(str(text), len(before))


@lru_cache(maxsize=4000)
def _hanging(text: str, width: int) -> str:
    """Kept, because many readers get the same titles."""
    return wrap(text, " " * width)[width:]


@register.filter
def paragraphs(text: object, indent: str = "") -> str:
    """Each line of what somebody wrote, wrapped and set in; empty lines stay between them."""
    return "\n".join(wrap(line.strip(), indent) if line.strip() else "" for line in str(text).splitlines())


@register.filter
def heading(text: object) -> str:
    """Underlined, as the heading of what follows."""
    words = wrap(text)
    return f"{words}\n{'=' * max(map(len, words.splitlines()), default=0)}"


@register.filter
def quoted(text: object) -> str:
    """Each line of what somebody wrote behind “> ”, by which `digests.rendering.site` knows it again."""
    return "\n".join(f"> {line.strip()}".rstrip() for line in str(text).splitlines())
