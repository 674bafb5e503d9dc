"""Two hundred messages as mail servers write them, made from templates of ours with a fixed seed.

Each is `(name, kind, raw)`; all are about the mail with `MESSAGE_ID`, sent to `READER`. `strange` ones are written so
that nobody can know what they mean, and must be unknown.
"""

import random

READER = "rhian@council.example"
MESSAGE_ID = "<0123456789abcdef0123456789abcdef@network.example>"

PERMANENT, TRANSIENT, DELAYED, COMPLAINT, AUTO, UNKNOWN = (
    "permanent",
    "transient",
    "delayed",
    "complaint",
    "auto_reply",
    "unknown",
)
# What the remote server said, the status that the reporting server made of it, and what it means.
ANSWERS = [
    (PERMANENT, "5.1.1", "550 5.1.1 <{to}>: Recipient address rejected: User unknown in virtual mailbox table"),
    (
        PERMANENT,
        "5.1.1",
        (
            "550-5.1.1 The email account that you tried to reach does not exist. Please try 550 5.1.1 "
            "double-checking the recipient's email address for typos or unnecessary spaces."
        ),
    ),
    (PERMANENT, "5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {to} not found by SMTP address lookup"),
    (PERMANENT, "5.4.1", "550 5.4.1 Recipient address rejected: Access denied. [AB1EUR05FT012.eop]"),
    (PERMANENT, "5.0.0", "554 delivery error: dd This user doesn't have a yahoo.com account ({to}) [0] - mta4107"),
    (PERMANENT, "5.0.0", "550 Invalid Recipient - https://community.example.com/docs/DOC-1369#550 [k2Zb.uk12]"),
    (PERMANENT, "5.2.1", "550 5.2.1 The email account that you tried to reach is disabled."),
    (PERMANENT, "5.1.2", "Name service error for name=council.example type=MX: Host not found"),
    (PERMANENT, "5.1.10", "556 5.1.10 Domain of recipient has null MX"),
    (PERMANENT, "5.0.0", "550 permanent failure for one or more recipients ({to}:550 No such user here)"),
    (TRANSIENT, "5.2.2", "552 5.2.2 The email account that you tried to reach is over quota."),
    (
        TRANSIENT,
        "5.2.2",
        "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoff",
    ),
    (TRANSIENT, "4.4.1", "connect to mx.council.example[192.0.2.25]:25: Connection timed out"),
    (TRANSIENT, "4.7.1", "450 4.7.1 <{to}>: Recipient address rejected: Greylisted for 5 minutes"),
    (
        TRANSIENT,
        "5.7.1",
        "554 5.7.1 Service unavailable; Client host [198.51.100.7] blocked using zen.spamhaus.example",
    ),
    (
        TRANSIENT,
        "5.7.26",
        "550-5.7.26 Unauthenticated email from network.example is not accepted due to its DMARC policy",
    ),
    (
        TRANSIENT,
        "5.0.0",
        "550 Administrative prohibition - envelope blocked by content policy - https://filter.example",
    ),
    (TRANSIENT, "5.3.4", "552 5.3.4 Message size exceeds fixed maximum message size"),
    (TRANSIENT, "4.4.7", "550 4.4.7 QUEUE.Expired; message expired"),
    (TRANSIENT, "5.1.1", "550 5.1.1 rejected, reputation of your network is poor"),
    (UNKNOWN, "5.0.0", "554 5.0.0 delivery error"),
    (UNKNOWN, "5.1.0", "550 #5.1.0 Address rejected."),
]
NOT_SENT = (
    "From: Our network <news@network.example>\nTo: {to}\nSubject: New: user unknown in Stockport, mailbox full\n"
    "Message-ID: " + MESSAGE_ID + "\nAuto-Submitted: auto-generated\n"
)
# The server, who writes, the subject, and the words above the machine's part.
DSN_SERVERS = [
    (
        "postfix",
        "MAILER-DAEMON@mail.example (Mail Delivery System)",
        "Undelivered Mail Returned to Sender",
        (
            "This is the mail system at host mail.example.\n\nI'm sorry to have to inform "
            "you that your message could not\n"
            "be delivered to one or more recipients. It's attached below.\n\n<{to}>: host mx[192.0.2.1] said: {said}"
        ),
    ),
    (
        "exim",
        "Mail Delivery System <Mailer-Daemon@mail.example>",
        "Mail delivery failed: returning message to sender",
        (
            "This message was created automatically by mail delivery software.\n\nA message that you sent could not be "
            "delivered to one or more of its\nrecipients. This is a permanent error. The "
            "following address(es) failed:\n\n"
            "  {to}\n    host mx [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<{to}>:\n    {said}"
        ),
    ),
    (
        "microsoft365",
        "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@mail.example>",
        "Undeliverable: New in Stockport",
        "Your message to {to} couldn't be delivered.\n\nRemote server returned '{said}'",
    ),
    (
        "gmail",
        "Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
        "Delivery Status Notification (Failure)",
        (
            "** Message blocked or not delivered **\n\nYour message to {to} was not "
            "delivered. See the technical details.\n\n"
            "The response was:\n\n{said}"
        ),
    ),
    (
        "sendmail",
        "Mail Delivery Subsystem <MAILER-DAEMON@mail.example>",
        "Returned mail: see transcript for details",
        (
            "   ----- The following addresses had permanent fatal errors -----\n<{to}>\n\n   "
            "----- Transcript of session "
            "follows -----\n... while talking to mx.:\n>>> DATA\n<<< {said}"
        ),
    ),
    (
        "ses",
        "MAILER-DAEMON@eu-west-2.ses.example",
        "Delivery Status Notification (Failure)",
        "An error occurred while trying to deliver the mail to the following recipients:\n{to}",
    ),
    (
        "mimecast",
        "postmaster@mimecast.example",
        "[Postmaster] Email Delivery Failure",
        "Your email message was not able to be delivered to {to}.\n\nThe reason: {said}",
    ),
]


