"""What in a text looks like somebody's personal details: pure, and better asked once too often.

Found: UK telephone numbers, email addresses of people, home addresses (a house number with a street or a postcode),
National Insurance numbers (HMRC's format) and NHS numbers (ten digits with a valid check digit).

Not found, because a council means the public to have them: numbers that belong to organisations (03, 0800, 0808, 084,
087, 09, and the short ones such as 101 and 111), a number that the text calls a switchboard, reception or the like,
mailboxes with the name of a job or a team (`parks@…`) at any address that is not a provider of private mail, and
addresses of town halls and other offices. Whatever else is meant to be public, its author says so once for that text
(`CaseStudyPage.public_details`); after a change it is asked again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from html import unescape

from django.utils.translation import gettext_lazy as _


class Detail(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    NI_NUMBER = "ni_number"
    NHS_NUMBER = "nhs_number"


LABELS = {
    Detail.PHONE: _("a telephone number"),
    Detail.EMAIL: _("an email address of a person"),
    Detail.ADDRESS: _("a home address"),
    Detail.NI_NUMBER: _("a National Insurance number"),
    Detail.NHS_NUMBER: _("an NHS number"),
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`text` is as it stands, with single spaces; `key` is what a tick remembers."""

    kind: Detail
    text: str

    @property
    def key(self) -> str:
        return f"{self.kind}:{re.sub(r'[^a-z0-9@.]', '', self.text.casefold())}"

    @property
    def label(self) -> str:
        return str(LABELS[self.kind])


