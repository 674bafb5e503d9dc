"""Every kind of mail with real data, for staff: a registry beside that of the writers.

A preview is a name and a function that writes the mail for one person from the latest thing that suits, or says why
there is none. Nothing is stored, and nothing is sent. Each kind has one without further ado: the last mail of the kind
that the person got, as it would be written now.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import post
from digests.models import MailKind, OutgoingEmail
from digests.models.mail import SEALED_KINDS
from digests.rendering.letters import Nothing, Written, kinds_written, write
from digests.sealing import SEALED, seal

LATEST = "latest"
# Some letters are worth nothing after a while, and say when.
DEADLINE = timedelta(days=14)
# About one person's own affairs: nobody else's business but an administrator's.
PRIVATE = frozenset({MailKind.DECISION, MailKind.REVIEW, MailKind.QUESTION, MailKind.ADDRESS} | SEALED_KINDS)

Make = Callable[[User], Written | Exception]


@dataclass(frozen=True, kw_only=True)
class Preview:
    kind: MailKind
    variant: str
    label: str | Promise
    make: Make

    @property
    def private(self) -> bool:
        return self.kind in PRIVATE


_previews: dict[tuple[str, str], Preview] = {}


def previews(kind: MailKind, variant: str, label: str | Promise) -> Callable[[Make], Make]:
    """Register a preview of one variant of a kind."""

    def register(make: Make) -> Make:
        _previews[kind, variant] = Preview(kind=kind, variant=variant, label=label, make=make)
        return make

    return register


def all_previews() -> dict[MailKind, list[Preview]]:
    """Of every kind that somebody writes, in the order of `MailKind`."""
    own = {kind: [one for one in _previews.values() if one.kind == kind] for kind in MailKind}
    own[MailKind.LETTER] = [_letter(one) for one in post.kinds()]
    return {kind: [*own[kind], _latest(kind)] for kind in MailKind if kind in kinds_written()}


def find(kind: str, variant: str) -> Preview | None:
    if kind not in kinds_written():
        return None
    if variant == LATEST:
        return _latest(MailKind(kind))
    letter = next((one for one in post.kinds() if kind == MailKind.LETTER and _variant(one) == variant), None)
    return _letter(letter) if letter else _previews.get((kind, variant))


def sample(kind: MailKind, person: User | None, **values: Any) -> Written | Exception:
    """Write a mail that is not stored, as its writer would."""
    return write([OutgoingEmail(kind=kind, person=person, **values)])[None]  # type: ignore[index]  # it has no number


def _variant(letter: post.Kind) -> str:
    return letter.name.replace("_", "-")


def _letter(letter: post.Kind) -> Preview:
    """The rooms' letters (`core.post`), with the facts that they invented for this: the real ones are secrets."""

    def make(person: User) -> Written | Exception:
        payload = {"mail": letter.name, SEALED: seal(letter.sample)}
        return sample(MailKind.LETTER, person, payload=payload, worthless_after=timezone.now() + DEADLINE)

    label = letter.name.replace("_", " ").capitalize()
    return Preview(kind=MailKind.LETTER, variant=_variant(letter), label=label, make=make)


def _latest(kind: MailKind) -> Preview:
    def make(person: User) -> Written | Exception:
        mail = OutgoingEmail.objects.filter(kind=kind, person=person).order_by("-pk").first()
        if mail is None:
            return Nothing(str(_("They have not got such a mail.")))
        mail.person = person
        return write([mail])[mail.pk]

    return Preview(
        kind=kind, variant=LATEST, label=_("The last one that they got, as it would be written now"), make=make
    )
