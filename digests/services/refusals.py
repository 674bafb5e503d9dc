"""Whom a failed try to send is to blame on: that decides what happens to the mail, and to the others behind it.

The first digit of a reply says for good (5) or for now (4) (RFC 5321, section 4.2.1), its enhanced code (RFC 3463) and
words say who: but servers use 5.7.1 for anything, full mailboxes are 4.2.2, 5.2.2 or plain 552, and a provider that
wants fewer mails says so with 421, 450, 451, 452, 454 or 550. What nobody explains is this mail's failure alone.
"""

import re
import smtplib
from dataclasses import dataclass
from enum import StrEnum, auto

from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage

from digests.bounces import Kind
from digests.bounces.verdicts import judge


class Blame(StrEnum):
    ADDRESS = auto()  # Nobody is there: for good, and remembered.
    MAIL = auto()  # Nobody will ever take this mail.
    US = auto()  # They do not like where it comes from: for good, and somebody has to look at it.
    MOMENT = auto()  # Later, with this mail.
    DOMAIN = auto()  # Later, with all mails to this domain.
    SITE = auto()  # Later, with all mails: our server or provider wants fewer, is away, or does not let us in.
    LINE = auto()  # The connection broke: this mail's fault if others get through, the server's if none does.


@dataclass(frozen=True)
class Refusal:
    """`slow` is whether whoever is to blame asked for fewer mails."""

    blame: Blame
    words: str
    slow: bool = False


