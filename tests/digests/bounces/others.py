"""A hundred more, one by one: what the first two hundred have none of. Our own words, in the formats as we know them.

`(name, kind, raw)` as in `corpus`. What each means was written down before the reader saw it. Where the name begins
with “cut”, the server returned nothing of our mail, so that nothing in the message names it.
"""

import base64

from tests.digests.bounces.corpus import (
    AUTO,
    COMPLAINT,
    DELAYED,
    MESSAGE_ID,
    NOT_SENT,
    PERMANENT,
    READER,
    TRANSIENT,
    UNKNOWN,
    plain,
    report,
)

OURS = NOT_SENT.format(to=READER)
DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.example>"


def dsn(said, status, *, server="mx.example", who=DAEMON, subject="Undelivered Mail Returned to Sender", **more):
    """RFC 3464. `words` are those for people, `final` the recipient as the server names it."""
    words, action = more.get("words", "Your message could not be delivered."), more.get("action", "failed")
    block = (
        f"Reporting-MTA: dns; {server}\n\nFinal-Recipient: rfc822; {more.get('final', READER)}\nAction: {action}\n"
        f"Status: {status}\n" + (f"Diagnostic-Code: smtp; {said.format(to=READER)}\n" if said else "")
    )
    made = report(who=who, subject=subject, words=words, block=block, ours=more.get("ours", "text/rfc822-headers"))
    return made if more.get("kept", True) else made.replace(OURS.encode(), b"From: somebody\n\n")


def html(*, who, subject, body, headers=""):
    """No part for machines and none in plain text; the headers of our mail stand below the words."""
    page = f"<html><head><style>p {{color: #333}}</style></head><body>{body}<pre>{_escaped(OURS)}</pre></body></html>"
    return (
        f"Return-Path: <>\nFrom: {who}\nTo: news@network.example\nSubject: {subject}\n{headers}MIME-Version: 1.0\n"
        "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(page.encode()).decode()
    ).encode()


def _escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def words(body, *, who=DAEMON, subject="Undeliverable: New in Stockport", headers=""):
    return plain(who=who, subject=subject, headers=headers, body=f"{body}\n\n----- Original message -----\n\n{OURS}")


def qmail(said):
    return plain(
        who="MAILER-DAEMON@qmail.example",
        subject="failure notice",
        body=f"Hi. This is the qmail-send program at qmail.example.\nI'm afraid I wasn't able to deliver your message "
        f"to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        f"<{READER}>:\n{said}\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <news@network.example>\n"
        f"{OURS}\nThe address does not exist, said a case study.\n",
    )


def exim(said, *, subject="Mail delivery failed: returning message to sender", headers=""):
    return plain(
        who="Mail Delivery System <Mailer-Daemon@exim.example>",
        subject=subject,
        headers=headers or f"X-Failed-Recipients: {READER}\nAuto-Submitted: auto-replied\n",
        body=f"This message was created automatically by mail delivery software.\n\n{said}\n\n"
        f"------ This is a copy of the message, including all the headers. ------\n\n{OURS}\n",
    )


def exchange(subject, title, text, code=""):
    """Exchange Online, HTML only."""
    technical = f"<h3>Diagnostic information for administrators:</h3><p>Remote server returned '{code}'</p>"
    return html(
        who="Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@council.example>",
        subject=subject,
        headers="Auto-Submitted: auto-replied\nX-MS-Exchange-Message-Is-Ndr:\n",
        body=f"<table><tr><td><h1>{title}</h1><p>{text}</p></td></tr></table>" + (technical if code else ""),
    )


def google(title, text, response=""):
    said = f"<p>The response was:</p><p style='font-family:monospace'>{response}</p>" if response else ""
    return html(
        who="Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
        subject="Delivery Status Notification (Failure)"
        if "incomplete" not in title
        else "Delivery Status Notification (Delay)",
        headers=f"X-Failed-Recipients: {READER}\nAuto-Submitted: auto-replied\n",
        body=f"<table><tr><td><h2>{title}</h2></td></tr><tr><td>{text}</td></tr></table>{said}",
    )


def away(subject, body="", headers=""):
    return plain(who=f"Rhian <{READER}>", subject=subject, body=body, headers=f"In-Reply-To: {MESSAGE_ID}\n{headers}")


