"""A message that came back, as far as we understand it.

Everything in it was written by strangers: it may be huge, nested, broken or made up. Reading looks at a bounded part,
never raises, and says only what it found; whose mail it was is decided elsewhere, by our own Message-ID.
"""

import html
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message

from digests.bounces.verdicts import Kind, judge

logger = logging.getLogger(__name__)

LARGEST = 512 * 1024
MOST_PARTS = 60
DEEPEST = 8
LONGEST_TEXT = 20_000

OUR_ID = re.compile(r"<([0-9a-f]{32}@[a-z0-9.-]{1,190})>", re.IGNORECASE)
RETURN_NUMBER = re.compile(r"\+([0-9a-f]{32})@")
# Where a report without parts begins to quote our own mail, whose words are not the server's.
_QUOTE = re.compile(
    r"^.{0,10}(?:-{2,}\s*(?:this is a copy|below this line|original message|the header of|message header|returned)"
    r"|original message (?:headers|details|follows)|message headers follow|return-path: <|received: (?:from|by)"
    r"|message-id: <|dkim-signature: |from: .{1,200}\n(?:to|subject|date|message-id): )",
    re.IGNORECASE | re.MULTILINE,
)
_UNSEEN = re.compile(r"<(?P<ends>/?)(?:style|script)\b[^<>]{0,500}>|<!--|(?P<end>-->)", re.IGNORECASE)
_BLOCKS = re.compile(r"</?(?:p|br|div|pre|tr|td|table|li|h[1-6])\b[^<>]{0,2000}>", re.IGNORECASE)
_SENDERS = re.compile(
    r"mailer-?daemon|postmaster|mail delivery|mail-daemon|bounce|system administrator|microsoftexchange", re.IGNORECASE
)
_SUBJECTS = re.compile(
    r"undeliver|non-?deliver|delivery (?:\S+ )?(?:fail|delay|status|problem|notification)"
    r"|fail(?:ure|ed) (?:notice|deliver)"
    r"|returned (?:mail|to sender)|mail delivery|could not (?:be )?(?:send|deliver)|message (?:\S+ )?delayed|rejected"
    r"|message you sent blocked|unzustellbar|zustellung|nicht zugestellt|non remis|remise (?:retard|impossible)"
    r"|[ée]chec de (?:la )?remise|no se (?:puede|pudo|ha podido) entregar|entrega retrasada|non recapitabile"
    r"|mancat[oa] (?:recapito|consegna)|niedostarczon|nie dostarczono|onbestelbaar|niet (?:bezorgd|afgeleverd)"
    r"|n[ãa]o (?:foi|[ée]) poss[íi]vel entregar|n[ãa]o entregue",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"delayed|warning:|still being|(?:not|n't) (?:yet )?been delivered yet|not yet been delivered|will continue to try"
    r"|continue to be attempted|will retry|verz[öo]gert|retard[ée]e|retrasad[ao]|in ritardo|op[óo][źz]nion|vertraagd"
    r"|atrasad[ao]",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"^(?:re: )?(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|away from|on leave"
    r"|annual leave|ateb awtomatig|allan o'r swyddfa|read:|not read:|thank you for (?:your|contacting)"
    r"|automatische? antwoord|automatische antwort|abwesen|r[ée]ponse automatique|absence|respuesta autom[áa]tica"
    r"|fuera de la oficina|risposta automatica|fuori ufficio|odpowied[źz] automatyczna|autoodpowied"
    r"|resposta autom[áa]tica|fora do escrit[óo]rio)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Report:
    """`message_ids` are those of ours that it names, without saying that it tells the truth.

    `numbers` are their first parts, from the address that the report was sent to; `provider_ids` what a provider calls
    the mail.
    """

    kind: Kind
    status: str = ""
    words: str = ""
    recipients: frozenset[str] = frozenset()
    message_ids: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    provider_ids: frozenset[str] = frozenset()
    from_provider: bool = False


def read_report(raw: bytes) -> Report:
    """What a message says; `UNKNOWN` if it says nothing that we know. Never raises."""
    try:
        return _read(raw[:LARGEST])
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
        AssertionError,
        HeaderParseError,
    ) as error:
        logger.warning("A report could not be read: %r", error)
        return Report(kind=Kind.UNKNOWN)