# Our own server or provider, about all that we send.
OUR_SHARE = re.compile(
    r"""
      throttling | toomanyrequests | maximum\ sending\ rate | 5\.4\.5\b | sending\ paused | account\ (?:is\ )?suspended
    | daily\ (?:user\ |message\ |mail\ )?(?:sending\ )?(?:quota|limit)
    | (?:user|sender|account)\ (?:sending\ )?(?:rate|limit|quota) | sending\ (?:quota|limit|rate)\ (?:is\ )?exceeded
    | you\ have\ (?:exceeded|reached)\ (?:your|the)\ .{0,30}(?:quota|limit)
    | (?:sender|client|account|credentials)\ .{0,40}not\ (?:authenticated|authori[sz]ed\ to\ send)
    """,
    re.IGNORECASE | re.VERBOSE,
)
TOO_FAST = re.compile(
    r"""
      too\ many\ (?:messages|mails|e-?mails|connections|concurrent|sessions|recipients|deliver) | rate.?limit
    | rate.?controll | (?:sending|message|connection|delivery|mail)\ (?:rate|frequency)
    | unusual(?:ly\ high)?\ (?:rate|volume|traffic|number) | too\ (?:fast|quickly|much\ mail) | slow\ down | excessive
    | messages?\ (?:per|in)\ (?:\S+\ )?(?:hour|minute|day|second)
    | max(?:imum)?\ (?:number\ of\ )?(?:messages|connections)
    | \[TSS?\d\d\] | \bTSS?0\d\b | \bRP-00\d | temporarily\ deferred\ due\ to | mxconn | server\ busy | concurrency
    | 4\.7\.(?:28|32|500|650|651|652|850)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
AGAIN = re.compile(r"gr[ae]y-?list|try (?:again|it again|later)|temporar|deferred|retry", re.IGNORECASE)
FULL = re.compile(
    r"""
      [45]\.2\.2\b | over\ ?-?quota | quota\ (?:is\ )?(?:exceeded|reached|full) | insufficient\ (?:system\ )?storage
    | (?:mailbox|inbox|storage|disk|quota)\ (?:\S+\ ){0,3}(?:full|exceeded) | out\ of\ (?:storage|space)
    | exceed\w*\ (?:\S+\ ){0,4}(?:quota|storage)
    """,
    re.IGNORECASE | re.VERBOSE,
)
TOO_LARGE = re.compile(
    r"5\.3\.4\b|5\.2\.3\b|(?:message|size|content) .{0,30}(?:too (?:large|big)|exceed|limit)", re.IGNORECASE
)
NOT_US = re.compile(
    r"""
      \b5\.7\.\d+\b | spamhaus | block[-\ ]?list | black[-\ ]?list | blocked | \bdnsbl\b | \brbl\b | reputation
    | \bdmarc\b | \bspf\b | \bdkim\b | unauthenticated | unsolicited | banned | policy | \bspam\b | \bptr\b
    | reverse\ dns
    | relay(?:ing)?\ (?:access\ )?(?:denied|not)
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Somebody's mailbox, not the domain: "receiving mail at a rate that …" (4.2.1), or full (4.2.2).
ONE_MAILBOX = re.compile(r"\b4\.2\.\d+\b|user you are trying to contact", re.IGNORECASE)
# Of a provider's interface: our key, our account, our share, or their trouble. Others are about this mail.
THEIR_TROUBLE = frozenset({401, 402, 403, 407, 408, 425, 429})
SHARE_USED = frozenset({425, 429})


def of_opening(error: Exception) -> Refusal:
    """Nothing was said about any mail yet."""
    return Refusal(Blame.SITE, said(error), slow=isinstance(error, smtplib.SMTPConnectError) and error.smtp_code == 421)


def of_sending(error: Exception, *, to: str) -> Refusal:
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, reply = next(iter(error.recipients.values()), (550, b"refused"))
            refusal = of_reply(code, said(reply))
        case smtplib.SMTPSenderRefused():
            refusal = _of_sender(error.smtp_code, said(error.smtp_error))
        case smtplib.SMTPHeloError() | smtplib.SMTPConnectError() | smtplib.SMTPAuthenticationError():
            refusal = Refusal(Blame.SITE, f"{error.smtp_code} {said(error.smtp_error)}")
        case smtplib.SMTPResponseException():  # SMTPDataError, and what has no name of its own
            refusal = of_reply(error.smtp_code, said(error.smtp_error))
        case AnymailRecipientsRefused() | AnymailAPIError():
            refusal = _of_provider(error)
        case ValueError() | smtplib.SMTPNotSupportedError() if not to.isascii() or to in str(error):
            # Also AnymailInvalidAddress, UnicodeError, and an address with letters for which SMTPUTF8 is needed.
            refusal = Refusal(Blame.MAIL, f"Our mail server cannot write to this address: {said(error)}")
        case ImproperlyConfigured():
            refusal = Refusal(Blame.SITE, said(error))
        case OSError():  # also smtplib.SMTPServerDisconnected
            refusal = Refusal(Blame.LINE, said(error) or repr(error))
        case _:
            refusal = Refusal(Blame.MOMENT, repr(error)[:1000])
    return refusal


def of_status(message: EmailMessage) -> Refusal | None:
    """What a provider noted about the recipient although it raised nothing; `None` if it took the mail."""
    status = getattr(message, "anymail_status", None)
    noted: set[str] = getattr(status, "status", None) or set()
    if noted == {"failed"} or (noted == {"unknown"} and not getattr(status, "message_id", None)):
        answer = getattr(getattr(status, "esp_response", None), "text", "")
        return Refusal(Blame.MOMENT, said(f"The provider did not take it: {answer}"))
    return None


def of_reply(code: int, words: str) -> Refusal:
    """What a server said to the address, or to the letter."""
    text = f"{code} {words}".strip()
    if OUR_SHARE.search(words):
        return Refusal(Blame.SITE, text, slow=True)
    if not 500 <= code < 600:
        return _for_now(code, text)
    if TOO_FAST.search(words):
        return Refusal(Blame.DOMAIN, text, slow=True)
    return Refusal(_for_good(text), text)


def _for_now(code: int, text: str) -> Refusal:
    if TOO_FAST.search(text) and not ONE_MAILBOX.search(text) and not FULL.search(text):
        return Refusal(Blame.DOMAIN, text, slow=True)
    # 421 says good-bye as well; whether to this mail or to all shows with the next one.
    return Refusal(Blame.LINE if code == 421 else Blame.MOMENT, text)


def _for_good(text: str) -> Blame:
    """The first that speaks, with what passes before what does not."""
    kind, _status = judge(status="", words=text)
    rules = (
        (kind is Kind.PERMANENT, Blame.ADDRESS),
        (TOO_LARGE.search(text), Blame.MAIL),
        (FULL.search(text), Blame.MOMENT),
        (AGAIN.search(text), Blame.MOMENT),
        (NOT_US.search(text), Blame.US),
    )
    return next((blame for holds, blame in rules if holds), Blame.MAIL)


def _of_sender(code: int, words: str) -> Refusal:
    """Our own address or the server's mood, so no reader's fault; but the size of a letter is declared there too."""
    text = f"{code} {words}".strip()
    if code == 552 or (code >= 500 and TOO_LARGE.search(words)):
        return Refusal(Blame.MAIL, text)
    return Refusal(Blame.SITE, text, slow=code < 500)


def _of_provider(error: AnymailRecipientsRefused | AnymailAPIError) -> Refusal:
    words = said(error)
    if isinstance(error, AnymailRecipientsRefused):
        words = said(f"{error} {getattr(error.response, 'text', '')}")
        return Refusal(Blame.ADDRESS if judge(status="", words=words)[0] is Kind.PERMANENT else Blame.MAIL, words)
    code = error.status_code
    if code is None and isinstance(error, OSError):
        return Refusal(Blame.LINE, words)
    if code is None:
        # Amazon's library: what it heard is in `response`; without that it heard nothing.
        heard = getattr(error.__cause__, "response", None)
        slow = bool(OUR_SHARE.search(words) or TOO_FAST.search(words))
        return Refusal(Blame.SITE if slow or not heard else Blame.MOMENT, words, slow=slow)
    if code in THEIR_TROUBLE or code >= 500:
        return Refusal(Blame.SITE, words, slow=code in SHARE_USED)
    # It may be this letter, or our sender's address that they do not know yet: never given up at once.
    return Refusal(Blame.MOMENT, words)


def said(words: object) -> str:
    """On one line, and not for ever."""
    text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
    return " ".join(text.split())[:1000]
