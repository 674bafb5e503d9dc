"""What an entry may say. The messages stand at the field that they are about; nothing that was typed is lost."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext as _

from core.dates import PARTIAL_DATE, display
from core.personal_details import personal_data
from core.plain_text import tidy
from moderation.policy import count_links
from places.errors import RecordError
from places.models.record import ALT_LENGTH, LESSON_LENGTH, SOURCE_LENGTH, WORDS_LENGTH

LEAST_WORDS = 4
MOST_LINKS = 2
_WORD = re.compile(r"\w+")
_is_web_address = URLValidator(schemes=["http", "https"])
# “Mr Sam Jones”, “my neighbour Sam”: not every name, and better asked once too often.
_NAMED = re.compile(
    r"\b(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof)\.?\s+(?:[A-Z][\w’'-]+\s?){1,3}"
    r"|(?i:my (?:neighbour|friend|son|daughter|mother|father|boss|landlord|doctor),?)\s+(?:[A-Z][\w’'-]+\s?){1,2}"
    r"|(?i:\b(?:called|named))\s+[A-Z][\w’'-]+\s+[A-Z][\w’'-]+)"
)


def checked_words(words: str) -> str:
    words = _within(tidy(words), WORDS_LENGTH, "words")
    if not words:
        raise RecordError(_("Say what changed."), "words")
    if len(_WORD.findall(words)) < LEAST_WORDS:
        raise RecordError(_("Say a little more: what is different now, and for whom?"), "words")
    if count_links(words) > MOST_LINKS:
        raise RecordError(_("At most %(most)s addresses are possible.") % {"most": MOST_LINKS}, "words")
    return words


def checked_lesson(lesson: str) -> str:
    return _within(tidy(lesson), LESSON_LENGTH, "lesson")


def checked_alt(alt: str) -> str:
    alt = " ".join(_within(tidy(alt), ALT_LENGTH, "alt").split())
    if not alt:
        raise RecordError(_("Say in a few words what the photo shows, for people who cannot see it."), "alt")
    return alt


def checked_when(when: str) -> str:
    """A year or a month that has begun."""
    if not when:
        raise RecordError(_("Say when it changed. The year will do."), "when")
    if not PARTIAL_DATE.fullmatch(when):
        raise RecordError(_("Write a year, like 2013, and the number of the month if you know it."), "when")
    if when > f"{timezone.localdate():%Y-%m}"[: len(when)]:
        raise RecordError(
            _("%(when)s is still to come. The record is of what has happened.") % {"when": display(when)}, "when"
        )
    return when


def checked_source(address: str) -> str:
    """A web address, and nothing that a browser would run."""
    address = address.strip()
    if not address:
        return ""
    if len(address) > SOURCE_LENGTH:
        raise RecordError(_("This address is too long. Give that of the page itself."), "source_url")
    try:
        _is_web_address(address)
    except ValidationError as error:
        raise RecordError(_("Give a web address that begins with https:// or http://."), "source_url") from error
    return address


def details_in(*texts: str) -> list[str]:
    """What looks like somebody's name, telephone number, address or the like, as it stands there."""
    text = "\n".join(texts)
    found = [f"{one.label} ({one.text})" for one in personal_data(text)]
    names = dict.fromkeys(" ".join(match.group().split()) for match in _NAMED.finditer(text))
    return found + [_("somebody’s name (%(name)s)") % {"name": name} for name in names]


def _within(text: str, most: int, field: str) -> str:
    if len(text) > most:
        raise RecordError(
            _("Your text has %(length)s characters; at most %(most)s are possible.")
            % {"length": f"{len(text):,}", "most": f"{most:,}"},
            field,
        )
    return text
