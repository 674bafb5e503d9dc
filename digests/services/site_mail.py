"""Mail that Django, Wagtail or a package composed by itself, into the outbox: one row for each of its recipients."""

import logging
import uuid
from collections.abc import Iterable
from email.utils import parseaddr
from html import unescape

from django.core.mail import EmailMessage
from django.db.models.functions import Lower
from django.utils.html import strip_tags
from django.utils.translation import get_language

from accounts.models import User
from core.html import without_controls
from digests.models import MailKind
from digests.sealing import SEALED, seal
from digests.services.outbox import Wanted, queue_mails

logger = logging.getLogger(__name__)


def queue_site_mail(message: EmailMessage) -> bool:
    """Whether it was taken. A message with attachments is not: the outbox keeps words.

    What is kept is subject and text; HTML of somebody else's making is not, since the text is put into our frame when
    it is sent. Whose address it is gets it in their language, at the address they have by then, or not at all if they
    may no longer sign in.
    """
    if message.attachments:
        logger.error("The mail “%s” was not sent: the outbox takes no attachments.", message.subject)
        return False
    addresses = _addresses(message.recipients())
    people = _people(addresses)
    sealed = seal(_facts(message))
    queue_mails(
        [
            Wanted(
                key=f"site:{uuid.uuid4().hex}",
                kind=MailKind.SITE,
                person_id=people.get(address.lower()),
                address="" if address.lower() in people else address,
                language=(get_language() or "")[:2],
                payload={SEALED: sealed},
            )
            for address in addresses
        ]
    )
    return bool(addresses)


def _facts(message: EmailMessage) -> dict[str, str]:
    text = str(message.body)
    return {
        "subject": without_controls(str(message.subject)),
        "text": without_controls(unescape(strip_tags(text)) if message.content_subtype == "html" else text),
        "reply_to": ", ".join(map(str, message.reply_to or ())),
    }


def _addresses(recipients: Iterable[str]) -> list[str]:
    """Each once, without the name before it."""
    found = {address.lower(): address for one in recipients if "@" in (address := parseaddr(str(one))[1])}
    return list(found.values())


def _people(addresses: Iterable[str]) -> dict[str, int]:
    """Address, in small letters → whose it is."""
    own = User.objects.annotate(lower=Lower("email")).filter(lower__in=[one.lower() for one in addresses])
    return dict(own.values_list("lower", "pk"))
