"""The letters of the other rooms, into the outbox."""

from collections.abc import Sequence

from core.post import Post
from digests.models import MailKind, MailState, OutgoingEmail
from digests.sealing import SEALED, seal
from digests.services.outbox import Wanted, queue_mails


def queue_letters(letters: Sequence[Post]) -> None:
    queue_mails(
        [
            Wanted(
                key=f"letter:{one.key}",
                kind=MailKind.LETTER,
                person_id=one.person_id,
                address=one.address,
                language=one.language,
                worthless_after=one.worthless_after,
                payload={"mail": one.name, SEALED: seal(one.facts)},
            )
            for one in letters
        ]
    )


def withdraw_letter(key: str) -> bool:
    """Mark it as not sent, and erase what it would have said; one that a server may have seen goes its way."""
    waiting = OutgoingEmail.objects.filter(key=f"letter:{key}", state=MailState.PENDING, claims=0)
    return bool(waiting.update(state=MailState.SUPPRESSED, error="It was taken back before it left.", payload={}))
