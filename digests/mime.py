"""A letter as a message on the wire."""

import binascii
import re
import secrets
from email.charset import QP, Charset
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import SafeMIMEMultipart

from digests.addresses import return_path
from digests.bounces.providers import headers_for

if TYPE_CHECKING:
    from digests.models import OutgoingEmail
    from digests.rendering import Letter


# Gmail cuts a mail off behind 102 kilobytes, and the links to stop it with what it cuts off.
HEAVIEST = 100_000
# Bytes that stand for themselves in quoted-printable.
_PLAIN = bytes({*range(32, 127), 10} - {ord("=")})
# A value of a header that folding leaves as it is, which takes longer to find out than all the rest of a message.
_IS_ONE_LINE = re.compile(r"[!-~](?:[ -~]{0,800}[!-~])?").fullmatch
# These refuse a message with metadata; what they call it is in `provider_id`.
WITHOUT_METADATA = {"mailersend", "postal"}


class QuotedPrintable(Charset):
    """UTF-8 in ASCII letters and lines of 76: no server on the way has to change it, so signatures (DKIM) hold.

    Python's own encoder takes four times as long as the one in C.
    """

    def __init__(self) -> None:
        super().__init__("utf-8")
        self.body_encoding = QP

    def body_encode(self, string: str | bytes) -> str:  # type: ignore[override]  # the stubs know one of its two uses
        return quoted(string)


class Message(EmailMultiAlternatives):
    """Long headers stay on one line (RFC 5322 allows 998 characters).

    The default folding puts a long `List-Unsubscribe` or encoded `Subject` behind an empty first line, which some
    mail programs cannot read.
    """

    encoding = QuotedPrintable()
    metadata: dict[str, str]

    def message(self, *args: Any, **kwargs: Any) -> Any:
        message = super().message(*args, **kwargs)
        message.policy = message.policy.clone(max_line_length=990)
        return message

    def _create_alternatives(self, msg: Any) -> Any:
        own: Any = self  # the stubs know nothing of these
        # No line of quoted-printable has “=_” in it.
        whole: Any = Alternatives(_subtype="alternative", boundary=f"=_{secrets.token_hex(12)}", encoding="utf-8")
        whole.attach(msg)
        for one in own.alternatives:
            whole.attach(own._create_mime_attachment(one.content, one.mimetype))
        return whole


class Alternatives(SafeMIMEMultipart):
    """The same bytes as a generator of the standard library makes, which takes each line apart several times: a
    quarter of the time.
    """

    def as_bytes(self, unixfrom: bool = False, linesep: str = "\n") -> bytes:  # type: ignore[override]  # as in Django
        newline = linesep.encode()
        mark = newline + b"--" + str(self.get_boundary()).encode()
        pieces = _headers(self, linesep)
        parts: Any = self.get_payload()
        for part in parts:
            body = str(part.get_payload()).encode("ascii").replace(b"\n", newline)
            pieces += [mark, newline, *_headers(part, linesep), newline, body]
        return b"".join([*pieces, mark, b"--", newline])


def _headers(message: Any, linesep: str) -> list[bytes]:
    policy = message.policy.clone(linesep=linesep)
    return [
        f"{name}: {value}{linesep}".encode("ascii") if _IS_ONE_LINE(value) else policy.fold_binary(name, value)
        for name, value in message.raw_items()
    ]


def as_message(mail: "OutgoingEmail", letter: "Letter", mailer: Any = None) -> EmailMultiAlternatives:
    """The letter as a multipart message. The Message-ID is the row's, however often this is done."""
    headers = {**letter.headers, "Message-ID": mail.message_id}
    sender = return_path(mail)
    if sender:  # said in the header only where it differs: for providers' interfaces that is an extra
        headers["From"] = settings.DEFAULT_FROM_EMAIL
    if settings.EMAIL_PROVIDER == "postmark":
        headers["X-PM-KeepID"] = "true"  # else it writes a Message-ID of its own
    if not settings.EMAIL_PROVIDER:
        headers |= headers_for(settings.MAIL_REPORTS_FROM, message_id=mail.message_id)
    message = Message(
        subject=letter.subject,
        body=letter.text,
        from_email=sender or settings.DEFAULT_FROM_EMAIL,
        to=[mail.to],
        headers=headers,
        connection=mailer,
    )
    message.attach_alternative(letter.html, "text/html")
    if settings.EMAIL_PROVIDER not in WITHOUT_METADATA:
        # A provider that writes a Message-ID of its own brings this back in its reports.
        message.metadata = {"mail": mail.message_id.strip("<>")}
    return message


def quoted(text: str | bytes) -> str:
    data = text.encode() if isinstance(text, str) else text
    return binascii.b2a_qp(data, istext=True).decode("ascii")


def weight(letter: "Letter") -> int:
    """How many bytes the letter takes on its way, with two kilobytes for its headers and theirs who pass it on."""
    parts = [quoted(letter.text), quoted(letter.html)]
    return sum(len(part) + part.count("\n") for part in parts) + sum(map(len, letter.headers.values())) + 2048


def fits(letter: "Letter") -> bool:
    """Most do by far, and are not weighed but counted: three letters for a byte that cannot stand for itself, a soft
    break in each line of 76, and eight kilobytes for headers, ends of lines and spaces before them.
    """
    data = [letter.text.encode(), letter.html.encode()]
    at_most = sum(len(one) + 2 * len(one.translate(None, _PLAIN)) for one in data)
    lines = sum(one.count(b"\n") for one in data)
    return at_most * 76 / 72 + 3 * lines + 8192 < HEAVIEST or weight(letter) <= HEAVIEST