def report(*, who, subject, words, block, ours, kind="delivery-status", part="message/delivery-status", newline="\n"):
    text = (
        f"Return-Path: <>\nFrom: {who}\nTo: news@network.example\nSubject: {subject}\nAuto-Submitted: auto-replied\n"
        f'MIME-Version: 1.0\nContent-Type: multipart/report; report-type={kind}; boundary="b1"\n\n'
        f"--b1\nContent-Type: text/plain; charset=utf-8\n\n{words}\n\n--b1\nContent-Type: {part}\n\n{block}\n"
        f"--b1\nContent-Type: {ours}\n\n{NOT_SENT.format(to=READER)}\n"
        + ("A case study: the address does not exist.\n" if ours == "message/rfc822" else "")
        + "--b1--\n"
    )
    return text.replace("\n", newline).encode()


def messages(*, seed=6, size=200):
    """The same list every time."""
    dice = random.Random(seed)  # noqa: S311 - the same messages in every run
    made = [*_delivery_reports(dice), *_in_words(dice), *_complaints(dice), *_answers(dice), *_strange(dice)]
    dice.shuffle(made)
    assert len(made) >= size, len(made)
    return made


def _delivery_reports(dice):
    for number, (kind, status, said) in enumerate(ANSWERS):
        for server, who, subject, words in dice.sample(DSN_SERVERS, 6):
            said_here = said.format(to=READER)
            block = (
                f"Reporting-MTA: dns; mail.example\n\nFinal-Recipient: rfc822; {READER}\nAction: failed\n"
                f"Status: {status}\nDiagnostic-Code: smtp; {said_here}\n"
            )
            yield (
                f"{server}-{number}-{kind}",
                kind,
                report(
                    who=who,
                    subject=subject,
                    words=words.format(to=READER, said=said_here),
                    block=block,
                    ours=dice.choice(["message/rfc822", "text/rfc822-headers"]),
                    newline=dice.choice(["\n", "\r\n"]),
                ),
            )
    for server, who, _subject, _words in DSN_SERVERS:
        block = (
            f"Reporting-MTA: dns; mail.example\n\nOriginal-Recipient: rfc822;{READER}\n"
            f"Final-Recipient: rfc822;{READER}\n"
            "Action: delayed\nStatus: 4.4.1\nDiagnostic-Code: smtp; 421 try later\nWill-Retry-Until: Tue, 24 Nov 2026\n"
        )
        yield (
            f"{server}-delayed",
            DELAYED,
            report(
                who=who,
                subject="Delayed Mail (still being retried)",
                words="YOUR MESSAGE WILL BE TRIED AGAIN.",
                block=block,
                ours="text/rfc822-headers",
            ),
        )
        yield (
            f"{server}-delivered",
            AUTO,
            report(
                who=who,
                subject="Successful Mail Delivery Report",
                words="Your message was delivered.",
                block=block.replace("delayed", "relayed").replace("4.4.1", "2.0.0"),
                ours="text/rfc822-headers",
            ),
        )


