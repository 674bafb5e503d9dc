"""What a status code and the words beside it mean for the next mail.

An enhanced code (RFC 3463) says most, but servers use a few of them for anything, and some say “no such user” when
they mean “I do not like your network”. So words that blame the message, the moment or the space are heard before a
code that blames the address, and words that blame the address are asked for where the code says nothing. What neither
explains is unknown: somebody's mail is never stopped by a guess.
"""

import re
from enum import StrEnum


class Kind(StrEnum):
    """What came back about a mail; `digests.models.ReportKind` has the words for each."""

    PERMANENT = "permanent"
    TRANSIENT = "transient"
    DELAYED = "delayed"
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto_reply"
    DELIVERED = "delivered"
    OPT_OUT = "opt_out"
    UNKNOWN = "unknown"


# The mailbox or its domain does not exist, moved, is switched off, takes no mail (7505), or has a new owner (7293).
ADDRESS_CODES = frozenset(
    ("5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.2.1", "5.4.4", "5.4.310", "5.7.17", "5.7.18")
)
# What these classes blame is the space, the server, the way, the protocol, the content or a policy.
PASSING_CODE = re.compile(r"4\.\d+\.\d+|5\.(?:2\.[234]|3\.\d+|4\.[5-7]|5\.\d+|6\.\d+|7\.\d+|1\.[78])")

CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
REPLY = re.compile(r"(?<![\d.])([45]\d\d)[ -]")

