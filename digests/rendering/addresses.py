"""The test of an address: a mail with one button, sent although nothing else goes there."""

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from digests import tokens
from digests.addresses import problem_of
from digests.models import MailKind, OutgoingEmail
from digests.rendering.letters import Nothing, Written, compose, feedback_id, writes


@writes(MailKind.ADDRESS)
def write_tests(mails: Sequence[OutgoingEmail]) -> dict[int, Written]:
    """Nothing if the address has been repaired or changed since it was asked for. They are few: one query each."""
    written: dict[int, Written] = {}
    for mail in mails:
        if problem_of(mail.reader) is None:
            written[mail.pk] = Nothing("Mail to this address works again.")
            continue
        with translation.override(mail.tongue):
            written[mail.pk] = compose(
                "notice",
                {
                    "subject_line": _("Does this address work?"),
                    "lead": _("This mail has arrived, so your address works."),
                    "about": _("Press the button on the page that this leads to, and we write to you again as before."),
                    "action_url": tokens.address_link(mail.pk),
                    "action_text": _("Send my mail here again"),
                    "more": _("The link works for 3 days. If you did not ask for this, do nothing."),
                    "why": _("You get this mail because you asked for it on the page of your account."),
                },
                headers=feedback_id("address"),
            )
    return written
