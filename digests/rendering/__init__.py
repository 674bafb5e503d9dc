"""Writing mails, many at once, at the moment of sending."""

from digests.models import MailKind, OutgoingEmail
from digests.models.mail import SEALED_KINDS
from digests.rendering import (
    account,
    addresses,
    adoptions,
    asks,
    desk,
    digest,
    mentions,
    notices,
    questions,
    requests,
    samples,
    site,
)
from digests.rendering.bundles import write
from digests.rendering.letters import Letter, Nothing, Written

__all__ = [
    "Letter",
    "Nothing",
    "Written",
    "account",
    "addresses",
    "adoptions",
    "asks",
    "desk",
    "in_browser",
    "mentions",
    "notices",
    "questions",
    "requests",
    "samples",
    "site",
    "write",
]


def in_browser(mail: OutgoingEmail, *, everything: bool) -> Written | Exception:
    """The mail as it would be written now; `everything` leaves a digest uncapped.

    What proves that somebody reads a mailbox is shown nowhere else; nor is a mail whose links answer in its reader's
    name, because they would be fresh whenever it is looked at.
    """
    if mail.kind in {*SEALED_KINDS, MailKind.ADDRESS, MailKind.FOLLOW, MailKind.QUESTION}:
        return Nothing("It is for the mailbox alone.")
    if mail.kind == MailKind.DIGEST:
        return digest.in_browser(mail, whole=everything)
    return write([mail])[mail.pk]
