"""Nothing in the log that opens a door or tells of a person: signed links, keys of resets, addresses, members' words.

The path of a request can be a key (`/approve/<token>/`), a server's answer can repeat an address, and a database names
the whole row that it refuses. Whoever reads logs needs none of it: each is replaced by what it was.
"""

import re
from typing import Any

# A path is as long as whoever asks likes. What comes before the sign that matters (a colon, an at) is read once from
# where it begins: asked at each of its characters whether one follows, a path of 20,000 took half a minute.
_LOCAL = r"[^\s@<>()\[\]\"'/=:;,?&]"
_DOMAIN = r"[\w-]+(?:\.[\w-]+)+"
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # django.core.signing: value, often when, and 43 characters of signature; a colon may be written %3A in a path.
    (
        re.compile(
            r"(?:(?<![\w.~-])|(?<=:[\w-]{43})|(?<=%3A[\w-]{43}))[\w.~-]++"
            r"(?:(?::|%3A)[\w-]{1,8})?(?::|%3A)[\w-]{43}(?![\w-])",
            re.IGNORECASE,
        ),
        "[signed]",
    ),
    # The key of a password reset, as allauth writes it: whose-when-hash.
    (re.compile(r"(/reset/key/)[^/\s\"']+"), r"\1[key]"),
    (re.compile(rf"(?<!{_LOCAL}){_LOCAL}++@{_DOMAIN}(?:{_LOCAL}*+@{_DOMAIN})*"), "[address]"),
    # PostgreSQL tells the row that it refuses, and the value of a key; Elasticsearch the field that it cannot read.
    (
        re.compile(
            r"(Failing row contains \().*?(?=(?<!\n)\n+(?:The above exc|During hand|Traceback \()|\Z)", re.DOTALL
        ),
        r"\1…)",
    ),
    (
        re.compile(r"(Key \([^)\n]*\)=\().*?\)(?= (?:already exists|is not present|is still referenced))", re.DOTALL),
        r"\1…)",
    ),
    (re.compile(r"(Preview of field's value: ').*?'(?=[\s\]}.,]|\Z)", re.DOTALL), r"\1…'"),
)


def scrubbed(text: str) -> str:
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


def scrub(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    """A processor of structlog's: every value, however deep, just before it is written out."""
    return {key: _clean(value) for key, value in event.items()}


def _clean(value: Any) -> Any:
    match value:
        case str():
            return scrubbed(value)
        case dict():
            return {key: _clean(one) for key, one in value.items()}
        case list() | tuple():
            return [_clean(one) for one in value]
        case None | bool() | int() | float():
            return value
        case _:
            return scrubbed(str(value))
