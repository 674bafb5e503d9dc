"""For the text part of mails, which is written, not stripped from the HTML."""

import re
import textwrap

from django import template

register = template.Library()

WIDTH = 72
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
        return indent + words  # most are, and `textwrap` takes its time to find that out
    return textwrap.fill(
        words,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


@register.filter
def numbered(text: object, number: int) -> str:
    """“3. ” before it, and its other lines below its first word."""
    before = f"{number}. "
    return before + wrap(text, " " * len(before))[len(before) :]


@register.filter
def paragraphs(text: object, indent: str = "") -> str:
    """Each line of what somebody wrote, wrapped and set in; empty lines stay between them."""
    return "\n".join(wrap(line.strip(), indent) if line.strip() else "" for line in str(text).splitlines())


@register.filter
def heading(text: object) -> str:
    """Underlined, as the heading of what follows."""
    words = wrap(text)
    return f"{words}\n{'=' * max(map(len, words.splitlines()), default=0)}"