_TAG = re.compile(r"<[^>]*>")
_BLOCK = re.compile(r"</?(?:p|li|ul|ol|h\d|td|th|tr|br|table)\b[^>]*>", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w£.,/+-])(?:\+44 ?(?:\(0\) ?)?|0044 ?|\(?0)(?:[ ()-]{0,2}\d){9,10}(?![\d%])")
_OF_ORGANISATIONS = ("03", "0800", "0808", "084", "087", "09", "0500")
_SWITCHBOARD = re.compile(
    r"\b(switchboard|reception|customer (?:services?|contact)|contact (?:centre|center)|helpline|hotline|help ?desk|"
    r"enquir(?:y|ies)|main (?:number|line)|council)\b[^.\n]{0,40}$",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+'-]+@(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE)
_PRIVATE_MAIL = (
    "gmail.", "googlemail.", "hotmail.", "outlook.", "live.", "yahoo.", "icloud.", "me.com", "aol.", "btinternet.",
    "sky.com", "virginmedia.", "talktalk.", "ntlworld.", "proton.", "protonmail.", "gmx.", "msn.",
)  # fmt: skip
_TEAM_WORDS = frozenset(
    {
        "admin", "advice", "archive", "assets", "bookings", "business", "cabinet", "campaign", "climate", "comms",
        "committee", "committees", "communications", "community", "communities", "complaints", "consultation",
        "contact", "council", "councillors", "customer", "customers", "data", "democracy", "democratic", "development",
        "digital", "economic", "economy", "editor", "education", "engagement", "enquiries", "enquiry", "environment",
        "estates", "events", "feedback", "finance", "foi", "funding", "grants", "health", "hello", "help", "helpdesk",
        "highstreet", "highways", "housing", "info", "information", "innovation", "jobs", "legal", "leisure", "library",
        "libraries", "licensing", "localism", "mail", "market", "markets", "media", "museum", "news", "office", "parks",
        "partnership", "planning", "policy", "press", "privacy", "procurement", "programme", "project", "projects",
        "property", "public", "recycling", "regeneration", "registry", "research", "reception", "rights", "safety",
        "schools", "secretary", "service", "services", "social", "strategy", "support", "team", "towncentre",
        "transport", "volunteer", "volunteering", "waste", "webmaster", "welcome", "wellbeing", "youth",
    }
)  # fmt: skip
_POSTCODE = r"[A-Z]{1,2}\d[A-Z\d]?\s*\d[ABD-HJLNP-UW-Z]{2}"
_STREET = (
    r"(?:Road|Rd|Street|St|Avenue|Ave|Lane|Ln|Close|Drive|Dr|Way|Crescent|Cres|Court|Ct|Place|Pl|Terrace|Gardens?|"
    r"Grove|Hill|Square|Sq|Row|Walk|Mews|Rise|View|Park|Parade|Green|Heol|Stryd|Ffordd|Lôn)"
)
_NUMBER = r"(?:(?:Flat|Apartment|Apt|Unit)\s+\w{1,4},?\s+)?\d{1,4}[A-Za-z]?"
_HOUSE = re.compile(
    rf"\b{_NUMBER},?\s+(?:[A-Z][\w’'-]*\s+){{1,4}}?{_STREET}\b(?:,?\s+[A-Z][\w’' ,-]{{0,60}}?)?,?\s+{_POSTCODE}\b"
    rf"|\b(?:Flat|Apartment|Apt)\s+\w{{1,4}},?\s+{_NUMBER}\s+(?:[A-Z][\w’'-]*\s+){{1,4}}?{_STREET}\b"
    rf"|(?i:\b(?:lives?|living|lived|home|home address|resident|residing)\b[^.\n]{{0,30}}?)"
    rf"\b{_NUMBER},?\s+(?:[A-Z][\w’'-]*\s+){{1,4}}?{_STREET}\b"
    rf"|\b{_NUMBER},?\s+{_POSTCODE}\b"
)
_OFFICES = re.compile(
    r"\b(town hall|city hall|county hall|shire hall|guildhall|civic|council (?:offices?|house)|offices?|library|centre|"
    r"museum|surgery|hospital|school|station|hub|church|market)\b",
    re.IGNORECASE,
)
_OFFICE_NEARBY = 70
_NI = re.compile(
    r"\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]\b", re.IGNORECASE
)
_NHS = re.compile(r"(?<![\w£.,/+-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\w%])")
_NHS_LENGTH = 10


def personal_data(text: str) -> list[Finding]:
    """What is found in a text or simple HTML, each once, in its order."""
    plain = _plain(text)
    found = sorted(_all(plain), key=lambda one: one[0])
    return list({finding.key: finding for _at, finding in found}.values())


def _plain(html: str) -> str:
    return re.sub(r"[^\S\n]+", " ", unescape(_TAG.sub("", _BLOCK.sub("\n", html))))


def _all(text: str) -> Iterator[tuple[int, Finding]]:
    taken: list[tuple[int, int]] = []
    for kind, search in _SEARCHES:
        for start, end in search(text):
            if any(start < other_end and end > other_start for other_start, other_end in taken):
                continue
            taken.append((start, end))
            yield start, Finding(kind=kind, text=" ".join(text[start:end].split()))


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        national = "0" + re.sub(r"^(?:0044|44)?0?", "", digits)
        if national.startswith(_OF_ORGANISATIONS) or len(national) not in {10, 11}:
            continue
        if _SWITCHBOARD.search(text[max(0, match.start() - 60) : match.start()].rsplit("\n", 1)[-1]):
            continue
        yield match.span()


def _emails(text: str) -> Iterator[tuple[int, int]]:
    for match in _EMAIL.finditer(text):
        local, _at, domain = match.group().casefold().partition("@")
        words = [word for word in re.split(r"[^a-z]+", local) if word]
        private = domain.startswith(_PRIVATE_MAIL)
        of_a_team = any(word in _TEAM_WORDS for word in words) or (len(words) == 1 and not re.search(r"\d", local))
        if private or not of_a_team:
            yield match.span()


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    for match in _HOUSE.finditer(text):
        near = text[max(0, match.start() - _OFFICE_NEARBY) : match.start()].rsplit("\n", 1)[-1] + match.group()
        if not _OFFICES.search(near):
            yield match.span()


def _ni_numbers(text: str) -> Iterator[tuple[int, int]]:
    for match in _NI.finditer(text):
        yield match.span()


def _nhs_numbers(text: str) -> Iterator[tuple[int, int]]:
    for match in _NHS.finditer(text):
        digits = [int(digit) for digit in match.group() if digit.isdigit()]
        if len(digits) == _NHS_LENGTH and _nhs_check(digits) and len(set(digits)) > 1:
            yield match.span()


def _nhs_check(digits: list[int]) -> bool:
    """Modulus 11 over the first nine, weighted 10 to 2 (NHS Data Dictionary)."""
    check = 11 - sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return check % 11 == digits[9] and check != 10  # a check digit of 10 is never issued


_SEARCHES = (
    (Detail.NHS_NUMBER, _nhs_numbers),
    (Detail.NI_NUMBER, _ni_numbers),
    (Detail.EMAIL, _emails),
    (Detail.ADDRESS, _addresses),
    (Detail.PHONE, _phones),
)
