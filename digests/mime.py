"""A letter as a message on the wire."""

import binascii
from email.charset import QP, Charset
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from digests.addresses import return_path

if TYPE_CHECKING:
    from digests.models import OutgoingEmail
    from digests.rendering import Letter


# Gmail cuts a mail off behind 102 kilobytes, and the links to stop it with what it cuts off.
HEAVIEST = 100_000


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


def as_message(mail: "OutgoingEmail", letter: "Letter", mailer: Any = None) -> EmailMultiAlternatives:
    """The letter as a multipart message. The Message-ID is the row's, however often this is done."""
    message = Message(
        subject=letter.subject,
        body=letter.text,
        from_email=return_path(mail) or settings.DEFAULT_FROM_EMAIL,
        to=[mail.to],
        headers={**letter.headers, "From": settings.DEFAULT_FROM_EMAIL, "Message-ID": mail.message_id},
        connection=mailer,
    )
    message.attach_alternative(letter.html, "text/html")
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
    """Most do by far, and are not weighed: no letter takes more than three of ASCII for a byte, and a few for lines."""
    return (len(letter.text.encode()) + len(letter.html.encode())) * 3.3 + 8192 < HEAVIEST or weight(letter) <= HEAVIEST
