"""What mail providers report by the web: whom we believe, what follows, and that nothing gets in that is not theirs."""

import json
import logging
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.webhooks.amazon_ses import AmazonSESBaseWebhookView, AmazonSESTrackingWebhookView
from anymail.webhooks.base import AnymailBaseWebhookView
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from digests import checks, services, webhooks
from digests.bounces.providers import report_of
from digests.mime import as_message
from digests.models import Follow, MailPreference, MailReport, OutgoingEmail, Suppression
from digests.rendering import Letter
from network.providers import PROVIDERS, REPORT_ONLY
from tests.digests import payloads
from tests.digests.payloads import basic, body_of

pytestmark = [
    pytest.mark.django_db,
    # Anymail says at each call that it cannot test against SendGrid itself any more.
    pytest.mark.filterwarnings("ignore:django-anymail has dropped official support for SendGrid"),
]
NUMBER = "<0123456789abcdef0123456789abcdef@network.example>"


@pytest.fixture(autouse=True)
def heard(settings, tmp_path):
    settings.CACHES = settings.CACHES | {
        "shared": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": str(tmp_path)}
    }
    settings.MAIL_REPORTS_FROM = ["postmark", "mailgun", "sendgrid", "sparkpost", "brevo", "resend"]
    settings.ANYMAIL = {
        "WEBHOOK_SECRET": payloads.SECRET,
        "MAILGUN_WEBHOOK_SIGNING_KEY": payloads.MAILGUN_KEY,
        "SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY": payloads.SENDGRID_PUBLIC,
    }


@pytest.fixture
def sent(reader):
    return OutgoingEmail.objects.create(
        key="k", kind="digest", person=reader, message_id=NUMBER, address=reader.email, state="sent",
        sent_at=timezone.now(), provider_id="0102-the-providers-number",
    )  # fmt: skip


def tell(provider, payload, *, secret=payloads.SECRET, **headers):
    body = payload if isinstance(payload, bytes) else body_of(payload)
    if provider == "sendgrid" and not headers:
        headers = payloads.sendgrid_headers(body)
    authorization = basic(secret) if secret else {}
    client = Client(enforce_csrf_checks=True)
    return client.post(f"/mail/webhooks/{provider}/", body, content_type="application/json", **authorization, **headers)


GONE = [
    ("postmark", payloads.postmark),
    ("mailgun", payloads.mailgun),
    ("sendgrid", payloads.sendgrid),
    ("sparkpost", payloads.sparkpost),
    ("brevo", payloads.brevo),
    ("resend", payloads.resend),
]


@pytest.mark.parametrize(("provider", "payload"), GONE)
def test_a_mailbox_that_is_gone_stops_all_mail_once(sent, reader, provider, payload):
    event = payload(sent)
    for _ in range(2):
        answer = tell(provider, event)
        assert (answer.status_code, answer.content, dict(answer.cookies)) == (200, b"", {})
    row = Suppression.objects.get()
    assert (row.address, row.kind, row.source, row.mail) == (reader.email, "gone", "provider", sent)
    assert MailReport.objects.get().kind == "permanent"


PASSING = [
    ("postmark", lambda sent: payloads.postmark(sent, kind="SoftBounce", details="552 5.2.2 mailbox full")),
    ("postmark", lambda sent: payloads.postmark(sent, details="550 5.7.1 blocked by our policy")),
    ("postmark", lambda sent: payloads.postmark(sent, kind="SpamNotification", details="550 rejected as junk")),
    ("mailgun", lambda sent: payloads.mailgun(sent, said="552 5.2.2 mailbox full")),
    ("sendgrid", lambda sent: payloads.sendgrid(sent, kind="blocked", reason="550 5.7.26 DMARC")),
    ("sparkpost", lambda sent: payloads.sparkpost(sent, bounce_class="22", reason="552 full")),
    ("sparkpost", lambda sent: payloads.sparkpost(sent, bounce_class="51", reason="554 refused")),
    ("brevo", lambda sent: payloads.brevo(sent, event="soft_bounce", reason="later")),
    ("brevo", lambda sent: payloads.brevo(sent, event="blocked", reason="")),
    ("resend", lambda sent: payloads.resend(sent, bounce="Transient", message="The recipient's inbox was full.")),
]


@pytest.mark.parametrize(("provider", "payload"), PASSING)
def test_a_passing_reason_stops_nothing(sent, provider, payload):
    assert tell(provider, payload(sent)).status_code == 200
    assert MailReport.objects.get().kind == "transient"
    assert not Suppression.objects.exists()


