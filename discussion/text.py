"""From what a person types to clean HTML: paragraphs, lists and links, and nothing else.

The text is escaped before anything is added to it, and the result still passes an explicit allow-list: either would
do alone.
"""

import re
from collections.abc import Collection

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from linkify_it import LinkifyIt

# Addresses without https:// are linked only where they end as addresses here do; `readme.md` is no address.
_DOMAINS = ["uk", "com", "org", "net", "eu", "london", "wales", "cymru", "scot"]
_linkify = LinkifyIt(options={"fuzzy_link": True, "fuzzy_email": False, "fuzzy_ip": False}).tlds(_DOMAINS)
_SCHEMES = {"http", "https"}
_TAGS = {"p", "br", "ul", "ol", "li", "a", "strong", "blockquote"}
_BULLET = re.compile(r"^\s{0,3}[-*•]\s+(.*)$")
_NUMBER = re.compile(r"^\s{0,3}\d{1,3}[.)]\s+(.*)$")
_QUOTE = re.compile(r"^\s{0,3}>\s?(.*)$")
_KINDS = (("ul", _BULLET), ("ol", _NUMBER), ("blockquote", _QUOTE))
_SHOWN_LENGTH = 60


def render(text: str, named: Collection[str] = ()) -> SafeString:
    """Paragraphs at empty lines, lists from lines that begin with `-`, `*`, `•` or a number, quotations from
    lines that begin with `>`, links from addresses.

    `@` and one of the names in `named` is bold.
    """
    names = "|".join(re.escape(name) for name in sorted(named, key=len, reverse=True))
    bold = re.compile(rf"(?<![\w/.+-])@(?:{names})(?!\w)") if names else None
    blocks = [_block(block.split("\n"), bold) for block in re.split(r"\n\s*\n", text) if block.strip()]
    clean = nh3.clean(
        "".join(blocks),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes=_SCHEMES,
        link_rel="nofollow ugc noopener",
    )
    return mark_safe(clean)  # noqa: S308 - cleaned with an allow-list in the line before


def quoted(text: str) -> str:
    """The same as a quotation to write an answer under; what it quoted itself is left out."""
    lines = [line for line in text.split("\n") if not _QUOTE.match(line)]
    left = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return "\n".join(f"> {line}".rstrip() for line in left.split("\n"))


def _block(lines: list[str], bold: re.Pattern[str] | None) -> str:
    """One stretch without empty lines: runs of list items become lists, the rest paragraphs."""
    parts: list[str] = []
    run: list[str] = []
    kind = ""
    for line in lines:
        found = next(((name, m) for name, p in _KINDS if (m := p.match(line))), None)
        this = found[0] if found else "p"
        if this != kind and run:
            parts.append(_wrap(kind, run))
            run = []
        kind = this
        run.append(_links(found[1].group(1) if found else line, bold))
    return "".join([*parts, _wrap(kind, run)])


def _wrap(kind: str, run: list[str]) -> str:
    if kind in {"p", "blockquote"}:
        words = f"<p>{'<br>'.join(run)}</p>"
        return words if kind == "p" else f"<blockquote>{words}</blockquote>"
    return f"<{kind}>{''.join(f'<li>{item}</li>' for item in run)}</{kind}>"


def _links(line: str, bold: re.Pattern[str] | None) -> str:
    out: list[str] = []
    at = 0
    for match in _linkify.match(line) or []:
        address = f"https://{match.text}" if match.schema == "" else match.url
        if address.split(":", 1)[0].lower() not in _SCHEMES:
            continue
        shown = match.text if len(match.text) <= _SHOWN_LENGTH else match.text[: _SHOWN_LENGTH - 1] + "…"
        out.append(_bold(line[at : match.index], bold))
        out.append(f'<a href="{escape(address)}">{escape(shown)}</a>')
        at = match.last_index
    out.append(_bold(line[at:], bold))
    return "".join(out)


def _bold(text: str, bold: re.Pattern[str] | None) -> str:
    """Escaped, with what the pattern finds in bold."""
    if bold is None:
        return escape(text)
    out: list[str] = []
    at = 0
    for match in bold.finditer(text):
        out += [escape(text[at : match.start()]), f"<strong>{escape(match.group())}</strong>"]
        at = match.end()
    return "".join([*out, escape(text[at:])])
