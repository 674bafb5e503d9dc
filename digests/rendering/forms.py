"""A template as a form: rendered once for everybody, with blanks where a reader's own words go, and then filled in.

To render a template and to inline its styles took most of the time of writing a digest, and gave every reader the same
frame around other words. So a template is rendered once for each language with a mark where each value goes, its
styles are inlined once, and what a reader gets is joined from its pieces. A form holds nothing of any reader: only what
is named in `fixed`, which is part of its key. Values are escaped as they are put in, for the place where they stand,
and are never looked at for marks: whatever somebody calls their page stays words.

`{{ title }}` is a blank; `<!--each entry-->…<!--end-->` is put in once for each of the values of that name, which have
their own blanks.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

Put = Callable[[Any], str]
Values = Mapping[str, Any]

# Characters for private use: no template has them, and what values hold is never searched for them.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(rf"{_OPEN}(\w+){_CLOSE}|<!--each (\w+)-->|<!--(end)-->")
_KEPT = 200


class Form:
    """`ready` are the names of blanks whose values are HTML already."""

    def __init__(self, rendered: str, *, html: bool, ready: frozenset[str] = frozenset()) -> None:
        pieces = _pieces(rendered)
        self._nodes = _nodes(pieces, html=html, ready=ready)

    def fill(self, values: Values) -> str:
        """Raises `KeyError` for a blank that has no value."""
        out: list[str] = []
        _fill(self._nodes, values, out)
        return "".join(out)


class _Each:
    def __init__(self, name: str, nodes: "list[Any]") -> None:
        self.name, self.nodes = name, nodes


def _fill(nodes: list[Any], values: Values, out: list[str]) -> None:
    for node in nodes:
        if type(node) is str:
            out.append(node)
        elif type(node) is tuple:
            name, put = node
            out.append(put(values[name]))
        else:
            for own in values[node.name]:
                _fill(node.nodes, own, out)


def _pieces(rendered: str) -> Iterator[tuple[str, str, str]]:
    """Text before, then what stands there: `blank` or `each` with its name, or `end`."""
    last = 0
    for found in _MARK.finditer(rendered):
        before, last = rendered[last : found.start()], found.end()
        blank, each, _end = found.groups()
        yield before, "blank" if blank else "each" if each else "end", blank or each or ""
    yield rendered[last:], "end", ""


def _nodes(pieces: Iterator[tuple[str, str, str]], *, html: bool, ready: frozenset[str], tag: str = "") -> list[Any]:
    nodes: list[Any] = []
    for before, what, name in pieces:
        if before:
            nodes.append(before)
            tag = _open_tag(tag + before)
        if what == "blank":
            plain = name in ready or not html
            nodes.append((name, str if plain else _in_attribute if tag else _in_text))
        elif what == "each":
            nodes.append(_Each(name, _nodes(pieces, html=html, ready=ready)))
        else:
            break
    return nodes


def _open_tag(before: str) -> str:
    """The tag that the text ends in, if it does."""
    start = before.rfind("<")
    return before[start:] if start > before.rfind(">") else ""


def _in_text(value: Any) -> str:
    """As HTML5 says that text is written out."""
    text = str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\u00a0", "&nbsp;")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _in_attribute(value: Any) -> str:
    return _in_text(value).replace('"', "&quot;").replace("'", "&#x27;")


def form(
    template: str,
    blanks: tuple[str, ...],
    *,
    inline: Callable[[str], str] | None = None,
    ready: tuple[str, ...] = (),
    fixed: Values | None = None,
) -> Form:
    """The form of a template in the active language, kept for as long as the process lives.

    `inline` puts the styles in, for HTML; without it the form is one of plain text. `fixed` are values that are the
    same for many readers, and few altogether.
    """
    make = _made.__wrapped__ if settings.DEBUG else _made
    wanted = _Wanted(template, blanks, inline, frozenset(ready), tuple(sorted((fixed or {}).items())))
    return make(wanted, translation.get_language())


class _Wanted(NamedTuple):
    template: str
    blanks: tuple[str, ...]
    inline: Callable[[str], str] | None
    ready: frozenset[str]
    fixed: tuple[tuple[str, Any], ...]


@lru_cache(maxsize=_KEPT)
def _made(wanted: _Wanted, language: str | None) -> Form:
    """`language` is the active one; it is part of the key."""
    context = {**dict(wanted.fixed), **{name: f"{_OPEN}{name}{_CLOSE}" for name in wanted.blanks}}
    rendered = render_to_string(wanted.template, context)
    inline = wanted.inline
    return Form(inline(rendered) if inline else rendered, html=inline is not None, ready=wanted.ready)