def _read(raw: bytes) -> Report:
    message = message_from_bytes(raw)
    parts = list(_parts(message))
    kind, status, words, recipients = _verdict(message, parts)
    return Report(
        kind=kind,
        status=cleaned_status(status),
        words=" ".join(words.split())[:300],
        recipients=recipients,
        message_ids=_ours(message, parts),
        numbers=_numbers(message),
    )


def cleaned_status(status: str) -> str:
    return status if re.fullmatch(r"[245]\.\d{1,3}\.\d{1,3}|\d{3}", status) else ""


Verdict = tuple[Kind, str, str, frozenset[str]]


def _verdict(message: Message, parts: list[Message]) -> Verdict:
    subject = _header(message, "Subject")
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            return _complaint(part)
    blocks = [
        block for part in parts if part.get_content_type() == "message/delivery-status" for block in _blocks(part)
    ]
    if blocks:
        return _of_blocks(blocks, _prose(parts))
    if re.match(r"complaint about message from", subject, re.IGNORECASE) and len(parts) > 1:
        return Kind.COMPLAINT, "", subject, frozenset()
    if any(part.get_content_type() == "message/disposition-notification" for part in parts):
        return Kind.AUTO_REPLY, "", subject, frozenset()
    return _of_words(message, parts, subject)


def _of_words(message: Message, parts: list[Message], subject: str) -> Verdict:
    """A report without a part for machines, the answer of somebody's machine, or anything else."""
    prose = _prose(parts)
    failed = _header(message, "X-Failed-Recipients")
    from_machine = bool(_SENDERS.search(_header(message, "From")) or failed)
    if from_machine and (failed or _SUBJECTS.search(subject) or "Hi. This is the" in prose[:200]):
        return _of_prose(subject, prose, failed)
    answered = _header(message, "Auto-Submitted").lower().startswith(("auto-replied", "auto-notified"))
    machine = message.get("X-Autoreply") or message.get("X-Autorespond") or message.get("X-Auto-Reply-From")
    if answered or machine or _header(message, "Precedence").lower() == "auto_reply" or _AWAY.match(subject):
        return Kind.AUTO_REPLY, "", subject, frozenset()
    return Kind.UNKNOWN, "", subject, frozenset()


def _complaint(part: Message) -> Verdict:
    """RFC 5965. “Not spam” takes a complaint back, and an authentication report (RFC 6591) is about forgers."""
    fields = next(iter(_blocks(part)), part)
    what = _header(fields, "Feedback-Type").lower()
    people = frozenset(_addresses(_header(fields, "Original-Rcpt-To")))
    known = what in {"abuse", "fraud", "virus", "opt-out", "opt-out-list", "miscategorized", "complaint"}
    return (Kind.COMPLAINT if known else Kind.UNKNOWN), "", what, people


def _of_blocks(blocks: list[Message], prose: str) -> Verdict:
    """RFC 3464: of several recipients the mildest news counts, since our mails have one."""
    found: list[Verdict] = []
    for block in blocks:
        action = _header(block, "Action").lower().split(" ")[0]
        if not action:
            continue
        status = _header(block, "Status").split(" ")[0]
        people = frozenset(_addresses(_header(block, "Original-Recipient"), _header(block, "Final-Recipient")))
        words = _header(block, "Diagnostic-Code")
        if action == "delayed":
            found.append((Kind.DELAYED, status, words, people))
        elif action in {"delivered", "relayed", "expanded"}:
            found.append((Kind.AUTO_REPLY, status, action, people))
        elif action == "failed":
            kind, code = judge(status=status, words=words)
            if kind is Kind.UNKNOWN:
                kind, code = judge(status=status, words=f"{words} {prose[:2000]}")
            found.append((kind, code, words or prose, people))
    mildest = [Kind.AUTO_REPLY, Kind.UNKNOWN, Kind.DELAYED, Kind.TRANSIENT, Kind.PERMANENT]
    if not found:
        return Kind.UNKNOWN, "", prose, frozenset()
    return min(found, key=lambda one: mildest.index(one[0]))