UNKNOWN = [
    ("mailgun", lambda sent: payloads.mailgun(sent, said="554 delivery error")),
    ("sendgrid", lambda sent: payloads.sendgrid(sent, reason="554 delivery error")),
    ("sparkpost", lambda sent: payloads.sparkpost(sent, bounce_class="1", reason="554 delivery error")),
    ("resend", lambda sent: payloads.resend(sent, bounce="Undetermined", message="Something else.")),
]


@pytest.mark.parametrize(("provider", "payload"), UNKNOWN)
def test_what_nobody_explains_is_unknown_and_never_for_good(sent, provider, payload):
    assert tell(provider, payload(sent)).status_code == 200
    assert MailReport.objects.get().kind == "unknown"
    assert not Suppression.objects.exists()


COMPLAINTS = [
    ("postmark", lambda sent: payloads.postmark(sent, record="SpamComplaint", kind="SpamComplaint")),
    ("mailgun", lambda sent: payloads.mailgun(sent, event="complained", severity="", reason="")),
    ("sendgrid", lambda sent: payloads.sendgrid(sent, event="spamreport", kind="")),
    ("sparkpost", lambda sent: payloads.sparkpost(sent, kind="spam_complaint", bounce_class="", reason="")),
    ("brevo", lambda sent: payloads.brevo(sent, event="spam", reason="")),
    ("resend", lambda sent: payloads.resend(sent, kind="email.complained")),
]


@pytest.mark.parametrize(("provider", "payload"), COMPLAINTS)
def test_a_complaint_stops_all_mail(sent, provider, payload):
    event = payload(sent)
    for one in event if isinstance(event, list) else [event]:
        one.get("msys", {}).get("message_event", {}).pop("bounce_class", None)
    tell(provider, event)
    assert Suppression.objects.get().kind == "complaint"


@pytest.mark.parametrize(
    ("provider", "payload"),
    [
        (
            "postmark",
            lambda sent: payloads.postmark(
                sent, record="SubscriptionChange", SuppressSending=True, SuppressionReason="ManualSuppression"
            ),
        ),
        ("mailgun", lambda sent: payloads.mailgun(sent, event="unsubscribed", severity="", reason="")),
        ("sendgrid", lambda sent: payloads.sendgrid(sent, event="unsubscribe", kind="")),
        ("brevo", lambda sent: payloads.brevo(sent, event="unsubscribe", reason="")),
    ],
)
def test_whoever_tells_the_provider_to_stop_keeps_their_follows(sent, reader, topic, provider, payload):
    services.follow(person=reader, target=("topic", topic.pk))
    tell(provider, payload(sent))
    assert MailPreference.objects.get(person=reader).stopped_at
    assert Follow.objects.of(reader).count() == 1
    assert not Suppression.objects.exists()


def test_opens_clicks_and_waiting_say_nothing(sent):
    tell("brevo", payloads.brevo(sent, event="unique_opened"))
    tell("brevo", payloads.brevo(sent, event="request"))
    tell("brevo", payloads.brevo(sent, event="delivered"))
    assert not MailReport.objects.exists()
    tell("brevo", payloads.brevo(sent, event="deferred", reason="421 later"))
    assert MailReport.objects.get().kind == "delayed"


def test_a_delivery_makes_earlier_failures_forgotten(sent, reader, time_machine):
    start = timezone.now()
    for day in range(4):
        time_machine.move_to(start + timedelta(days=day), tick=False)
        mail = OutgoingEmail.objects.create(
            key=f"d{day}", kind="digest", person=reader, message_id=f"<{day:032x}@network.example>",
            address=reader.email, state="sent", sent_at=timezone.now(),
        )  # fmt: skip
        tell("brevo", payloads.brevo(mail, event="soft_bounce", reason="mailbox full"))
    assert services.bounces.soft_score(reader.email) > 3
    time_machine.move_to(start + timedelta(days=5), tick=False)
    tell("brevo", payloads.brevo(sent, event="delivered"))
    assert services.bounces.soft_score(reader.email) == 0


def test_a_provider_that_renames_our_mail_is_understood_by_its_own_number(sent):
    event = payloads.postmark(sent)
    assert NUMBER.strip("<>") not in json.dumps(event)
    tell("postmark", event)
    assert Suppression.objects.exists()