def arf(block, *, words="This is an email abuse report.", who="Feedback <fbl@provider.example>", ours="message/rfc822"):
    return report(
        who=who,
        subject="Email abuse report",
        words=words,
        block=block,
        ours=ours,
        kind="feedback-report",
        part="message/feedback-report",
    )


def jmrp():
    """Microsoft's Junk Mail Reporting Program sends the mail itself, with no report about it."""
    return (
        "From: staff@hotmail.example\nTo: fbl@network.example\nSubject: complaint about message from 198.51.100.7\n"
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="j"\n\n--j\nContent-Type: message/rfc822\n\n'
        f"X-HmXmrOriginalRecipient: {READER}\n{OURS}\nThe mail.\n--j--\n"
    ).encode()


MESSAGES = [
    # Barracuda, Mimecast, Proofpoint
    ("barracuda-bulk", TRANSIENT, words(
        f"Your message to: {READER}\nwas blocked by our Spam Firewall. The email you sent with the "
        "following subject has "
        "NOT BEEN DELIVERED:\n\nSubject: New in Stockport",
        subject="**Message you sent blocked by our bulk email filter**")),
    ("barracuda-blocked", TRANSIENT, dsn("550 permanent failure for one or more recipients ({to}:blocked)", "5.0.0")),
    ("barracuda-unknown-user", PERMANENT, dsn(
        "550 permanent failure for one or more recipients ({to}:550 5.1.1 <{to}>: Recipient address rejected: User "
        "unknown in relay recipient table)", "5.0.0")),
    ("mimecast-words", PERMANENT, words(
        f"Your email message was not able to be delivered to {READER}. The reason:\n\n550 Invalid Recipient - "
        "https://community.example.com/docs/DOC-1369#550", who="postmaster@mimecast.example",
        subject="[Postmaster] Email Delivery Failure")),
    ("mimecast-envelope", TRANSIENT, words(
        "550 Administrative prohibition - envelope blocked - https://community.example.com/docs/DOC-1369#550",
        who="postmaster@mimecast.example", subject="[Postmaster] Email Delivery Failure")),
    ("mimecast-blocked-sender", TRANSIENT, dsn(
        "550 Rejected by header based manually Blocked Senders: news@network.example", "5.0.0")),
    ("proofpoint-user", PERMANENT, dsn("550 5.1.1 User Unknown", "5.1.1", server="mx07-0001.pphosted.example")),
    ("proofpoint-blocked", TRANSIENT, dsn(
        "554 5.7.0 Blocked - see https://ipcheck.example.com/?ip=198.51.100.7", "5.7.0")),
    ("proofpoint-later", TRANSIENT, dsn("452 4.1.0 {to} requested action aborted: try again later", "4.1.0")),
    ("proofpoint-verification", UNKNOWN, dsn("550 5.1.0 Recipient verification was not possible", "5.1.0")),
    # HTML only
    ("exchange-html-gone", PERMANENT, exchange(
        "Undeliverable: New in Stockport", f"Your message to {READER} couldn't be delivered.",
        "<b>rhian</b> wasn't found at <b>council.example</b>.", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; "
        "not found")),
    ("exchange-html-gone-no-code", PERMANENT, exchange(
        "Undeliverable: New in Stockport", f"Your message to {READER} couldn't be delivered.",
        "<b>rhian</b> wasn't found at <b>council.example</b>.")),
    ("exchange-html-full", TRANSIENT, exchange(
        "Undeliverable: New in Stockport", f"Your message to {READER} couldn't be delivered.",
        "The recipient's mailbox is full and can't accept messages now.", "554 5.2.2 mailbox full")),
    ("exchange-html-policy", TRANSIENT, exchange(
        "Undeliverable: New in Stockport", f"Your message to {READER} couldn't be delivered.",
        "The group only accepts messages from people in its organization.", "550 5.7.133 RESOLVER.RST.SenderNotAuth")),
    ("exchange-html-delayed", DELAYED, exchange(
        "Delivery delayed: New in Stockport", "Delivery is delayed to these recipients or groups:",
        f"{READER}: This message hasn't been delivered yet. Delivery will continue to be attempted.")),
    ("google-html-gone", PERMANENT, google(
        "Address not found", f"Your message wasn't delivered to <b>{READER}</b> because the address "
        "couldn't be found, or "
        "is unable to receive mail.", "550 5.1.1 The email account that you tried to reach does not exist.")),
    ("google-html-full", TRANSIENT, google(
        "Recipient inbox full", f"Your message couldn't be delivered to <b>{READER}</b>. Their inbox is full, or it's "
        "getting too much mail right now.", "452 4.2.2 The recipient's inbox is out of storage space.")),
    ("google-html-delayed", DELAYED, google(
        "Delivery incomplete", f"There was a temporary problem delivering your message to <b>{READER}</b>. Gmail will "
        "retry for 47 more hours. You'll be notified if the delivery fails permanently.")),
    ("google-html-blocked", TRANSIENT, google(
        "Message blocked", f"Your message to <b>{READER}</b> has been blocked. See technical details below.",
        "550 5.7.1 Our system has detected that this message is likely unsolicited mail.")),
    # German
    ("de-gone", PERMANENT, words(
        f"Ihre Nachricht konnte nicht zugestellt werden.\n\n{READER}: Der Empfänger existiert nicht.",
        subject="Unzustellbar: New in Stockport")),
    ("de-unknown-user", PERMANENT, dsn("550 5.0.0 Benutzer unbekannt", "5.0.0")),
    ("de-full", TRANSIENT, words(
        "Das Postfach des Empfängers ist voll und kann zurzeit keine Nachrichten annehmen.",
        subject="Unzustellbar: New in Stockport")),
    ("de-delayed", DELAYED, words(
        f"Die Zustellung an folgende Empfänger hat sich verzögert: {READER}. Die Zustellung wird weiter versucht.",
        subject="Zustellung verzögert: New in Stockport")),
    ("de-said-nothing", UNKNOWN, words(
        "Ihre Nachricht konnte nicht zugestellt werden.", subject="Unzustellbar: New in Stockport")),
    ("gmx-unavailable", UNKNOWN, dsn(
        "550 Requested action not taken: mailbox unavailable For explanation visit https://postmaster.gmx.example/",
        "5.0.0")),
    ("gmx-unavailable-with-code", PERMANENT, dsn(
        "550 5.1.1 Requested action not taken: mailbox unavailable", "5.1.1")),
    ("gmx-policy", TRANSIENT, dsn("554 Transaction failed Reject due to policy restrictions.", "5.0.0")),
    ("gmx-full", TRANSIENT, dsn("552-Requested mail action aborted: exceeded storage allocation", "5.0.0")),
    # French
    ("orange-gone", PERMANENT, dsn(
        "550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416 [416]", "5.1.1")),
    ("laposte-archived", PERMANENT, dsn(
        "550 5.5.0 Boite du destinataire archivee. Archived recipient. LPN007_401", "5.5.0")),
    ("free-inactive", PERMANENT, dsn("550 5.2.1 This mailbox has been blocked due to inactivity", "5.2.1")),
    ("fr-full", TRANSIENT, words(
        "La boîte aux lettres du destinataire est pleine et ne peut pas accepter de messages pour le moment.",
        subject="Non remis : New in Stockport")),
    ("fr-gone", PERMANENT, words(
        f"Votre message à {READER} n'a pas pu être remis.\nL'adresse du destinataire est introuvable : cet utilisateur "
        "n'existe pas.", subject="Non remis : New in Stockport")),
    ("fr-delayed", DELAYED, words(
        "La remise de votre message est retardée. De nouvelles tentatives auront lieu.",
        subject="Remise retardée : New in Stockport")),
    # Spanish, Italian, Polish, Dutch, Portuguese
    ("es-gone", PERMANENT, words(
        f"No se pudo entregar el mensaje a {READER}. El usuario no existe.",
        subject="No se puede entregar: New in Stockport")),
    ("es-full", TRANSIENT, words(
        "El buzón del destinatario está lleno y no puede aceptar mensajes ahora.",
        subject="No se puede entregar: New in Stockport")),
    ("es-unknown-user", PERMANENT, dsn("550 Usuario desconocido {to}", "5.0.0")),
    ("it-gone", PERMANENT, words(
        f"Il messaggio per {READER} non è stato recapitato: utente sconosciuto.",
        subject="Non recapitabile: New in Stockport")),
    ("it-full", TRANSIENT, dsn("550 5.0.0 casella di posta piena", "5.0.0")),
    ("it-full-words", TRANSIENT, words(
        "La casella postale del destinatario è piena. Riprovare più tardi.",
        subject="Mancato recapito: New in Stockport")),
    ("pl-gone", PERMANENT, dsn("550 Nie ma takiego użytkownika / no such mailbox here", "5.0.0")),
    ("pl-gone-words", PERMANENT, words(
        f"Wiadomość do {READER} nie została dostarczona. Nieznany użytkownik.",
        subject="Niedostarczona: New in Stockport")),
    ("pl-full", TRANSIENT, words(
        "Skrzynka pocztowa adresata jest pełna.", subject="Niedostarczona: New in Stockport")),
    ("nl-gone", PERMANENT, words(
        f"Uw bericht aan {READER} kon niet worden bezorgd. Onbekende gebruiker.",
        subject="Onbestelbaar: New in Stockport")),
    ("nl-full", TRANSIENT, words(
        "Het postvak van de geadresseerde is vol.", subject="Onbestelbaar: New in Stockport")),
    ("nl-mailbox-gone", PERMANENT, dsn("550 5.0.0 De mailbox bestaat niet", "5.0.0")),
    ("pt-gone", PERMANENT, dsn("550 Usuário inexistente", "5.0.0")),
    ("pt-gone-words", PERMANENT, words(
        f"Não foi possível entregar a mensagem a {READER}. O destinatário não existe.",
        subject="Não foi possível entregar: New in Stockport")),
    ("pt-full", TRANSIENT, words(
        "A caixa postal do destinatário está cheia.", subject="Não foi possível entregar: New in Stockport")),
    ("pt-said-nothing", UNKNOWN, words(
        "A mensagem não foi entregue.", subject="Não foi possível entregar: New in Stockport")),
    # qmail and its kin
    ("qmail-no-mailbox", PERMANENT, qmail("Sorry, no mailbox here by that name. (#5.1.1)")),
    ("qmail-no-host", PERMANENT, qmail("Sorry, I couldn't find any host named council.example. (#5.1.2)")),
    ("qmail-sender-rejected", TRANSIENT, qmail(
        "Connected to 192.0.2.1 but sender was rejected.\nRemote host said: 550 5.7.1 Access to this list "
        "is restricted")),
    ("qmail-too-long", TRANSIENT, qmail(
        "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)\nI'm not going to try again; this "
        "message has been "
        "in the queue too long.")),
    ("qmail-over-quota", TRANSIENT, qmail("user is over quota (#5.1.1)")),
    ("qmail-no-longer", PERMANENT, qmail("This address no longer accepts mail.")),
    ("qmail-rejected", TRANSIENT, qmail("Mail server permanently rejected message (#5.3.0)")),
    ("qmail-died", UNKNOWN, qmail("Sorry, the program that takes this mail has ended.")),
    # Exim, Postfix
    ("exim-warning", DELAYED, exim(
        f"A message that you sent has not yet been delivered to one or more of its recipients after more than 24 hours "
        f"on the queue.\n\nThe address to which the message has not yet been delivered is:\n\n  {READER}\n    Delay "
        "reason: Connection timed out\n\nNo action is required on your part.",
        subject="Warning: message 1kXyZa-0001Bc-2D delayed 24 hours", headers="Auto-Submitted: auto-generated\n")),
    ("exim-retry-timeout", TRANSIENT, exim(
        f"  {READER}\n    host mx.council.example [192.0.2.25]\n    Connection timed out:\n    retry "
        "timeout exceeded")),
    ("exim-unrouteable", PERMANENT, exim(f"  {READER}\n    Unrouteable address")),
    ("exim-failing", TRANSIENT, exim(
        f"  {READER}\n    all hosts for 'council.example' have been failing for a long time and were last "
        "tried after this "
        "message arrived")),
    ("exim-quota", TRANSIENT, exim(
        f"  {READER}\n    mailbox is full (MTA-imposed quota exceeded while writing to file /home/rhian/Maildir)")),
    ("exim-nobody", PERMANENT, exim(
        f"  {READER}\n    SMTP error from remote mail server after RCPT TO:<{READER}>:\n    550 No Such User Here")),
    ("postfix-timed-out", TRANSIENT, dsn(
        "conversation with mx.council.example[192.0.2.25] timed out while receiving the initial server greeting",
        "4.4.2")),
    ("postfix-lost", TRANSIENT, dsn(
        "lost connection with mx.council.example[192.0.2.25] while sending RCPT TO", "4.4.2")),
    ("postfix-no-data", PERMANENT, dsn(
        "Host or domain name not found. Name service error for name=council.example type=A: Host found but "
        "no data record "
        "of requested type", "5.4.4")),
    ("postfix-loop", TRANSIENT, dsn("mail for council.example loops back to myself", "5.4.6")),
    ("postfix-local", PERMANENT, dsn('unknown user: "rhian"', "5.1.1")),
    ("postfix-disk", TRANSIENT, dsn("maildir delivery failed: error writing message: Disk quota exceeded", "5.2.2")),
    ("postfix-no-answer", TRANSIENT, dsn("connect to mx.council.example[192.0.2.25]:25: No route to host", "4.4.1")),
    # iCloud, Yahoo, BT, Virgin Media, Zoho, Fastmail
    ("icloud-gone", PERMANENT, dsn("550 5.1.1 <{to}>: user does not exist", "5.1.1")),
    ("icloud-full", TRANSIENT, dsn("552 5.2.2 <{to}>: user is over quota", "5.2.2")),
    ("icloud-policy", TRANSIENT, dsn("554 5.7.1 [CS01] Message rejected due to local policy.", "5.7.1")),
    ("yahoo-disabled", PERMANENT, dsn(
        "554 30 Sorry, your message to {to} cannot be delivered. This mailbox is disabled (554.30).", "5.0.0")),
    ("yahoo-deferred", TRANSIENT, dsn(
        "421 4.7.0 [TSS04] Messages from 198.51.100.7 temporarily deferred due to unexpected volume or user complaints",
        "4.7.0")),
    ("yahoo-not-found", PERMANENT, dsn("552 1 Requested mail action aborted, mailbox not found", "5.0.0")),
    ("bt-gone", PERMANENT, dsn("550 5.1.1 <{to}> recipient rejected: no such mailbox", "5.1.1")),
    ("bt-later", TRANSIENT, dsn("421 re-imp-04.bt.example Service temporarily unavailable", "4.3.0")),
    ("virgin-full", TRANSIENT, dsn("552 Mailbox limit exceeded for this address", "5.0.0")),
    ("virgin-gone", PERMANENT, dsn("550 Invalid recipient {to} (VM201)", "5.0.0")),
    ("virgin-blocked", TRANSIENT, dsn(
        "554 Your access to this mail system has been rejected due to poor reputation", "5.0.0")),
    ("zoho-gone", PERMANENT, dsn("550 5.1.1 User does not exist - <{to}>", "5.1.1")),
    ("zoho-rejected", UNKNOWN, dsn("541 5.4.1 Mail rejected by destination domain", "5.4.1")),
    ("fastmail-gone", PERMANENT, dsn(
        "550 5.1.1 <{to}>: Recipient address rejected: User unknown in virtual alias table", "5.1.1")),
    ("fastmail-full", TRANSIENT, dsn("552 5.2.2 <{to}>: Over quota", "5.2.2")),
    # Nobody can know, or it is about nobody's mailbox
    ("failed-says-nothing", UNKNOWN, dsn("", "5.0.0", words="It did not work.")),
    ("transaction-failed", UNKNOWN, dsn("554 Transaction failed", "5.0.0")),
    ("challenge", UNKNOWN, plain(
        who="Rhian <rhian@council.example>", subject="Please confirm your message",
        headers=f"In-Reply-To: {MESSAGE_ID}\n", body="I only take mail from people I know. Click here to be let in.")),
    ("a-person-forwards", UNKNOWN, plain(
        who="Rhian <rhian@council.example>", subject="Fwd: Undeliverable: New in Stockport",
        headers=f"References: {MESSAGE_ID}\n", body="Look what I got:\n\n550 5.1.1 User unknown")),
    ("a-person-answers", UNKNOWN, plain(
        who="Rhian <rhian@council.example>", subject="Re: New in Stockport",
        headers=f"References: {MESSAGE_ID}\n", body="My colleague says his mailbox does not exist any more.")),
    ("cut-gone", PERMANENT, dsn("550 5.1.1 <{to}>: user does not exist", "5.1.1", kept=False)),
    ("cut-delayed", DELAYED, dsn("421 try later", "4.4.1", kept=False, action="delayed")),
    # Answering machines
    *[(f"away-{language}", AUTO, away(subject, body)) for language, subject, body in [
        ("de", "Automatische Antwort: New in Stockport", "Ich bin bis Montag nicht im Büro."),
        ("de-note", "Abwesenheitsnotiz: New in Stockport", "Das Postfach wird nicht gelesen."),
        ("fr", "Réponse automatique : New in Stockport", "Je suis absente jusqu'à lundi."),
        ("es", "Respuesta automática: New in Stockport", "Estoy fuera de la oficina."),
        ("it", "Risposta automatica: New in Stockport", "Sono fuori ufficio."),
        ("pl", "Odpowiedź automatyczna: New in Stockport", "Jestem na urlopie."),
        ("nl", "Automatisch antwoord: New in Stockport", "Ik ben afwezig."),
        ("pt", "Resposta automática: New in Stockport", "Estou fora do escritório."),
    ]],
    ("away-left", AUTO, away(
        "Re: New in Stockport", "I have left the organisation and this mailbox is no longer read.",
        headers="Auto-Submitted: auto-replied\n")),
    # Complaints
    ("arf-yahoo", COMPLAINT, arf(
        f"Feedback-Type: abuse\nUser-Agent: Yahoo!-Mail-Feedback/2.0\nVersion: 0.1\nOriginal-Mail-From: "
        f"<news@network.example>\nOriginal-Rcpt-To: {READER}\nReceived-Date: Mon, 23 Nov 2026 09:00:00 GMT\n",
        who="Yahoo! Mail AntiSpam Feedback <feedback@arf.mail.yahoo.example>")),
    ("arf-comcast", COMPLAINT, arf(
        "Feedback-Type: abuse\nUser-Agent: ReturnPathFBL/1.0\nVersion: 1\nOriginal-Rcpt-To: <[redacted]>\n"
        "Source-IP: 198.51.100.7\n", who="Comcast Feedback Loop <fbl@comcast.example>")),
    ("arf-redacted-domain", COMPLAINT, arf(
        "Feedback-Type: abuse\nUser-Agent: SomeFBL/1\nVersion: 1\nOriginal-Rcpt-To: 8f2c9b0a7d@redacted.invalid\n"
        "Removal-Recipient: 8f2c9b0a7d@redacted.invalid\n", ours="text/rfc822-headers")),
    ("arf-nobody-named", COMPLAINT, arf("Feedback-Type: abuse\nUser-Agent: SomeFBL/1\nVersion: 1\n")),
    ("arf-other", UNKNOWN, arf("Feedback-Type: other\nUser-Agent: SomeFBL/1\nVersion: 1\n")),
    ("arf-not-spam-redacted", UNKNOWN, arf(
        "Feedback-Type: not-spam\nUser-Agent: SomeFBL/1\nVersion: 1\nOriginal-Rcpt-To: <[redacted]>\n")),
    ("jmrp", COMPLAINT, jmrp()),
    # Servers that dislike us, in words that blame an address: these were once taken for good.
    ("sender-domain", TRANSIENT, dsn(
        "550 5.1.8 <news@network.example>: Sender address rejected: Domain not found", "5.1.8")),
    ("sender-unknown", TRANSIENT, dsn("550 Sender address unknown or invalid", "5.0.0")),
    ("fr-sender-unknown", TRANSIENT, dsn("550 L'adresse de l'expéditeur est inconnue", "5.0.0")),
    ("sender-verify", TRANSIENT, dsn(
        "550 Verification failed for <news@network.example> Sender verify failed: no such user here", "5.0.0")),
    ("helo-unknown", TRANSIENT, dsn("550 5.7.1 Helo command rejected: Host not found", "5.7.1")),
    ("client-host", TRANSIENT, dsn("450 4.7.25 Client host rejected: cannot find your hostname", "4.7.25")),
    ("relay-denied", UNKNOWN, dsn("550 Relaying denied", "5.0.0")),
    ("account-of-sender", TRANSIENT, dsn("550 Your account is suspended", "5.0.0")),
]  # fmt: skip