def _of_prose(subject: str, prose: str, failed: str) -> Verdict:
    """qmail (QSBMF), older Exim and filters say it in words only."""
    people = frozenset(_addresses(failed) if failed else _addresses(OUR_ID.sub(" ", prose)))
    if _LATER.search(f"{subject} {prose}"):
        return Kind.DELAYED, "", prose, people
    kind, code = judge(status="", words=prose)
    return kind, code, prose, people


def _parts(message: Message) -> Iterator[Message]:
    """Depth first, without what a report carries of our own mail: those are found by `_ours`."""
    stack = [(message, 0)]
    count = 0
    while stack and count < MOST_PARTS:
        part, depth = stack.pop()
        count += 1
        yield part
        if part.get_content_maintype() == "multipart" and depth < DEEPEST:
            stack.extend((child, depth + 1) for child in reversed(_blocks(part)))


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [one for one in payload[:MOST_PARTS] if isinstance(one, Message)] if isinstance(payload, list) else []


def _prose(parts: list[Message]) -> str:
    """The words of the server, without our mail that some of them quote below."""
    texts = [_text(part) for part in parts if part.get_content_type() == "text/plain"]
    if not any(texts):
        texts = [_untagged(_text(part)) for part in parts if part.get_content_type() == "text/html"]
    said = "\n".join(texts)[:LONGEST_TEXT]
    quote = _QUOTE.search(said)
    return said[: quote.start()] if quote else said


def _ours(message: Message, parts: list[Message]) -> frozenset[str]:
    """Our Message-IDs, wherever it names them."""
    named = [_header(message, name) for name in ("In-Reply-To", "References")]
    named += [html.unescape(_text(part)) for part in parts if part.get_content_maintype() == "text"]
    for part in parts:
        for inner in _blocks(part) if part.get_content_maintype() == "message" else []:
            named += [_header(inner, name) for name in ("Message-ID", "X-Original-Message-ID")]
    return frozenset(f"<{one.lower()}>" for one in OUR_ID.findall("\n".join(named)[:LARGEST]))


def _numbers(message: Message) -> frozenset[str]:
    """From the return address that it was sent to, if mails have one of their own (`bounces+<number>@…`)."""
    named = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
    return frozenset(RETURN_NUMBER.findall(" ".join(_header(message, name) for name in named).lower()))


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset() or "utf-8", errors="replace")
    except LookupError:
        return payload.decode("latin-1")


def _untagged(text: str) -> str:
    lines = _BLOCKS.sub("\n", _shown(text[: 4 * LONGEST_TEXT]))
    return html.unescape(re.sub(r"<[^<>]{0,2000}>", " ", lines))


def _shown(text: str) -> str:
    """Without styles, scripts and comments; what is never closed hides the rest."""
    kept, start, hidden = [], 0, False
    for mark in _UNSEEN.finditer(text):
        if not hidden:
            kept.append(text[start : mark.start()])
        hidden, start = not (mark["ends"] or mark["end"]), mark.end()
    return " ".join([*kept, "" if hidden else text[start:]])


def _header(message: Message, name: str) -> str:
    value = next((_unbroken(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")[:4000]
    try:
        return " ".join(str(make_header(decode_header(value))).split())
    except (HeaderParseError, ValueError, LookupError):
        return " ".join(value.split())


def _unbroken(value: object) -> str:
    """A header with bytes in it that no header may have, which some servers write all the same."""
    raw = str(value).encode("utf-8", errors="surrogateescape")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _addresses(*fields: str) -> Iterator[str]:
    for field in fields:
        found = re.findall(r"[^\s;<>,\"]{1,64}@[^\s;<>,\"]{1,190}", field)[:20]
        yield from (one.lower().strip(".:*'()[]“”‘’") for one in found)
