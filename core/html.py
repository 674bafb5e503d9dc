"""Text from outside, made safe to keep: simple HTML or plain text in, a small known set of elements out."""

import re

import nh3
from django.utils.html import escape

TABLE_TAGS = {"table", "caption", "thead", "tbody", "tr", "th", "td"}
PROSE_TAGS = {"p", "br", "ul", "ol", "li", "a", "b", "strong", "i", "em", "h3", *TABLE_TAGS}
PROSE_ATTRIBUTES = {"a": {"href"}, "th": {"scope", "colspan", "rowspan"}, "td": {"colspan", "rowspan"}}
_LOOKS_LIKE_HTML = re.compile(
    r"<\s*/?\s*(?:p|br|ul|ol|li|a|b|strong|i|em|h[1-6]|div|span|script|table|t[rdh])\b", re.IGNORECASE
)
# Control characters but tab and line feed; the halves of characters that JSON can write; the two that XML forbids.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_EMPTY = re.compile(r"(?:<p>\s*</p>\s*)+")
_DROPPED_WITH_CONTENT = {"script", "style", "iframe", "object", "template", "svg", "math", "noscript", "textarea"}


def without_controls(text: str) -> str:
    """The text without what databases and XML cannot carry: control characters, null bytes, half characters."""
    return _UNPRINTABLE.sub("", text)


def clean_prose(text: str) -> str:
    """Return simple HTML: paragraphs, lists, tables, emphasis and http(s) or mailto links, and nothing else.

    Plain text becomes paragraphs at blank lines; its angle brackets are shown, not obeyed. Control
    characters, null bytes included, are dropped.
    """
    text = without_controls(text).strip()
    if not text:
        return ""
    if not _LOOKS_LIKE_HTML.search(text):
        paragraphs = (part.strip() for part in re.split(r"\n\s*\n", text))
        text = "".join(f"<p>{escape(part)}</p>".replace("\n", "<br>") for part in paragraphs if part)
    cleaned = _allowed(text)
    if cleaned and not cleaned.startswith("<"):
        # A paragraph around loose text ends where the next element begins: let the parser say where.
        cleaned = _allowed(f"<p>{cleaned}</p>")
    return cleaned


def _allowed(html: str) -> str:
    cleaned: str = nh3.clean(
        html,
        tags=PROSE_TAGS,
        clean_content_tags=_DROPPED_WITH_CONTENT,
        attributes=PROSE_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    return _EMPTY.sub("", cleaned).strip()
