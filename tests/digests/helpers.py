"""What the tests of digests share."""

from datetime import timedelta
from email import message_from_bytes, policy

from django.core import mail as outbox
from django.db.models import F

from casestudies.models import CaseStudyPage
from digests import services
from digests.models import OutgoingEmail


def publish(page: CaseStudyPage, **changes):
    """Publish a change, as the CMS does: by a revision."""
    page = CaseStudyPage.objects.get(pk=page.pk)
    for name, value in changes.items():
        setattr(page, name, value)
    page.save_revision().publish()
    return CaseStudyPage.objects.get(pk=page.pk)


def send_now(cadence="weekly"):
    """Plan up to this moment and send; the mails that left, as they would be on the wire."""
    before = len(outbox.outbox)
    services.plan_now(cadence=cadence)
    services.send_waiting()
    return [parsed(message) for message in outbox.outbox[before:]]


def an_hour_later():
    """What was sent was sent an hour ago, so that the next notice goes at once."""
    OutgoingEmail.objects.filter(state="sent").update(sent_at=F("sent_at") - timedelta(hours=1))


def parsed(message):
    return message_from_bytes(message.message().as_bytes(), policy=policy.default)


def text_of(message):
    return message.get_body(("plain",)).get_content()


def html_of(message):
    return message.get_body(("html",)).get_content()
