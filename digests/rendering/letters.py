"""What a written mail is, the registry of those who write each kind, and the finishing that all mails share."""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.utils import parseaddr
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from digests import tokens
from digests.models import OutgoingEmail

logger = logging.getLogger(__name__)

SUBJECT_LENGTH = 150
STYLE = "emails/parts/style.css"
# Nothing that is seen. Without it a list of mails shows the beginning of the body behind a short preheader.
PREHEADER_PADDING = "\u034f\u200c\u00a0" * 60
_EMPTY_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail as it will be sent. Headers hold one line each; `brought` is the event that each follow put into it.

    `notice` is what a notice says, so that several can be put into one mail. In a mail of several, `left_out` are the
    rows of those that may not be told any more, with why, and `broken` of those that could not be written.
    """

    subject: str
    text: str
    html: str
    headers: dict[str, str] = field(default_factory=dict)
    brought: dict[int, int] = field(default_factory=dict)
    notice: dict[str, Any] | None = None
    left_out: dict[int, str] = field(default_factory=dict)
    broken: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Nothing:
    """There is no mail to send after all; `why` is for the record."""

    why: str


Written = Letter | Nothing
Writer = Callable[[Sequence[OutgoingEmail]], dict[int, Written]]
_writers: dict[str, Writer] = {}


def writes(kind: str) -> Callable[[Writer], Writer]:
    def register(writer: Writer) -> Writer:
        _writers[kind] = writer
        return writer

    return register


def kinds_written() -> frozenset[str]:
    return frozenset(_writers)


def write(mails: Sequence[OutgoingEmail]) -> dict[int, Written | Exception]:
    """Mail id → what to send. Kinds are written in batches; one that cannot be written spoils only itself."""
    written: dict[int, Written | Exception] = {}
    by_kind: dict[str, list[OutgoingEmail]] = {}
    for mail in mails:
        by_kind.setdefault(mail.kind, []).append(mail)
    for kind, own in by_kind.items():
        written.update(_write_kind(kind, own))
    return written


def _write_kind(kind: str, mails: list[OutgoingEmail]) -> dict[int, Written | Exception]:
    if kind not in _writers:
        return {mail.pk: LookupError(f"Nobody writes mails of the kind {kind!r}.") for mail in mails}
    try:
        found = _writers[kind](mails)
        return {mail.pk: found.get(mail.pk, Nothing("What it was about is gone.")) for mail in mails}
    except Exception as error:
        if len(mails) == 1:
            logger.exception("Mail %s could not be written.", mails[0].key)
            return {mails[0].pk: error}
        return {pk: one for mail in mails for pk, one in _write_kind(kind, [mail]).items()}


def compose(
    template: str,
    context: dict[str, Any],
    *,
    headers: dict[str, str],
    brought: dict[int, int] | None = None,
) -> Letter:
    """Render `emails/<template>/{subject.txt,body.txt,body.html}` in the active language."""
    whole = {**same_for_all(), **context}
    subject = subject_of(render_to_string(f"emails/{template}/subject.txt", whole))
    whole["subject"] = subject
    return Letter(
        subject=subject,
        text=squeezed(render_to_string(f"emails/{template}/body.txt", whole)),
        html=inlined_whole(render_to_string(f"emails/{template}/body.html", whole)),
        headers=finished({**feedback_id(template), **headers}),
        brought=brought or {},
        notice=context if template == "notice" else None,
    )


def same_for_all() -> dict[str, str]:
    """What the templates of all mails in the active language show."""
    return {
        "sender": sender_name(),
        "site": settings.BASE_URL,
        "site_name": urlsplit(settings.BASE_URL).netloc,
        "language": translation.get_language() or "en",
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "preheader_padding": PREHEADER_PADDING,
    }


def subject_of(words: str) -> str:
    return one_line(words, SUBJECT_LENGTH)


def finished(headers: dict[str, str]) -> dict[str, str]:
    """With those of all mails, and each on one line."""
    return {name: one_line(value) for name, value in {**_headers(), **headers}.items()}


def one_line(text: str, length: int | None = None) -> str:
    """No line break gets into a header, whatever somebody called their page."""
    flat = " ".join(str(text).split())
    return flat if length is None or len(flat) <= length else flat[: length - 1].rstrip() + "…"


def sender_name() -> str:
    return _parsed(settings.DEFAULT_FROM_EMAIL)[0] or "Connected Localism"


def mail_domain() -> str:
    return _parsed(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


_parsed = cache(parseaddr)


def list_headers(*, name: str, stop_url: str) -> dict[str, str]:
    """Of a mail that somebody asked for: how to stop it with one click, without signing in (RFC 2369, 2919, 8058)."""
    return {
        "List-Id": f"{sender_name()} <{name}.{mail_domain()}>",
        "List-Unsubscribe": f"<{stop_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
        **feedback_id(name),
    }


def browser_link(mail: OutgoingEmail) -> dict[str, str]:
    """For the foot of a mail that can be seen in a browser."""
    return {"browser_url": tokens.mail_link(mail.pk)} if mail.pk else {}


def feedback_id(name: str) -> dict[str, str]:
    """By which Gmail tells its senders what its readers think of each kind; the last part is us, in 5 to 15 letters."""
    return {"Feedback-ID": f"{name}:{re.sub('[^a-z0-9]', '', mail_domain().lower())[:15].ljust(5, '0')}"}


def _headers() -> dict[str, str]:
    """No out-of-office answers, please (RFC 3834; the second is what Exchange reads)."""
    return {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "Content-Language": translation.get_language() or "en",
    }


def squeezed(text: str) -> str:
    """At most one empty line in a row, and none of the spaces that template tags leave behind."""
    lines = (line.rstrip() for line in text.strip().split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)) + "\n"


def inlined_whole(html: str) -> str:
    """A mail with its styles inlined."""
    return _with_styles().inline(html)


def inlined(html: str) -> str:
    """A part of a mail, of which no style depends on what stands around it, with the styles of all mails inlined."""
    return _for_parts().inline_fragment(html, render_to_string(STYLE))


@cache
def _with_styles() -> css_inline.CSSInliner:
    """Mail programs read `style` attributes; the media queries for dark mode stay in the head."""
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


@cache
def _for_parts() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False)
