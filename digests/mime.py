"""A letter as a message on the wire."""

import binascii
import re
import secrets
import string
from email.message import Message as PlainMessage
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import SafeMIMEMultipart, SafeMIMEText

from digests.addresses import return_path
from digests.bounces.providers import headers_for

if TYPE_CHECKING:
    from digests.models import OutgoingEmail
    from digests.rendering import Letter


# Gmail cuts a mail off behind 102 kilobytes, and the links to stop it with what it cuts off.
HEAVIEST = 100_000
# Bytes that stand for themselves in quoted-printable.
_PLAIN = bytes({*range(32, 127), 10} - {ord("=")})
# A value of a header that needs no encoding, and one that folding leaves as it is: to find that out takes Django and
# the standard library longer than all the rest of a message.
_ONE_LINE = r"[!-~](?:[ -~]{0,800}[!-~])?"
_IS_ONE_LINE = re.compile(_ONE_LINE).fullmatch
_IS_FOLDED = re.compile(rf"{_ONE_LINE}(?:\n {_ONE_LINE})*").fullmatch
# In an encoded word of a subject (RFC 2047, 4.2); of 75 letters 12 are its frame, and the name stands before the first.
_IN_WORDS = {**{one: one for one in string.ascii_letters + string.digits + "!*+-/.,:;()'"}, " ": "_"}
_WORD = 63 - len("Subject: ")
# These refuse a message with metadata; what they call it is in `provider_id`.
WITHOUT_METADATA = {"mailersend", "postal"}


class Message(EmailMultiAlternatives):
    """Long headers stay on one line (RFC 5322 allows 998 characters).

    The default folding puts a long `List-Unsubscribe` or encoded `Subject` behind an empty first line, which some
    mail programs cannot read.
    """

    metadata: dict[str, str]

    def message(self, *args: Any, **kwargs: Any) -> Any:
        """What Django makes of a message with alternatives and no attachments, in a quarter of its time."""
        own: Any = self  # the stubs know nothing of alternatives
        # No line of quoted-printable has “=_” in it.
        whole = Alternatives(_subtype="alternative", boundary=f"=_{secrets.token_hex(12)}", encoding="utf-8")
        for content, mimetype in ((self.body, "text/plain"), *own.alternatives):
            whole.attach(Part(content, mimetype))
        whole["Subject"] = self.subject
        whole["From"] = self.extra_headers.get("From", self.from_email)
        whole["To"] = ", ".join(self.to)
        whole["Date"] = formatdate()
        for name, value in self.extra_headers.items():
            if name != "From":
                whole[name] = value
        whole.policy = whole.policy.clone(max_line_length=990)
        return whole


class _Headers:
    """Most headers need neither encoding nor Django's look at whether they do."""

    def __setitem__(self: Any, name: str, value: Any) -> None:
        if _IS_ONE_LINE(value := str(value)):
            PlainMessage.__setitem__(self, name, value)
        elif name == "Subject" and not ("\n" in value or "\r" in value):
            PlainMessage.__setitem__(self, name, encoded_words(value))
        else:
            super().__setitem__(name, value)  # type: ignore[misc]  # of what it is mixed into


class Part(_Headers, SafeMIMEText):  # type: ignore[misc]  # so the stubs have Django's own two parents
    """UTF-8 in ASCII letters and lines of 76: no server on the way has to change it, so signatures (DKIM) hold."""

    def __init__(self, content: str, mimetype: str) -> None:
        self.encoding = "utf-8"
        main, _, sub = mimetype.partition("/")
        MIMENonMultipart.__init__(self, main, sub, charset="utf-8")
        self["Content-Transfer-Encoding"] = "quoted-printable"
        PlainMessage.set_payload(self, quoted(content))


class Alternatives(_Headers, SafeMIMEMultipart):  # type: ignore[misc]  # as above
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
        f"{name}: {value}\n".replace("\n", linesep).encode("ascii")
        if _IS_FOLDED(value)
        else policy.fold_binary(name, value)
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


def quoted(text: str) -> str:
    """Quoted-printable; Python's own encoder takes four times as long as the one in C.

    That lets a lone CR stand, and “CR . CR LF” in somebody's words is the end of the message to some servers.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return binascii.b2a_qp(text.encode(), istext=True).decode("ascii")


def encoded_words(text: str) -> str:
    """A subject in any letters, as RFC 2047 has it: a word on each line, and no letter in two of them."""
    words = [""]
    for letter in text:
        piece = _IN_WORDS.get(letter) or "".join(f"={one:02X}" for one in letter.encode(errors="replace"))
        if len(words[-1]) + len(piece) > _WORD:
            words.append("")
        words[-1] += piece
    return "\n ".join(f"=?utf-8?q?{one}?=" for one in words)


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