def test_somebody_elses_number_or_address_stops_nobody(sent):
    tell("postmark", payloads.postmark(sent, MessageID="another"))
    tell("brevo", payloads.brevo(SimpleNamespace(address=sent.address, message_id=NUMBER.replace("0", "1"))))
    assert not MailReport.objects.exists()
    other = SimpleNamespace(address="victim@example.org", message_id=NUMBER, provider_id="")
    tell("brevo", payloads.brevo(other, event="spam"))
    assert not MailReport.objects.exists()
    tell("brevo", payloads.brevo(other))
    assert MailReport.objects.get().kind == "transient"
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (("Bounce", "Permanent", "General", "smtp; 550 5.1.1 user unknown"), "permanent"),
        (("Bounce", "Permanent", "NoEmail", None), "permanent"),
        (("Bounce", "Transient", "MailboxFull", "smtp; 552 full"), "transient"),
        (("Bounce", "Transient", "General", None), "transient"),
        (("Bounce", "Undetermined", "Undetermined", None), "unknown"),
        (("Complaint", "abuse", "", None), "complaint"),
        (("Complaint", "not-spam", "", None), "unknown"),
    ],
)
def test_amazon_is_understood_by_the_number_that_it_gave_the_mail(sent, said, expected):
    """Its own library is not needed to read its events."""
    view = AmazonSESTrackingWebhookView.__new__(AmazonSESTrackingWebhookView)
    made = payloads.ses(sent, **dict(zip(("what", "kind", "sub", "said"), said, strict=True)))
    (event,) = view.esp_to_anymail_events(made, {"MessageId": "1", "Timestamp": payloads.WHEN})
    taken = services.take_event(report=report_of(event, provider="Amazon SES"))
    assert (taken.tied, taken.kind) == (True, expected)


def test_amazon_is_asked_for_its_password_first_and_then_heard(sent, settings, monkeypatch):
    """As it is with its library, which is needed only to say yes to a subscription."""

    def without_library(self, **kwargs):
        self.auto_confirm_enabled = False
        AnymailBaseWebhookView.__init__(self, **kwargs)

    monkeypatch.setattr(AmazonSESBaseWebhookView, "__init__", without_library)
    settings.MAIL_REPORTS_FROM = ["amazon_ses"]
    body = {
        "Type": "Notification",
        "MessageId": "m1",
        "Message": json.dumps(payloads.ses(sent)),
        "Timestamp": payloads.WHEN,
    }
    headers = {"HTTP_X_AMZ_SNS_MESSAGE_TYPE": "Notification", "HTTP_X_AMZ_SNS_MESSAGE_ID": "m1"}

    def post(**more):
        return Client().post(
            "/mail/webhooks/amazon_ses/", body_of(body), content_type="text/plain; charset=UTF-8", **headers, **more
        )

    asked = post()
    assert (asked.status_code, asked["WWW-Authenticate"]) == (401, 'Basic realm="mail"')
    assert post(**basic("reports:wrong")).status_code == 400
    assert not MailReport.objects.exists()
    assert post(**basic()).status_code == 200
    assert Suppression.objects.get().mail == sent


B, R = EventType.BOUNCED, EventType.REJECTED
REASONS = {
    RejectReason.INVALID: ("permanent", "permanent"),
    RejectReason.BOUNCED: ("unknown", "permanent"),
    RejectReason.TIMED_OUT: ("transient", "transient"),
    RejectReason.BLOCKED: ("transient", "transient"),
    RejectReason.SPAM: ("transient", "complaint"),
    RejectReason.UNSUBSCRIBED: ("opt_out", "opt_out"),
    RejectReason.OTHER: ("unknown", "unknown"),
}
EVENTS = {
    EventType.QUEUED: None,
    EventType.SENT: None,
    EventType.FAILED: "unknown",
    EventType.DEFERRED: "delayed",
    EventType.DELIVERED: "delivered",
    EventType.AUTORESPONDED: "auto_reply",
    EventType.OPENED: None,
    EventType.CLICKED: None,
    EventType.COMPLAINED: "complaint",
    EventType.UNSUBSCRIBED: "opt_out",
    EventType.SUBSCRIBED: None,
    EventType.INBOUND: None,
    EventType.INBOUND_FAILED: None,
    EventType.UNKNOWN: None,
}


def constants(of):
    return {value for name, value in vars(of).items() if name.isupper()}


def kind_of(event_type, reason=None, provider="Postal"):
    found = report_of(AnymailTrackingEvent(event_type=event_type, reject_reason=reason), provider=provider)
    return found and found.kind


def test_every_word_of_anymail_has_a_meaning():
    assert set(REASONS) == constants(RejectReason)
    assert set(EVENTS) | {B, R} == constants(EventType)
    assert {reason: (kind_of(B, reason), kind_of(R, reason)) for reason in REASONS} == REASONS
    assert {event: kind_of(event) for event in EVENTS} == EVENTS
    assert (kind_of(B), kind_of(R)) == ("unknown", "unknown")


