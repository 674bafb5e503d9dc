"""Every kind of mail with real data, for staff: a registry beside that of the writers.

A preview is a name and a function that writes the mail for one person from the latest thing that suits, or says why
there is none. Nothing is stored, and nothing is sent. Each kind has one without further ado: the last mail of the kind
that the person got, as it would be written now.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from digests.models import MailKind, OutgoingEmail
from digests.rendering.letters import Nothing, Written, kinds_written, write

LATEST = "latest"
# About one person's own affairs: nobody else's business but an administrator's.
PRIVATE = frozenset({MailKind.DECISION, MailKind.REVIEW, MailKind.QUESTION, MailKind.ACCOUNT, MailKind.ADDRESS})

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
    return {kind: [*own[kind], _latest(kind)] for kind in MailKind if kind in kinds_written()}


def find(kind: str, variant: str) -> Preview | None:
    if kind not in kinds_written():
        return None
    return _latest(MailKind(kind)) if variant == LATEST else _previews.get((kind, variant))


def sample(kind: MailKind, person: User, **values: Any) -> Written | Exception:
    """Write a mail that is not stored, as its writer would."""
    return write([OutgoingEmail(kind=kind, person=person, **values)])[None]  # type: ignore[index]  # it has no number


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
