"""What waits in the outbox and nobody may read there: codes and links that sign somebody in.

Sealed with a key made from `SECRET_KEY`; those of `SECRET_KEY_FALLBACKS` open what an old key sealed. A copy of the
database alone signs nobody in. The seal goes with the mail: what is sent, or will never be, is erased.
"""

import base64
import json
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from digests.models import OutgoingEmail

SEALED = "sealed"


class Unreadable(Exception):
    """It was erased, or its key is gone."""


def seal(facts: dict[str, str]) -> str:
    return _keys().encrypt(json.dumps(facts).encode()).decode()


def open_seal(payload: dict[str, Any]) -> dict[str, str]:
    """The facts of a mail's payload. Raises `Unreadable`."""
    if SEALED not in payload:
        raise Unreadable("It was erased.")
    try:
        facts: dict[str, str] = json.loads(_keys().decrypt(payload[SEALED].encode()))
    except InvalidToken as error:
        raise Unreadable("The key that it was sealed with is gone.") from error
    return facts


def erased(mail: "OutgoingEmail") -> dict[str, Any]:
    """What a mail that is over keeps of its secrets: nothing. Values for `update()`."""
    if SEALED not in mail.payload:
        return {}
    rest = {name: value for name, value in mail.payload.items() if name != SEALED}
    return {"payload": rest, "text": "", "html": "", "headers": {}}


def _keys() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(key: str) -> Fernet:
    digest = salted_hmac("digests.sealing", "outbox", secret=key, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(digest))
