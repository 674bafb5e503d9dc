"""Writing mails, many at once, at the moment of sending."""

from digests.models import MailKind, OutgoingEmail
from digests.rendering import adoptions, digest, notices, questions
from digests.rendering.letters import Letter, Nothing, Written, write

__all__ = ["Letter", "Nothing", "Written", "adoptions", "in_browser", "notices", "questions", "write"]


def in_browser(mail: OutgoingEmail, *, everything: bool) -> Written | Exception:
    """The mail as it would be written now; `everything` leaves a digest uncapped."""
    if everything and mail.kind == MailKind.DIGEST:
        return digest.everything(mail)
    return write([mail])[mail.pk]