PASSING_WORDS = re.compile(
    r"""
      (?:mailbox|inbox|quota|storage|disk|maildir)\W(?:\S+\W){0,4}(?:full|exceeded|over)
    | over\s?-?quota | quota\ (?:is\ )?(?:exceeded|reached) | exceeded\ (?:\S+\ ){0,4}(?:quota|storage)
    | out\ of\ (?:storage|space) | insufficient\ (?:system\ )?(?:storage|disk) | mailbox\ size\ limit | is\ full\b
    | grey-?list | gray-?list | try\ (?:again|it\ again|later) | temporar(?:y|ily) | deferred
    | \bspam\b | \bspamhaus | block[-\ ]?list | black[-\ ]?list | \bdnsbl\b | \brbl\b | reputation | \bvirus\b
    | (?:blocked|rejected)\ (?:by|due\ to|for|because\ of)\ (?:\S+\ ){0,3}(?:policy|polic|security|content|filter)
    | (?:policy|security)\ (?:reasons?|violation|rejection|restrictions?) | \bdmarc\b | \bspf\b | \bdkim\b
    | unauthenticated\ (?:e-?mail|sender) | banned\ (?:file|content|sending\ ip) | not\ rfc\ ?53?22\ compliant
    | rate\ ?-?limit | too\ many\ (?:messages|connections|recipients|errors|hops)
    | (?:message|size)\ (?:\S+\ ){0,4}(?:too\ (?:large|big)|exceeds) | (?:connection|connect|conversation)\ .{0,30}
      (?:timed\ out|refused|reset|dropped|lost) | timed\ out | timeout | retry\ time | network\ (?:is\ )?unreachable
    | no\ route\ to\ host | not\ yet\ been\ delivered | loops?\ back | mail\ (?:loop|forwarding\ loop) | hop\ count
    # Who sends, or how they greet: “sender address rejected: domain not found” is about us.
    | (?:sender|mail\ ?from|helo|ehlo|client\ host|reverse\ dns|ptr)\b\W(?:\S+\W){0,4}?
      (?:address|domain|command|unknown|invalid|rejected|refused|denied|blocked|verif(?:y|ication)
      |not\ (?:found|exist)|fail)
    | (?:sender\ (?:address\ )?verif(?:y|ication)|blocked\ senders?) | \byour\ (?:account|access|domain|server|ip)\b
    | exp[ée]diteur | absender | remitente | mittente | nadawc | afzender | remetente
    | have\ been\ failing\ for\ a\ long\ time | (?:was|been|is|envelope)\ blocked\b(?!\ due\ to\ inactivity)
    | :blocked\b | blocked\ (?:-|by\ our)
    | (?:postfach|speicher|kontingent)\W(?:\S+\W){0,4}?(?:voll|[üu]berf[üu]llt|[üu]berschritten|ersch[öo]pft)
    | bo[iî]te\W(?:\S+\W){0,6}?(?:pleine|satur[ée]e) | quota\W(?:\S+\W){0,3}?(?:d[ée]pass|[üu]berschritten)
    | (?:buz[oó]n|cuota)\W(?:\S+\W){0,4}?(?:llen[oa]|excedid|superad) | casella\W(?:\S+\W){0,6}?piena
    | skrzynka\W(?:\S+\W){0,3}?(?:prze)?pe[łl]n | przekroczon
    | (?:postvak|mailbox|postbus)\W(?:\S+\W){0,4}?vol\b | (?:caixa|cota)\W(?:\S+\W){0,6}?(?:cheia|excedid)
    | greeting\ failure | service\ (?:not\ available|unavailable) | too\ busy | low\ on\ resources
    """,
    re.IGNORECASE | re.VERBOSE,
)
ADDRESS_WORDS = re.compile(
    r"""
      (?:no|unknown|invalid|non-?existent)\ (?:such\ )?(?:local\ )?(?:user|recipient|mailbox|address|account|person)\b
    | no\ mailbox\ (?:here|by\ that) | (?:user|recipient|mailbox|address|account|alias)\ (?:\S+\ ){0,3}?
      (?:unknown|not\ (?:found|known|exist)|does\ ?n[o']t\ exist|does\ not\ exist|invalid|unavailable\ or\ not\ found
      |(?:is\ )?(?:disabled|inactive|deactivated|suspended|closed|terminated|discontinued
      |no\ longer\ (?:active|valid|available)))
    | (?:user|recipient|mailbox|address|account)s?\b.{0,60}\b(?:doesn'?t|does\ not)\ exist
    | (?:wasn'?t|was\ not|could\ ?n[o']?t\ be|cannot\ be|not)\ found\ (?:at|in|on)\b | recipientnotfound | resolver\.adr
    | doesn'?t\ have\ an?\ (?:\S+\ )?account | not\ (?:a\ valid|our)\ (?:user|customer|recipient|mailbox)
    | (?:unrouteable|unroutable|undeliverable|bad\ destination)\ (?:mailbox\ )?address
    | not\ listed\ in\ (?:\S+\ ){0,3}(?:directory|book)
    | recipient\ address\ rejected:\ access\ denied | no\ (?:such\ )?domain\b | domain\ (?:name\ )?not\ found
    | (?:host|domain)\ (?:or\ domain\ )?(?:\S+\ ){0,3}(?:not\ found|unknown|does\ ?n[o']t\ exist|does\ not\ exist)
    | nxdomain
    | couldn'?t\ find\ any\ host | null\ mx
    | no\ mx\ (?:record|or) | this\ address\ no\ longer\ accepts
    | (?:empf(?:ä|ae)nger|benutzer|postfach|adresse|konto)\W(?:\S+\W){0,3}?
      (?:existiert\ nicht|unbekannt|nicht\ (?:gefunden|vorhanden))
    | unbekannter?\ (?:empf(?:ä|ae)nger|benutzer) | utilisateur\ inconnu
    | (?:destinataire|utilisateur|adresse|bo[iî]te)\W(?:\S+\W){0,4}?
      (?:n.existe\ pas|inconnue?s?\b|introuvable|invalide|archiv[ée]e)
    | (?:usuario|destinatario|buz[oó]n|direcci[oó]n|cuenta)\W(?:\S+\W){0,3}?
      (?:no\ existe|desconocid|no\ encontrad|inexistente)
    | (?:utente|destinatario|casella|indirizzo)\W(?:\S+\W){0,3}?(?:sconosciut|inesistente|non\ (?:esiste|trovat))
    | nieznany\ (?:u[żz]ytkownik|odbiorca|adresat) | nie\ ma\ takiego\ (?:u[żz]ytkownika|adresu|odbiorcy)
    | (?:u[żz]ytkownik|skrzynka|adresat|odbiorca)\W(?:\S+\W){0,2}?nie\ istnieje
    | onbekende?\ (?:gebruiker|ontvanger) | (?:gebruiker|mailbox|postvak|adres|ontvanger)\W(?:\S+\W){0,3}?
      (?:bestaat\ niet|onbekend|niet\ gevonden)
    | (?:usu[aá]rio|destinat[aá]rio|caixa|endere[cç]o|conta)\W(?:\S+\W){0,3}?
      (?:n[aã]o\ (?:existe|encontrad)|inexistente|desconhecid)
    | has\ left\ the\ (?:company|council|organi[sz]ation)
    """,
    re.IGNORECASE | re.VERBOSE,
)


def judge(*, status: str, words: str) -> tuple[Kind, str]:
    """What a failed delivery means, and the code that said so. `words` are the remote server's, if they were kept."""
    said = " ".join(words.split())[:4000]
    found = CODE.findall(said)
    code = next((one for one in found if not one.endswith(".0.0")), status.strip() or next(iter(found), ""))
    return _kind(code, said), code


def _kind(code: str, said: str) -> Kind:
    """The first of these that speaks."""
    reply = REPLY.search(said)
    rules = (
        (code.startswith("2."), Kind.UNKNOWN),
        (PASSING_WORDS.search(said), Kind.TRANSIENT),
        (code in ADDRESS_CODES, Kind.PERMANENT),
        (code.startswith("4."), Kind.TRANSIENT),
        (ADDRESS_WORDS.search(said), Kind.PERMANENT),
        (PASSING_CODE.fullmatch(code), Kind.TRANSIENT),
        (reply and reply[1].startswith("4"), Kind.TRANSIENT),
    )
    return next((kind for holds, kind in rules if holds), Kind.UNKNOWN)
