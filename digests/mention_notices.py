"""Whom a comment names: told once of each comment, and not if they hear of it for another reason."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from digests import keys, tokens
from digests.models import MailKind, MailPreference
from digests.services.outbox import Wanted
from digests.stories import COMMENT_PUBLISHED

if TYPE_CHECKING:
    from core.models import Event

# Somebody may be named when a published comment is changed, too.
COMMENT_CHANGED = "comment.changed"
KINDS = frozenset({COMMENT_PUBLISHED, COMMENT_CHANGED})


def wanted(batch: Sequence["Event"]) -> Iterator[Wanted]:
    """The mails that these events ask for. The key is that of a reply: one mail about one comment."""
    named = [
        (event.subject_id, person)
        for event in batch
        if event.kind in KINDS and not event.data.get("restored")
        for person in event.data.get("mentioned_ids", ())
        if person != event.actor_id
    ]
    if not named:
        return
    people = {person for _comment, person in named}
    unwilling = MailPreference.objects.unwilling(people, tokens.MENTIONS)
    for comment, person in named:
        if person not in unwilling:
            yield Wanted(
                key=keys.of_reply(comment, person),
                kind=MailKind.MENTION,
                person_id=person,
                payload={"comment": comment},
            )