@pytest.mark.parametrize(
    "raw", [None, [], "x", {"a": {"a": {"a": {"a": {"a": {"a": {"a": 1}}}}}}}, {"x": object(), 1: b"\xff"}]
)
def test_an_event_of_any_shape_is_read(raw):
    event = AnymailTrackingEvent(event_type=B, message_id="\x00", recipient={}, esp_event=raw, metadata=raw)
    assert report_of(event, provider="Postmark").kind == "unknown"
    services.take_event(report=report_of(event, provider="Postmark"))


@pytest.mark.parametrize("secret", ["", "reports:wrong", ":", "reports"])
@pytest.mark.parametrize("provider", ["postmark", "sparkpost", "brevo", "resend", "mailgun"])
def test_whoever_does_not_know_the_secret_is_refused(sent, provider, secret):
    assert tell(provider, dict(GONE)[provider](sent), secret=secret).status_code == 400
    assert not MailReport.objects.exists()


def test_mailguns_signature_is_checked(sent, settings):
    del settings.ANYMAIL["WEBHOOK_SECRET"]
    assert tell("mailgun", payloads.mailgun(sent, key="another"), secret="").status_code == 400
    assert tell("mailgun", payloads.mailgun(sent, at=time.time() - 4 * 86400), secret="").status_code == 400
    assert tell("mailgun", {"event-data": {}}, secret="").status_code == 400
    assert not MailReport.objects.exists()
    assert tell("mailgun", payloads.mailgun(sent), secret="").status_code == 200
    assert Suppression.objects.exists()


def test_a_signature_of_mailgun_is_good_for_one_event_only(sent):
    event = payloads.mailgun(sent, said="452 mailbox full")
    assert tell("mailgun", event).status_code == 200
    assert tell("mailgun", event).status_code == 200, "tried again because our answer was lost"
    forged = payloads.mailgun(sent) | {"signature": event["signature"]}
    assert tell("mailgun", forged).status_code == 400
    assert [one.kind for one in MailReport.objects.all()] == ["transient"]


def test_sendgrids_signature_is_checked(sent):
    body = body_of(payloads.sendgrid(sent))
    late = payloads.sendgrid_headers(body, at=time.time() - 4 * 86400)
    other = payloads.sendgrid_headers(body_of(payloads.sendgrid(sent, reason="else")))
    for headers in (late, other, {"HTTP_X_NOTHING": ""}):
        assert tell("sendgrid", body, **headers).status_code == 400
    assert not MailReport.objects.exists()


def test_resends_signature_is_checked(sent, settings):
    settings.ANYMAIL = {"RESEND_SIGNING_SECRET": payloads.RESEND_KEY}
    body = body_of(payloads.resend(sent))
    sign = payloads.resend_headers
    for headers in (
        {"HTTP_X": ""},
        sign(body, at=time.time() - 600),
        sign(b"{}"),
        sign(body, key="whsec_b3RoZXI="),
        sign(body) | {"HTTP_SVIX_ID": "msg_2"},
        sign(body) | {"HTTP_SVIX_TIMESTAMP": "now"},
        sign(body) | {"HTTP_SVIX_SIGNATURE": "v1,é"},
    ):
        assert tell("resend", body, secret="", **headers).status_code == 400
    assert not MailReport.objects.exists()
    assert tell("resend", body, secret="", **sign(body)).status_code == 200
    assert Suppression.objects.exists()
    settings.MAIL_REPORTS_FROM, settings.ANYMAIL = ["resend"], {"RESEND_SIGNING_SECRET": "whsec_?"}
    assert "must be whsec_ and base64" in checks.reports_are_heard()[0].msg


def test_an_event_told_again_after_the_address_was_repaired_stops_nothing(sent, reader):
    event = payloads.brevo(sent)
    tell("brevo", event)
    services.allow_again(suppression=Suppression.objects.get(), by=reader, reason="")
    tell("brevo", event)
    MailReport.objects.all().delete()
    tell("brevo", event)
    assert not Suppression.objects.exists()


def test_without_a_secret_there_is_no_such_address_and_the_operator_is_told(sent, settings):
    settings.ANYMAIL = {}
    for provider in settings.MAIL_REPORTS_FROM:
        assert tell(provider, dict(GONE)[provider](sent)).status_code == 404
        assert Client().head(f"/mail/webhooks/{provider}/").status_code == 404
    said = checks.reports_are_heard()
    assert len(said) == len(settings.MAIL_REPORTS_FROM)
    assert any("ANYMAIL_MAILGUN_WEBHOOK_SIGNING_KEY is not set" in one.msg for one in said)
    settings.MAIL_REPORTS_FROM = []
    assert checks.reports_are_heard() == []


