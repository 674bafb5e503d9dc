"""The signed links in mails: they act for one person on one thing, without a login.

A link to stop works for ever: whoever finds a mail of five years ago may still not want the next one, and all that the
link can do is to stop. What reads or changes something ends: a link to read a mail after 400 days, longer than most
mailboxes are searched back; a link to answer after 90, because it speaks for somebody; one to confirm that somebody
wants mail after 7; the button of a test of an address after 3. Each use has a salt of its own,
so that a link to read a mail stops nothing. `SECRET_KEY_FALLBACKS` keeps the links of an old key working.
"""

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.encoding import force_bytes, force_str
from django.utils.translation import get_language

LIFETIME = timedelta(days=400)
ANSWER_LIFETIME = timedelta(days=90)
ADDRESS_LIFETIME = timedelta(days=3)
CONFIRM_LIFETIME = timedelta(days=7)
_STOP = "digests.stop"
_READ = "digests.read"
_ANSWER = "digests.answer"
_ADDRESS = "digests.address"
_CONFIRM = "digests.confirm"

ALL = "all"
REPLIES = "replies"
ADOPTIONS = "adoptions"
QUESTIONS = "questions"
MENTIONS = "mentions"
REVIEWS = "reviews"
ANSWERS = "answers"
ASKS = "asks"
# Each is a switch of `MailPreference` by that name.
NOTICES = frozenset({REPLIES, ADOPTIONS, QUESTIONS, ANSWERS, ASKS, MENTIONS, REVIEWS})


class Expired(Exception):
    """It was ours, and too long ago."""


class Forged(Exception):
    """It is not ours, or not for this."""


@dataclass(frozen=True)
class Stop:
    """`what` is the id of a follow, `ALL`, or a kind of notice, or several: `replies+adoptions`."""

    person: int
    what: str

    @property
    def follow(self) -> int:
        return int(self.what) if self.what.isdecimal() else 0

    @property
    def notices(self) -> frozenset[str]:
        """The kinds of notice, if it is about those and we know them all."""
        names = frozenset(self.what.split("+"))
        return names if names <= NOTICES else frozenset()


def several(notices: Collection[str]) -> str:
    """What a link says that stops all of these kinds."""
    return "+".join(sorted(notices))


class _Signer(signing.TimestampSigner):
    """Signs as its parent does, and derives the key of a salt once rather than for each of the links in a mail."""

    def signature(self, value: str | bytes, key: str | bytes | None = None) -> str:
        derived = _derived(force_str(self.salt) + "signer", key or self.key, self.algorithm)
        return signing.b64_encode(hmac.digest(derived, force_bytes(value), self.algorithm)).decode()


@lru_cache(maxsize=50)
def _derived(salt: str, key: str | bytes, algorithm: str) -> bytes:
    """As `django.utils.crypto.salted_hmac` does."""
    return hashlib.new(algorithm, force_bytes(salt) + force_bytes(key)).digest()


def stop_token(*, person: int, what: int | str) -> str:
    return _Signer(salt=_STOP).sign(f"{person}.{what}")


def read_stop(token: str) -> Stop:
    """Raises `Forged`, and never `Expired`."""
    person, _, what = _unsign(token, salt=_STOP, lifetime=None).partition(".")
    return Stop(_number(person), what)


def mail_token(mail: int) -> str:
    return _Signer(salt=_READ).sign(str(mail))


def read_mail(token: str) -> int:
    """The id of the mail. Raises `Expired` or `Forged`."""
    return _number(_unsign(token, salt=_READ))


@dataclass(frozen=True)
class Answer:
    """The questions of one mail, answered by the person who got it."""

    mail: int
    person: int


def answer_token(*, mail: int, person: int) -> str:
    return signing.TimestampSigner(salt=_ANSWER).sign(f"{mail}.{person}")


def read_answer(token: str) -> Answer:
    """Raises `Expired` or `Forged`."""
    mail, _, person = _unsign(token, salt=_ANSWER, lifetime=ANSWER_LIFETIME).partition(".")
    return Answer(_number(mail), _number(person))


def answer_link(*, mail: int, person: int, anchor: str = "") -> str:
    address = absolute(reverse("answer_questions", args=[answer_token(mail=mail, person=person)]))
    return f"{address}#{anchor}" if anchor else address


def address_link(mail: int) -> str:
    return absolute(reverse("address_works", args=[signing.TimestampSigner(salt=_ADDRESS).sign(str(mail))]))


def read_address(token: str) -> int:
    """The id of the test. Raises `Expired` or `Forged`."""
    return _number(_unsign(token, salt=_ADDRESS, lifetime=ADDRESS_LIFETIME))


def confirm_token(request: int) -> str:
    return signing.TimestampSigner(salt=_CONFIRM).sign(str(request))


def read_confirm(token: str) -> int:
    """The id of the request to follow. Raises `Expired` or `Forged`."""
    return _number(_unsign(token, salt=_CONFIRM, lifetime=CONFIRM_LIFETIME))


def confirm_link(request: int) -> str:
    return absolute(reverse("confirm_follow", args=[confirm_token(request)]))


def _number(text: str) -> int:
    if not text.isdecimal():
        raise Forged
    return int(text)


def stop_link(*, person: int, what: int | str) -> str:
    return absolute(_path("stop_mail", get_language()).replace(_HERE, stop_token(person=person, what=what)))


def mail_link(mail: int, **query: str) -> str:
    address = absolute(_path("read_mail", get_language()).replace(_HERE, mail_token(mail)))
    return f"{address}?{urlencode(query)}" if query else address


_HERE = "TOKEN"


@lru_cache(maxsize=20)
def _path(name: str, language: str | None) -> str:
    """The path of a page in the active language, for any token: what tokens are made of stands in paths as it is."""
    return reverse(name, args=[_HERE])


def absolute(path: str) -> str:
    return path if path.startswith(("http://", "https://")) else f"{settings.BASE_URL}{path}"


def _unsign(token: str, *, salt: str, lifetime: timedelta | None = LIFETIME) -> str:
    try:
        return signing.TimestampSigner(salt=salt).unsign(token, max_age=lifetime)
    except signing.SignatureExpired as error:
        raise Expired from error
    except signing.BadSignature as error:
        raise Forged from error
