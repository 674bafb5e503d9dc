"""Mail that Django or Wagtail composed by itself, in the frame of all our mails.

Its text is read for the few shapes that mails have: paragraphs, what somebody wrote (`> `), a list (`- `), and an
address of ours on a line of its own below its words, which becomes a button. What stands below `--` says why the
reader gets it. Only addresses of ours become links: what somebody typed into a comment leads nowhere.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Page

from digests.models import MailKind, OutgoingEmail
from digests.rendering.letters import Nothing, Written, compose, feedback_id, writes
from digests.sealing import Unreadable, open_seal

_FOOT = re.compile(r"^-- ?$", re.MULTILINE)
_EDITOR = re.compile(r"^\S*/cms/pages/(\d+)/edit/$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Block:
    """`kind` is words, quote, list, or action with its `url`."""

    kind: str
    lines: Sequence[str]
    url: str = ""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@writes(MailKind.SITE)
def write_site_mails(mails: Sequence[OutgoingEmail]) -> dict[int, Written]:
    written: dict[int, Written] = {}
    for mail in mails:
        with translation.override(mail.tongue):
            try:
                written[mail.pk] = _letter(mail, open_seal(mail.payload))
            except Unreadable as error:
                written[mail.pk] = Nothing(str(error))
    return written


def _letter(mail: OutgoingEmail, facts: dict[str, str]) -> Written:
    if not _may_edit(mail, facts["text"]):
        return Nothing("Its reader may no longer edit the page that it is about.")
    text, why = _parted(facts["text"])
    subject = facts["subject"] or _("A mail from this site")
    return compose(
        "site",
        {"subject_line": subject, "blocks": blocks(text), "why": why or _why(mail)},
        headers=feedback_id("site") | ({"Reply-To": facts["reply_to"]} if facts.get("reply_to") else {}),
    )


def _may_edit(mail: OutgoingEmail, text: str) -> bool:
    """What leads to the editor is about a draft: nothing for somebody whose right to it has ended meanwhile."""
    ids = {int(pk) for pk in _EDITOR.findall(text)}
    if not ids:
        return True
    if mail.person is None:
        return False
    pages = Page.objects.filter(pk__in=ids)
    return bool(pages) and all(page.permissions_for_user(mail.person).can_edit() for page in pages)


def _parted(text: str) -> tuple[str, str]:
    """The words, and those of the foot."""
    parts = _FOOT.split(text.replace("\r\n", "\n"))
    return parts[0], " ".join(" ".join(parts[1:]).split())


def _why(mail: OutgoingEmail) -> str:
    if mail.person:
        return _("You get this mail because you have an account on this site.")
    return _("You get this mail because this site was given your address.")


def blocks(text: str) -> list[Block]:
    """The text, taken apart at its empty lines."""
    return [_block([line.strip() for line in part.splitlines()]) for part in re.split(r"\n\s*\n", text) if part.strip()]


def _block(lines: list[str]) -> Block:
    lines = [line for line in lines if line]
    if all(line.startswith(">") for line in lines):
        return Block(kind="quote", lines=[line[1:].strip() for line in lines])
    if all(line.startswith("- ") for line in lines):
        return Block(kind="list", lines=[line[2:].strip() for line in lines])
    if len(lines) > 1 and _is_ours(lines[-1]):
        return Block(kind="action", lines=[" ".join(lines[:-1]).rstrip(":")], url=lines[-1])
    return Block(kind="words", lines=lines)


def _is_ours(word: str) -> bool:
    return word.startswith(f"{settings.BASE_URL}/") and not re.search(r"\s", word)
