"""Letters that any room may send: a name, a few facts, and words that the room has registered.

The rooms know nothing of an outbox; whoever has one registers (`digests`). What is handed over is facts in plain text:
the words are found when the letter goes, in the language of its reader. Facts are treated as secrets: they lie sealed
while the letter waits, and are erased when it is over.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Facts = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a letter says. `code` or `url` with `action` is what to do now, between `before` and `lines`.

    `quote` is what somebody wrote, under `quote_from`; `second` is another link, with its words; `why` is why its
    reader gets it.
    """

    subject: str
    lead: str
    before: Sequence[str] = ()
    quote: str = ""
    quote_from: str = ""
    code: str = ""
    url: str = ""
    action: str = ""
    lines: Sequence[str] = ()
    second: tuple[str, str] = ("", "")
    why: str = ""


Write = Callable[[Facts], Words]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A letter that may be sent; `sample` are invented facts, for the page that shows staff every mail."""

    name: str
    write: Write
    sample: Facts


@dataclass(frozen=True, kw_only=True)
class Post:
    """One letter to one person, or to an `address` in a `language` where the reader has no account or cannot use it.

    Sent once for each `key` (at most 100 characters), whoever asks and however often; not at all after
    `worthless_after`.
    """

    name: str
    key: str
    person_id: int | None = None
    address: str = ""
    language: str = ""
    facts: Facts = field(default_factory=dict)
    worthless_after: datetime | None = None


Sender = Callable[[Sequence[Post]], None]
Recall = Callable[[str], bool]
_kinds: dict[str, Kind] = {}
_senders: list[Sender] = []
_recalls: list[Recall] = []
KEY_LENGTH = 100


def words(name: str, *, sample: Mapping[str, str]) -> Callable[[Write], Write]:
    """Register the words of a letter. They are called in the language of the reader, with the facts that `send` was
    given, and with `address` (where it goes) and `until` (the time after which it is worth nothing, in words).
    """

    def register(write: Write) -> Write:
        existing = _kinds.get(name)
        if existing and existing.write.__module__ != write.__module__:
            raise ValueError(f"Two rooms call a letter {name!r}.")
        _kinds[name] = Kind(name=name, write=write, sample=dict(sample))
        return write

    return register


def kinds() -> list[Kind]:
    return list(_kinds.values())


def kind_named(name: str) -> Kind:
    """Raises `LookupError` for a letter that no room has words for."""
    if name not in _kinds:
        raise LookupError(f"Nobody has words for a letter {name!r}.")
    return _kinds[name]


def delivered_by(sender: Sender, *, recall: Recall) -> None:
    """The one who delivers, and who keeps back what has not left; the last who registers."""
    _senders[:] = [sender]
    _recalls[:] = [recall]


def send(
    *,
    name: str,
    key: str,
    person: Any = None,
    address: str = "",
    language: str = "",
    facts: Mapping[str, str] | None = None,
    worthless_after: datetime | None = None,
) -> None:
    """Hand over a letter, in the caller's transaction: it leaves when that is committed.

    To a `person` at the address of the day, or to an `address`. Raises `LookupError` for a letter without words, and
    `ValueError` for one without a reader.
    """
    kind_named(name)
    if (person is None) == (not address):
        raise ValueError("A letter goes either to a person or to an address.")
    if len(key) > KEY_LENGTH:
        raise ValueError(f"The key of a letter has at most {KEY_LENGTH} characters.")
    if not _senders:
        raise LookupError("Nobody delivers letters.")
    one = Post(
        name=name,
        key=key,
        person_id=person.pk if person is not None else None,
        address=address,
        language=language,
        facts={fact: str(value) for fact, value in (facts or {}).items()},
        worthless_after=worthless_after,
    )
    _senders[0]([one])


def withdraw(*, key: str) -> bool:
    """Keep back the letter with this key. False where it has left, may be leaving, or was never handed over.

    Raises `LookupError` where nobody delivers letters.
    """
    if not _recalls:
        raise LookupError("Nobody delivers letters.")
    return _recalls[0](key)
