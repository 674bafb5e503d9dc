"""What waits in the outbox and nobody may read there: codes and links that sign somebody in, and the facts of letters.

Sealed as everything else is (`core.sealing`), under the salt that it always had, so that what waits still opens.
The seal goes with the mail: what is sent, or will never be, is erased.
"""

import json
from typing import TYPE_CHECKING, Any

from core import sealing
from core.sealing import Unreadable

if TYPE_CHECKING:
    from digests.models import OutgoingEmail

__all__ = ["SEALED", "Unreadable", "erased", "open_seal", "seal"]

SEALED = "sealed"
KEY = {"purpose": "outbox", "salt": "digests.sealing"}


def seal(facts: dict[str, str]) -> str:
    return sealing.seal(json.dumps(facts), **KEY)


def open_seal(payload: dict[str, Any]) -> dict[str, str]:
    """The facts of a mail's payload. Raises `Unreadable`."""
    if SEALED not in payload:
        raise Unreadable("It was erased.")
    facts: dict[str, str] = json.loads(sealing.unseal(payload[SEALED], **KEY))
    return facts


def erased(mail: "OutgoingEmail") -> dict[str, Any]:
    """What a mail that is over keeps of its secrets: nothing. Values for `update()`."""
    if SEALED not in mail.payload:
        return {}
    rest = {name: value for name, value in mail.payload.items() if name != SEALED}
    return {"payload": rest, "text": "", "html": "", "headers": {}}