def plain(*, who, subject, body, headers=""):
    return (
        f"Return-Path: <>\nFrom: {who}\nTo: news@network.example\nSubject: {subject}\n{headers}"
        f"Content-Type: text/plain\n\n{body}"
    ).encode()


def _in_words(dice):
    ours = NOT_SENT.format(to=READER)
    for number, (kind, _status, said) in enumerate(ANSWERS):
        said_here = said.format(to=READER)
        yield f"qmail-{number}-{kind}", kind, plain(
            who="MAILER-DAEMON@mail.example", subject="failure notice",
            body=f"Hi. This is the qmail-send program at mail.example.\nI'm afraid I wasn't able to deliver your "
            f"message "
            f"to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
            f"<{READER}>:\n192.0.2.1 does not like recipient.\nRemote host said: "
            f"{said_here}\nGiving up on 192.0.2.1.\n\n"
            f"--- Below this line is a copy of the message.\n\n{ours}\nBody",
        )  # fmt: skip
        if dice.random() < 0.5:
            yield f"exim-words-{number}-{kind}", kind, plain(
                who="Mail Delivery System <Mailer-Daemon@mail.example>", subject="Mail delivery failed",
                headers=f"X-Failed-Recipients: {READER}\n",
                body=f"A message that you sent could not be delivered.\n\n  {READER}\n    {said_here}\n\n"
                f"------ This is a copy of the message, including all the headers. ------\n\n{ours}",
            )  # fmt: skip


def _complaints(dice):
    kinds = [("abuse", COMPLAINT)] * 8 + [("opt-out", COMPLAINT), ("fraud", COMPLAINT)] * 2
    for number, (what, kind) in enumerate([*kinds, ("not-spam", UNKNOWN), ("auth-failure", UNKNOWN)]):
        block = (
            f"Feedback-Type: {what}\nUser-Agent: Feedback/{dice.randint(1, 3)}.0\nVersion: 1\n"
            f"Original-Rcpt-To: {READER}\nSource-IP: 198.51.100.7\n"
        )
        yield (
            f"arf-{number}-{what}",
            kind,
            report(
                who="Feedback loop <fbl@provider.example>",
                subject="Email Feedback Report",
                words="An email abuse report.",
                block=block,
                ours=dice.choice(["message/rfc822", "text/rfc822-headers"]),
                kind="feedback-report",
                part="message/feedback-report",
            ),
        )


def _answers(dice):
    for number, subject in enumerate(
        [
            "Automatic reply: New in Stockport",
            "Out of office: back on Monday",
            "Ateb awtomatig: Newydd",
            "Re: your mail",
        ]
        * 3
    ):
        body = dice.choice(["I am on leave.", "I no longer work here; this mailbox does not exist soon.", "Thank you."])
        yield (
            f"away-{number}",
            AUTO,
            plain(
                who=f"Rhian <{READER}>",
                subject=subject,
                body=body,
                headers=f"Auto-Submitted: auto-replied\nIn-Reply-To: {MESSAGE_ID}\n",
            ),
        )


def _strange(dice):
    for number in range(8):
        noise = bytes(dice.randrange(256) for _ in range(400))
        yield f"noise-{number}", UNKNOWN, b'From: x\nContent-Type: multipart/report; boundary="\x00\xff\n\n' + noise
