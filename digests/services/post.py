"""The letters of the other rooms, into the outbox."""

from collections.abc import Sequence

from core.post import Post
from digests.models import MailKind
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