def test_every_provider_by_which_mail_can_leave_can_report(settings):
    assert set(PROVIDERS) | REPORT_ONLY == set(webhooks.VIEWS)
    settings.MAIL_REPORTS_FROM = sorted(set(webhooks.VIEWS) - {"amazon_ses"})
    settings.ANYMAIL |= dict.fromkeys(webhooks.SIGNED_BY.values(), "c2VjcmV0") | {
        "SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY": payloads.SENDGRID_PUBLIC
    }
    assert checks.reports_are_heard() == []
    for provider in settings.MAIL_REPORTS_FROM:
        assert Client().head(f"/mail/webhooks/{provider}/").status_code == 200


@pytest.mark.parametrize("secret", ["no-colon", ":", "user:"])
def test_a_secret_that_is_none_is_told_to_the_operator(settings, secret):
    settings.MAIL_REPORTS_FROM = ["brevo"]
    settings.ANYMAIL = {"WEBHOOK_SECRET": secret}
    assert "must look like user:password" in checks.reports_are_heard()[0].msg


def test_a_provider_that_is_not_ours_is_not_there(settings):
    settings.MAIL_REPORTS_FROM = ["brevo"]
    for provider in ("postmark", "nobody", "amazon_ses"):
        assert Client().post(f"/mail/webhooks/{provider}/", **basic()).status_code == 404
    assert Client().get("/mail/webhooks/brevo/").status_code == 405
    assert Client().head("/mail/webhooks/brevo/").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'"x"',
        b"[[[[1]]]]",
        b'{"RecordType": []}',
        b"[" * 100_000,
        b'{"RecordType": "Bounce", "Type": {}}',
        b'{"RecordType": "Inbound"}',
        b'{"RecordType":"Delivery","DeliveredAt":9}',
    ],
)
@pytest.mark.parametrize("provider", ["postmark", "mailgun", "sendgrid", "sparkpost", "brevo", "resend"])
def test_what_is_no_event_is_refused_and_breaks_nothing(provider, body):
    assert tell(provider, body).status_code in {200, 400, 415}
    assert not MailReport.objects.exists()


def test_too_much_and_other_content_is_refused(sent):
    assert tell("brevo", b" " * (webhooks.LARGEST + 1)).status_code == 413
    form = Client().post("/mail/webhooks/brevo/", payloads.brevo(sent), **basic())
    assert form.status_code == 415
    assert not MailReport.objects.exists()


def test_while_the_database_is_away_the_provider_is_asked_to_try_again(sent, monkeypatch):
    def away(**kwargs):
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patched:
        patched.setattr(services, "take_event", away)
        answer = tell("brevo", payloads.brevo(sent))
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert tell("brevo", payloads.brevo(sent)).status_code == 200
    assert Suppression.objects.exists()


def test_a_report_that_is_faster_than_our_own_record_is_asked_for_again(sent):
    OutgoingEmail.objects.update(state="sending", address="")
    assert tell("brevo", payloads.brevo(sent)).status_code == 503
    OutgoingEmail.objects.update(state="sent", address=sent.address)
    assert tell("brevo", payloads.brevo(sent)).status_code == 200
    assert Suppression.objects.exists()


def test_nobodys_address_gets_into_the_log(sent, caplog):
    caplog.set_level(logging.DEBUG)
    tell("brevo", payloads.brevo(sent))
    tell("brevo", payloads.brevo(sent), secret="reports:wrong")
    tell("brevo", json.dumps(payloads.brevo(sent)).encode()[:-3])
    assert caplog.records
    assert sent.address not in caplog.text


def test_a_mail_takes_its_number_along_for_providers_that_rename_it(sent):
    message = as_message(sent, Letter(subject="s", text="t", html="h"))
    assert message.metadata == {"mail": NUMBER.strip("<>")}


def test_by_smtp_the_number_goes_along_in_the_providers_own_header(sent, settings):
    settings.MAIL_REPORTS_FROM = ["postmark", "sparkpost"]
    message = as_message(sent, Letter(subject="s", text="t", html="h")).message()
    assert message["X-PM-Metadata-mail"] == NUMBER.strip("<>")
    assert json.loads(message["X-MSYS-API"]) == {"metadata": {"mail": NUMBER.strip("<>")}}
    tell("postmark", payloads.postmark(sent, MessageID="theirs", Metadata={"mail": message["X-PM-Metadata-mail"]}))
    assert Suppression.objects.get().mail == sent
    settings.EMAIL_PROVIDER = "postmark"
    assert "X-PM-Metadata-mail" not in as_message(sent, Letter(subject="s", text="t", html="h")).message()
