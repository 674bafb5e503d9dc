"""Text from outside, made safe to keep: simple HTML or plain text in, a small known set of elements out."""

import re

import nh3
from django.utils.html import escape

PROSE_TAGS = {"p", "br", "ul", "ol", "li", "a", "b", "strong", "i", "em", "h3"}
_LOOKS_LIKE_HTML = re.compile(r"<\s*/?\s*(?:p|br|ul|ol|li|a|b|strong|i|em|h[1-6]|div|span|script)\b", re.IGNORECASE)
_DROPPED_WITH_CONTENT = {"script", "style", "iframe", "object", "template", "svg", "math", "noscript", "textarea"}


def clean_prose(text: str) -> str:
    """Return simple HTML: paragraphs, lists, emphasis and http(s) or mailto links, and nothing else.

    Plain text becomes paragraphs at blank lines; its angle brackets are shown, not obeyed. Control
    characters, null bytes included, are dropped.
    """
    text = "".join(char for char in text if char in "\n\t" or ord(char) >= 32).strip()
    if not text:
        return ""
    if not _LOOKS_LIKE_HTML.search(text):
        paragraphs = (part.strip() for part in re.split(r"\n\s*\n", text))
        return "".join(f"<p>{escape(part)}</p>".replace("\n", "<br/>") for part in paragraphs if part)
    cleaned = nh3.clean(
        text,
        tags=PROSE_TAGS,
        clean_content_tags=_DROPPED_WITH_CONTENT,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    ).strip()
    return cleaned if cleaned.startswith("<") else f"<p>{cleaned}</p>"
