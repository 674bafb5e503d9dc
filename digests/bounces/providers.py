"""What a mail provider's event means. Anymail has read it and found one word for it; here it becomes a `Report`.

That word is too coarse to stop somebody's mail: a full mailbox and one that is gone are both “bounced”. So the mail
server's words are judged as in every other report, then the provider's own class of the failure is asked, and only
then Anymail's reason. Whatever blames the moment wins over what blames the address, and what none explains is unknown.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason

from digests.bounces.reading import Report, cleaned_status
from digests.bounces.verdicts import Kind, judge

# Without the brackets that some providers take away. Anywhere in the event: header, number, or metadata of ours.
_OUR_ID = re.compile(r"(?<![0-9a-z])([0-9a-f]{32}@[a-z0-9.-]{1,190})", re.IGNORECASE)
_LONGEST = 256 * 1024

# Events that say nothing about whether mail arrives (opens and clicks are not asked for, and nobody is watched).
PLAIN = {
    EventType.COMPLAINED: Kind.COMPLAINT,
    EventType.UNSUBSCRIBED: Kind.OPT_OUT,
    EventType.DEFERRED: Kind.DELAYED,
    EventType.DELIVERED: Kind.DELIVERED,
    EventType.AUTORESPONDED: Kind.AUTO_REPLY,
    EventType.FAILED: Kind.UNKNOWN,
}
# (event, Anymail's reason) where neither the words nor the provider's class say more. “Bounced” alone is no reason.
BY_REASON = {
    (EventType.BOUNCED, RejectReason.INVALID): Kind.PERMANENT,
    (EventType.BOUNCED, RejectReason.TIMED_OUT): Kind.TRANSIENT,
    (EventType.BOUNCED, RejectReason.BLOCKED): Kind.TRANSIENT,
    # A filter at the reader's end took it for spam; nobody has complained.
    (EventType.BOUNCED, RejectReason.SPAM): Kind.TRANSIENT,
    (EventType.BOUNCED, RejectReason.UNSUBSCRIBED): Kind.OPT_OUT,
    # The provider does not even try, because of what came back earlier.
    (EventType.REJECTED, RejectReason.INVALID): Kind.PERMANENT,
    (EventType.REJECTED, RejectReason.BOUNCED): Kind.PERMANENT,
    (EventType.REJECTED, RejectReason.TIMED_OUT): Kind.TRANSIENT,
    (EventType.REJECTED, RejectReason.BLOCKED): Kind.TRANSIENT,
    (EventType.REJECTED, RejectReason.SPAM): Kind.COMPLAINT,
    (EventType.REJECTED, RejectReason.UNSUBSCRIBED): Kind.OPT_OUT,
}
# The providers' own classes, as `field=value` of their events, that mean: there is no such address.
HARD = {
    "Postmark": {"type=hardbounce", "type=bademailaddress", "suppressionreason=hardbounce"},
    "Mailgun": {"reason=suppress-bounce"},
    "SendGrid": {"bounce_classification=invalid address"},
    "SparkPost": {"bounce_class=10", "bounce_class=30"},
    "Brevo": {"event=hard_bounce", "event=invalid_email"},
    "Mailjet": {"error=user unknown", "error=mailbox inactive", "error=invalid domain", "error=no mail host"},
    "Amazon SES": {"bouncetype=permanent"},
    "Resend": {"type=permanent"},
}
# … and that mean: not this time, or not this message.
SOFT = {
    "Postmark": {
        f"type={one}"
        for one in ("softbounce", "transient", "dnserror", "spamnotification", "virusnotification", "blocked")
    }
    | {"type=dmarcpolicy"},
    "Mailgun": {"severity=temporary"},
    "SendGrid": {"type=blocked"},
    "SparkPost": {f"bounce_class={one}" for one in (20, 21, 22, 23, 24, 25, 50, 51, 52, 53, 54, 70)},
    "Brevo": {"event=soft_bounce", "event=blocked"},
    "Mailjet": {"hard_bounce=false"},
    "Amazon SES": {"bouncetype=transient", "bouncesubtype=contentrejected", "bouncesubtype=messagetoolarge"},
    "Resend": {"type=transient"},
}


# By SMTP a provider takes what it shall bring back in its reports from a header of its own, and passes it on to nobody.
# The others keep our Message-ID, or name it (SendGrid, and Amazon with “original headers”).
ALONG = {
    "brevo": ("X-Mailin-custom", "{}"),
    "mailjet": ("X-MJ-CustomID", "{}"),
    "mandrill": ("X-MC-Metadata", '{{"mail": "{}"}}'),
    "postmark": ("X-PM-Metadata-mail", "{}"),
    "sparkpost": ("X-MSYS-API", '{{"metadata": {{"mail": "{}"}}}}'),
}


def headers_for(providers: Iterable[str], *, message_id: str) -> dict[str, str]:
    """What to send along to the SMTP servers of these, so that their reports name the mail."""
    known = [ALONG[one] for one in providers if one in ALONG]
    return {name: value.format(message_id.strip("<>")) for name, value in known}


def report_of(event: AnymailTrackingEvent, *, provider: str) -> Report | None:
    """None for an event that says nothing about delivery. Raises nothing, whatever the event holds."""
    said, number = _words(event), event.message_id
    kind, status = _kind(event, said, provider)
    if kind is None:
        return None
    return Report(
        kind=kind,
        status=cleaned_status(status),
        words=said[:300],
        recipients=frozenset([event.recipient.strip().lower()]) if isinstance(event.recipient, str) else frozenset(),
        message_ids=_ours(event),
        provider_ids=frozenset([number]) if isinstance(number, str) and number.isprintable() else frozenset(),
        from_provider=True,
    )


def _kind(event: AnymailTrackingEvent, said: str, provider: str) -> tuple[Kind | None, str]:
    classes = _classes(event.esp_event)
    soft = bool(classes & SOFT.get(provider, set()))
    if event.event_type in {EventType.BOUNCED, EventType.REJECTED}:
        return _kind_of_failure(event, said, soft=soft, hard=bool(classes & HARD.get(provider, set())))
    if event.event_type == EventType.COMPLAINED and soft:
        # A filter's notice, not a person's.
        return Kind.TRANSIENT, ""
    if event.event_type == EventType.COMPLAINED and "complaintfeedbacktype=not-spam" in classes:
        return Kind.UNKNOWN, ""
    return PLAIN.get(event.event_type), ""


def _kind_of_failure(event: AnymailTrackingEvent, said: str, *, soft: bool, hard: bool) -> tuple[Kind, str]:
    judged, status = judge(status="", words=said)
    by_reason = BY_REASON.get((event.event_type, event.reject_reason or ""), Kind.UNKNOWN)
    rules = (
        (by_reason in {Kind.COMPLAINT, Kind.OPT_OUT}, by_reason),
        (soft or judged is Kind.TRANSIENT, Kind.TRANSIENT),
        (hard or judged is Kind.PERMANENT, Kind.PERMANENT),
    )
    return next((kind for holds, kind in rules if holds), by_reason), status


def _words(event: AnymailTrackingEvent) -> str:
    return " ".join(str(event.mta_response or event.description or "").split())[:4000]


def _classes(raw: Any) -> set[str]:
    return {f"{name}={value}".lower() for name, value in _leaves(raw, depth=6)}


def _leaves(raw: Any, *, depth: int) -> Iterator[tuple[str, str]]:
    """Every short value with the name that stands next to it."""
    if not isinstance(raw, dict) or depth == 0:
        return
    for name, value in list(raw.items())[:200]:
        if isinstance(value, dict):
            yield from _leaves(value, depth=depth - 1)
        elif isinstance(value, str | bool | int) and len(str(value)) <= 60:
            yield str(name), str(value)


def _ours(event: AnymailTrackingEvent) -> frozenset[str]:
    """Message-IDs of ours that the event names, or that it brings back as the metadata we sent along."""
    try:
        text = json.dumps([event.message_id, event.metadata, event.esp_event], default=str)[:_LONGEST]
    except (ValueError, RecursionError):
        return frozenset()
    return frozenset(f"<{one.lower()}>" for one in _OUR_ID.findall(text))
