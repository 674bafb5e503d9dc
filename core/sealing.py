"""Secrets that must be read again later: sealed with a key made from `SECRET_KEY`.

Each purpose has a key of its own, so that what was sealed for one cannot be passed off as another. The keys of
`SECRET_KEY_FALLBACKS` open what an old key sealed. A copy of the database alone opens nothing.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

SALT = "core.sealing"


class Unreadable(Exception):
    """The key that it was sealed with is gone."""

    # A page that would show something of it shows nothing, instead of an error.
    silent_variable_failure = True


def seal(text: str, *, purpose: str, salt: str = SALT) -> str:
    return _keys(purpose, salt).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str, salt: str = SALT) -> str:
    """Raises `Unreadable`."""
    try:
        return _keys(purpose, salt).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable("The key that it was sealed with is gone.") from error


def _keys(purpose: str, salt: str) -> MultiFernet:
    return MultiFernet([_fernet(key, purpose, salt) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(key: str, purpose: str, salt: str) -> Fernet:
    digest = salted_hmac(salt, purpose, secret=key, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(digest))
