"""Who is to blame when a mail is refused: the table of what servers and providers say while we send."""

import smtplib
from types import SimpleNamespace

import pytest
from anymail.exceptions import AnymailAPIError, AnymailInvalidAddress, AnymailRecipientsRefused, AnymailRequestsAPIError
from requests import ConnectionError as NoAnswer

from digests.services.refusals import Blame, of_opening, of_reply, of_sending

TO = "rhian@example.org"

REPLIES = [
    # Nobody there.
    (550, "5.1.1 The email account that you tried to reach does not exist. Please try double-checking", Blame.ADDRESS),
    (
        550,
        "5.1.1 <rhian@example.org>: Recipient address rejected: User unknown in virtual mailbox table",
        Blame.ADDRESS,
    ),
    (550, "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", Blame.ADDRESS),
    (550, "5.2.1 The email account that you tried to reach is disabled", Blame.ADDRESS),
    (550, "Requested action not taken: mailbox unavailable; no such user here", Blame.ADDRESS),
    (554, "delivery error: dd This user doesn't have a yahoo.com account", Blame.ADDRESS),
    (550, "5.4.1 Recipient address rejected: Access denied. [AM0EUR02FT063.eop-EUR02.prod.protection]", Blame.ADDRESS),
    # This letter, whatever is done.
    (552, "5.3.4 Message size exceeds fixed limit", Blame.MAIL),
    (554, "5.6.0 Message contains invalid header", Blame.MAIL),
    (550, "Administrative prohibition", Blame.MAIL),
    (554, "Transaction failed", Blame.MAIL),
    (556, "Domain does not accept mail", Blame.MAIL),
    # Us.
    (550, "5.7.1 Service unavailable, Client host [192.0.2.1] blocked using Spamhaus", Blame.US),
    (
        550,
        "5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your provider (S3140)",
        Blame.US,
    ),
    (554, "5.7.1 Message refused by policy", Blame.US),
    (550, "5.7.26 This mail has been blocked because the sender is unauthenticated (SPF, DKIM)", Blame.US),
    (550, "5.7.509 Access denied, sending domain example.org does not pass DMARC verification", Blame.US),
    (554, "5.7.1 <rhian@example.org>: Relay access denied", Blame.US),
    (550, "5.1.1 rejected: 192.0.2.1 is on our block list", Blame.US),
    (550, "5.7.25 The IP address sending this message does not have a PTR record set up", Blame.US),
    # The mailbox, later.
    (452, "4.2.2 The email account that you tried to reach is over quota", Blame.MOMENT),
    (552, "5.2.2 Mailbox full", Blame.MOMENT),
    (552, "Requested mail action aborted: exceeded storage allocation, quota exceeded", Blame.MOMENT),
    (
        450,
        "4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional",
        Blame.MOMENT,
    ),
    (451, "4.7.1 Greylisting in action, please come back later", Blame.MOMENT),
    (450, "4.2.0 <rhian@example.org>: Recipient address rejected: Greylisted", Blame.MOMENT),
    (550, "Greylisted, please try again in 180 seconds", Blame.MOMENT),
    (451, "4.3.0 Temporary lookup failure", Blame.MOMENT),
    (450, "4.1.2 Recipient address rejected: Domain not found", Blame.MOMENT),
    (452, "4.3.1 Insufficient system storage", Blame.MOMENT),
    (441, "something new", Blame.MOMENT),
    # The domain.
    (421, "4.7.28 Gmail has detected an unusual rate of mail originating from your IP address", Blame.DOMAIN),
    (421, "4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume", Blame.DOMAIN),
    (421, "4.7.0 Too many connections from your IP", Blame.DOMAIN),
    (451, "4.7.500 Server busy. Please try again later from [192.0.2.1]. (S77719)", Blame.DOMAIN),
    (451, "4.7.651 The mail server has been temporarily rate limited due to IP reputation", Blame.DOMAIN),
    (450, "4.7.1 Error: too many messages from 192.0.2.1", Blame.DOMAIN),
    (452, "4.5.3 Too many recipients", Blame.DOMAIN),
    (550, "5.7.1 Too many messages per hour, rate limit exceeded", Blame.DOMAIN),
    (554, "RP-001 The mail server has exceeded the rate limit allowed", Blame.DOMAIN),
    # All of it.
    (454, "Throttling failure: Maximum sending rate exceeded.", Blame.SITE),
    (454, "Throttling failure: Daily message quota exceeded.", Blame.SITE),
    (550, "5.4.5 Daily user sending limit exceeded. For more information on Gmail", Blame.SITE),
    (451, "4.7.0 You have exceeded your messaging limits", Blame.SITE),
    # It hung up; the next mail shows on whom.
    (421, "4.3.0 Service not available, closing transmission channel", Blame.LINE),
    (421, "4.4.2 mail.example.org Error: timeout exceeded", Blame.LINE),
]


