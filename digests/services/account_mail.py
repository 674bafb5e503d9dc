"""The mails about signing in, into the outbox."""

import uuid

from accounts.mail import AccountMail
from digests.models import MailKind
from digests.sealing import SEALED, seal
from digests.services.outbox import Wanted, queue_mails


def queue_account_mail(mail: AccountMail) -> None:
    """Each is a mail of its own, however often somebody asks: allauth counts how often is too often."""
    queue_mails(
        [
            Wanted(
                key=f"account:{mail.name}:{uuid.uuid4().hex}",
                kind=MailKind.ACCOUNT,
                person_id=mail.person.pk if mail.person else None,
                address=mail.address,
                language=mail.language,
                worthless_after=mail.worthless_after,
                payload={"mail": mail.name, SEALED: seal(mail.facts)},
                urgency=0,
            )
        ]
    )
