"""Several notices to one person in one mail, each with its words, its link and its own way to stop its kind."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.db.models import F
from django.utils import translation
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from digests import tokens
from digests.models import MailKind, OutgoingEmail
from digests.models.mail import NOTICES
from digests.rendering import letters
from digests.rendering.letters import Letter, Nothing, Written, browser_link, compose, list_headers

# The switch of each kind that has one; a decision is always told.
_SWITCHES = {
    MailKind.REPLY: "replies",
    MailKind.MENTION: "mentions",
    MailKind.ADOPTION: "adoptions",
    MailKind.REVIEW: "reviews",
    MailKind.ASK: "asks",
    MailKind.ANSWER: "answers",
}
PREHEADER = 3


def write(mails: Sequence[OutgoingEmail]) -> dict[int, Written | Exception]:
    """Mail id → what to send; a mail that others go along with holds them all."""
    along = _along(mail for mail in mails if mail.kind in NOTICES and mail.carrier_id == mail.pk)
    written = letters.write([*mails, *(one for own in along.values() for one in own)])
    return {
        mail.pk: _together([mail, *along[mail.pk]], written) if mail.pk in along else written[mail.pk] for mail in mails
    }


def _along(carriers: Iterable[OutgoingEmail]) -> Mapping[int, list[OutgoingEmail]]:
    """Carrier → what goes along with it, oldest first; one query, and none without notices."""
    found: dict[int, list[OutgoingEmail]] = defaultdict(list)
    ids = [mail.pk for mail in carriers]
    if not ids:
        return {}
    rows = OutgoingEmail.objects.filter(carrier__in=ids).exclude(pk=F("carrier")).select_related("person")
    for row in rows.order_by("created_at", "pk"):
        if row.carrier_id is not None:
            found[row.carrier_id].append(row)
    return dict(found)


def _together(mails: Sequence[OutgoingEmail], written: Mapping[int, Written | Exception]) -> Written | Exception:
    carrier, *along = mails
    own = written[carrier.pk]
    if isinstance(own, Exception):
        return own
    told = [(mail, one) for mail in mails if isinstance(one := written[mail.pk], Letter)]
    if not told:
        return Nothing("Nothing of it is left that may be told.")
    left_out = {mail.pk: one.why for mail in along if isinstance(one := written[mail.pk], Nothing)}
    broken = {mail.pk: repr(one) for mail in along if isinstance(one := written[mail.pk], Exception)}
    parts = _once(told)
    if len(parts) == 1:
        return replace(parts[0][1], left_out=left_out, broken=broken)
    with translation.override(carrier.tongue):
        return replace(_bundle(carrier, parts), left_out=left_out, broken=broken)


def _once(parts: Iterable[tuple[OutgoingEmail, Letter]]) -> list[tuple[OutgoingEmail, Letter]]:
    """An adoption that was recorded, and whose outcome became known, is told as it stands: once."""
    return list({(mail.kind, *sorted(mail.payload.items())): (mail, letter) for mail, letter in parts}.values())


def _bundle(carrier: OutgoingEmail, parts: list[tuple[OutgoingEmail, Letter]]) -> Letter:
    """The subject says what is inside. One click stops the kinds of notice that are in this mail, if they can be."""
    count = Counter(MailKind(mail.kind) for mail, _letter in parts)
    switches = sorted({name for kind in count if (name := _SWITCHES.get(kind)) in tokens.NOTICES})
    stop_url = tokens.stop_link(person=carrier.reader.pk, what=tokens.several(switches)) if switches else ""
    headers = list_headers(name=switches[0] if len(switches) == 1 else "notices", stop_url=stop_url) if switches else {}
    return compose(
        "bundle",
        {
            "subject_line": get_text_list([_counted(kind, n) for kind, n in count.items()], _("and")),
            "preheader": " · ".join(_lead(letter) for _mail, letter in parts[:PREHEADER]),
            "notices": [letter.notice for _mail, letter in parts if letter.notice],
            "why": _("These are in one mail because they came within ten minutes."),
            "stop_url": stop_url if len(switches) > 1 else "",
            **browser_link(carrier),
        },
        headers={**headers, **_thread(letter for _mail, letter in parts)},
    )


def _lead(letter: Letter) -> str:
    return str((letter.notice or {}).get("lead", letter.subject))


def _thread(parts: Iterable[Letter]) -> dict[str, str]:
    """A mail about one thing stands with the others about it; one about several stands alone."""
    threads = {part.headers.get("References", "") for part in parts}
    thread = threads.pop() if len(threads) == 1 else ""
    return {"In-Reply-To": thread, "References": thread} if thread else {}


def _counted(kind: MailKind, n: int) -> str:
    words = {
        MailKind.REPLY: ngettext("%(n)d reply", "%(n)d replies", n),
        MailKind.MENTION: ngettext("%(n)d comment that names you", "%(n)d comments that name you", n),
        MailKind.ADOPTION: ngettext("%(n)d adoption of your work", "%(n)d adoptions of your work", n),
        MailKind.REVIEW: ngettext("%(n)d thing to approve", "%(n)d things to approve", n),
        MailKind.DECISION: ngettext("%(n)d decision", "%(n)d decisions", n),
        MailKind.ASK: ngettext("%(n)d question about what you did", "%(n)d questions about what you did", n),
        MailKind.ANSWER: ngettext("%(n)d answer to your ask", "%(n)d answers to your ask", n),
    }
    return words[kind] % {"n": n}