@pytest.mark.parametrize(
    ("code", "words", "blame"), REPLIES, ids=[f"{code} {words[:40]}" for code, words, _ in REPLIES]
)
def test_a_reply_says_who_is_to_blame(code, words, blame):
    assert of_reply(code, words).blame is blame


def response(status, body="{}"):
    return SimpleNamespace(status_code=status, reason="", text=body, json=lambda: {"Message": body})


def unheard():
    kind = type("AnymailRequestsAPIError", (AnymailRequestsAPIError, NoAnswer), {})
    return kind("Error posting to the provider")


def of_amazon(words, **cause):
    error = AnymailAPIError(words)
    error.__cause__ = type("ClientError", (Exception,), cause)()
    return error


ERRORS = [
    (smtplib.SMTPRecipientsRefused({TO: (550, b"5.1.1 User unknown")}), Blame.ADDRESS),
    (smtplib.SMTPRecipientsRefused({}), Blame.MAIL),
    (smtplib.SMTPDataError(554, b"5.7.1 looks like spam"), Blame.US),
    (smtplib.SMTPDataError(451, b"4.3.0 Try later"), Blame.MOMENT),
    (smtplib.SMTPSenderRefused(450, b"4.7.1 slow down", "us@example.org"), Blame.SITE),
    (smtplib.SMTPSenderRefused(553, b"5.7.1 not owned by user", "us@example.org"), Blame.SITE),
    (smtplib.SMTPSenderRefused(552, b"5.3.4 Message size exceeds limit", "us@example.org"), Blame.MAIL),
    (smtplib.SMTPServerDisconnected("bye"), Blame.LINE),
    (smtplib.SMTPAuthenticationError(535, b"5.7.8 bad"), Blame.SITE),
    (TimeoutError("slow"), Blame.LINE),
    (AnymailRequestsAPIError(response=response(429)), Blame.SITE),
    (AnymailRequestsAPIError(response=response(503)), Blame.SITE),
    (AnymailRequestsAPIError(response=response(401)), Blame.SITE),
    (AnymailRequestsAPIError(response=response(422, "no such sender signature")), Blame.MOMENT),
    (unheard(), Blame.LINE),
    (of_amazon("An error occurred (TooManyRequestsException)", response={"Error": {}}), Blame.SITE),
    (of_amazon("An error occurred (MessageRejected)", response={"Error": {}}), Blame.MOMENT),
    (of_amazon("Could not connect to the endpoint"), Blame.SITE),
    (AnymailRecipientsRefused("Inactive recipient"), Blame.MAIL),
    (AnymailInvalidAddress(f"Invalid email address {TO!r}"), Blame.MAIL),
    (AnymailInvalidAddress("Invalid email address 'us@'"), Blame.MOMENT),
    (ValueError("a bug of ours"), Blame.MOMENT),
    (ZeroDivisionError("a bug of ours"), Blame.MOMENT),
]


@pytest.mark.parametrize(("error", "blame"), ERRORS, ids=[repr(error)[:50] for error, _ in ERRORS])
def test_an_error_says_who_is_to_blame(error, blame):
    assert of_sending(error, to=TO).blame is blame


@pytest.mark.parametrize("error", [ConnectionRefusedError("no"), smtplib.SMTPNotSupportedError("no STARTTLS")])
def test_what_goes_wrong_before_any_mail_is_no_mails_fault(error):
    assert of_opening(error).blame is Blame.SITE


def test_an_address_that_our_server_cannot_write_to_is_said_to_be_that():
    refusal = of_sending(smtplib.SMTPNotSupportedError("SMTPUTF8 not supported"), to="siân@example.org")
    assert refusal.blame is Blame.MAIL
    assert "cannot write to this address" in refusal.words
