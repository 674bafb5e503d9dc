"""What mail providers post about a mail, in the shapes that they document. Each is about the mail `sent`."""

import base64
import hashlib
import hmac
import json
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

SECRET = "reports:a-long-and-random-password"
MAILGUN_KEY = "mailgun-signing-key"
SENDGRID_KEY = ec.generate_private_key(ec.SECP256R1())
SENDGRID_PUBLIC = base64.b64encode(
    SENDGRID_KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
).decode()
WHEN = "2026-11-23T09:00:00Z"


def basic(secret=SECRET):
    return {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(secret.encode()).decode()}


def postmark(sent, *, kind="HardBounce", record="Bounce", details="550 5.1.1 User unknown", **more):
    return {
        "RecordType": record,
        "ID": 692560173,
        "Type": kind,
        "TypeCode": 1,
        "MessageID": sent.provider_id or "2706ee8a-737c-4285-b032-ccd317af53ed",
        "Metadata": {},
        "MessageStream": "outbound",
        "Name": kind,
        "Description": "The server was unable to deliver your message",
        "Details": details,
        "Email": sent.address,
        "From": "news@network.example",
        "BouncedAt": WHEN,
        "DumpAvailable": True,
        "Inactive": True,
        "CanActivate": True,
        "Subject": "New in Stockport",
    } | more


def mailgun(sent, *, event="failed", severity="permanent", reason="bounce", said="550 5.1.1 User unknown", **signed):
    return {
        "signature": mailgun_signature(**signed),
        "event-data": {
            "event": event,
            "id": "G9Bn5sl1TC6nu79C8C0bwg",
            "timestamp": 1795424400.37,
            "log-level": "error",
            "severity": severity,
            "reason": reason,
            "delivery-status": {
                "attempt-no": 1,
                "message": said,
                "code": 550,
                "description": "",
                "session-seconds": 0.4,
            },
            "flags": {"is-routed": False, "is-authenticated": True, "is-system-test": False, "is-test-mode": False},
            "envelope": {"sender": "news@network.example", "transport": "smtp", "targets": sent.address},
            "message": {
                "headers": {
                    "to": sent.address,
                    "message-id": sent.message_id.strip("<>"),
                    "from": "Our network <news@network.example>",
                    "subject": "New in Stockport",
                },
                "attachments": [],
                "size": 4812,
            },
            "recipient": sent.address,
            "recipient-domain": "example.org",
            "tags": [],
            "user-variables": {},
        },
    }


def mailgun_signature(*, key=MAILGUN_KEY, at=None, token="c1b9ae7f0a3f5b28c2e4d60f81a95e7703d2b46c18ef5a9071"):  # noqa: S107
    stamp = str(int(time.time() if at is None else at))
    made = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": stamp, "token": token, "signature": made}


def sendgrid(sent, *, event="bounce", kind="bounce", reason="550 5.1.1 User unknown", **more):
    return [
        {
            "email": sent.address,
            "event": event,
            "ip": "198.51.100.7",
            "reason": reason,
            "sg_event_id": "Ym91bmNlLTAtMTIzNDU2Nzg5",
            "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
            "smtp-id": sent.message_id,
            "status": "5.1.1",
            "timestamp": int(time.time()),
            "tls": 1,
            "type": kind,
        }
        | more
    ]


def sendgrid_headers(body, *, at=None, key=SENDGRID_KEY):
    stamp = str(int(time.time() if at is None else at))
    signature = key.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    return {
        "HTTP_X_TWILIO_EMAIL_EVENT_WEBHOOK_SIGNATURE": base64.b64encode(signature).decode(),
        "HTTP_X_TWILIO_EMAIL_EVENT_WEBHOOK_TIMESTAMP": stamp,
    }


def sparkpost(sent, *, kind="bounce", bounce_class="10", reason="550 5.1.1 User unknown"):
    event = {
        "type": kind,
        "bounce_class": bounce_class,
        "campaign_id": "",
        "customer_id": "1",
        "error_code": "550",
        "event_id": "92356927693813856",
        "friendly_from": "news@network.example",
        "message_id": "000443ee14578172be22",
        "msg_from": "msprvs1=abc@bounces.network.example",
        "num_retries": "0",
        "raw_rcpt_to": sent.address,
        "raw_reason": reason,
        "rcpt_meta": {"mail": sent.message_id.strip("<>")},
        "rcpt_to": sent.address,
        "reason": reason,
        "subject": "New in Stockport",
        "timestamp": "1795424400",
        "transmission_id": "65832150921904138",
    }
    return [{"msys": {"message_event": event}}]


def brevo(sent, *, event="hard_bounce", reason="550 5.1.1 User unknown"):
    return {
        "event": event,
        "email": sent.address,
        "id": 26224,
        "date": "2026-11-23 10:00:00",
        "message-id": sent.message_id,
        "subject": "New in Stockport",
        "ts_event": 1795424400,
        "ts_epoch": 1795424400000,
        "sending_ip": "198.51.100.7",
        "reason": reason,
    }


def resend(sent, *, kind="email.bounced", bounce="Permanent", message="The email account does not exist."):
    return {
        "type": kind,
        "created_at": WHEN,
        "data": {
            "broadcast_id": None,
            "created_at": WHEN,
            "email_id": sent.provider_id or "56761188-7520-42d8-8898-ff6fc54ce618",
            "from": "Our network <news@network.example>",
            "to": [sent.address],
            "subject": "New in Stockport",
            "bounce": {"message": message, "subType": "General", "type": bounce},
            "headers": [],
        },
    }


def ses(sent, *, what="Bounce", kind="Permanent", sub="General", said="smtp; 550 5.1.1 user unknown"):
    details = {
        "Bounce": {
            "bounceType": kind,
            "bounceSubType": sub,
            "bouncedRecipients": [
                {"emailAddress": sent.address, "action": "failed", "status": "5.1.1", "diagnosticCode": said}
            ],
            "timestamp": WHEN,
            "feedbackId": "0102017-feedback",
        },
        "Complaint": {
            "complainedRecipients": [{"emailAddress": sent.address}],
            "complaintFeedbackType": kind,
            "timestamp": WHEN,
        },
    }
    return {
        "eventType": what,
        what.lower(): details[what],
        "mail": {
            "timestamp": WHEN,
            "source": "news@network.example",
            "messageId": sent.provider_id,
            "destination": [sent.address],
            "headers": [{"name": "Subject", "value": "New in Stockport"}],
        },
    }


def body_of(payload):
    return json.dumps(payload).encode()


RESEND_KEY = "whsec_" + base64.b64encode(b"a key of Resend's").decode()


def resend_headers(body, *, at=None, key=RESEND_KEY, number="msg_1"):
    stamp = str(int(time.time() if at is None else at))
    secret = base64.b64decode(key.removeprefix("whsec_"))
    made = base64.b64encode(hmac.new(secret, f"{number}.{stamp}.".encode() + body, hashlib.sha256).digest()).decode()
    return {"HTTP_SVIX_ID": number, "HTTP_SVIX_TIMESTAMP": stamp, "HTTP_SVIX_SIGNATURE": f"v1,b2xk v1,{made}"}
