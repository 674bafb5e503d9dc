"""What staff noted of a person, as that person may read it: in the download of one's data (docs/decisions/0049)."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from accounts.models import User
from core.personal_details import personal_data
from moderation.locked_cases import undismissed, untouched_by_locked
from moderation.models import LineKind, Report, ReportKind, ReportLine
from moderation.subjects import author_of

SHORTEST_NAME = 3
# While such a case is open its notes stay here: DPA 2018, schedule 2, paragraph 2 (crime).
NOT_WHILE_OPEN = (ReportKind.CHILD_ABUSE, ReportKind.INTIMATE_IMAGE, ReportKind.ILLEGAL)
_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")


def case_notes(person: Any) -> Iterator[dict[str, Any]]:
    """Notes in the cases that the person reported, and in those about what they wrote.

    None while a locked case is about something of theirs: to miss those of one case alone would be the warning.
    """
    if concerns_locked(person):
        return
    cases = untouched_by_locked(Report.objects.filter(lines__what=LineKind.NOTE)).distinct()
    cases = cases.exclude(kind__in=NOT_WHILE_OPEN, handled_at=None)
    for case in cases.select_related("reporter", "content_type").order_by("pk"):
        if case.reporter_id != person.pk and _writer_of(case) != person.pk:
            continue
        for line in ReportLine.objects.filter(report=case, what=LineKind.NOTE):
            involved = (case.reporter_id, line.by_id, _writer_of(case))
            yield {
                "at": line.at.isoformat(),
                "case": case.reference,
                "about": case.get_kind_display(),
                "note": without_others(line.words, person=person, involved=involved),
            }


def note_to(person: Any, text: str, *, involved: Iterable[int | None] = ()) -> str:
    """The note of a decision or a sanction. Nothing while a locked case is about something of theirs."""
    return without_others(text, person=person, involved=involved) if text and not concerns_locked(person) else ""


def concerns_locked(person: Any) -> bool:
    """Whether the person must not be warned: something of theirs is in a locked case that was not dismissed."""
    locked = undismissed(Report.objects.select_related("content_type", "preserved"))
    return any(person.pk in (_writer_of(case), _kept_writer_of(case)) for case in locked)


def without_others(text: str, *, person: Any, involved: Iterable[int | None] = ()) -> str:
    """The text without who else is in it: DPA 2018, schedule 2, paragraph 16.

    Addresses and telephone numbers, the whole names of everybody with an account, and of those who are `involved` each
    part of their names.
    """
    gone = _("[somebody else]")
    own = {str(person.email).casefold()}
    text = _EMAIL.sub(lambda found: found[0] if found[0].casefold() in own else gone, text)
    for detail in personal_data(text):
        if detail.text.casefold() not in own:
            text = re.sub(re.escape(detail.text).replace(r"\ ", r"\s+"), gone, text)
    others = User.objects.exclude(pk=person.pk).annotate(letters=Length("name"), text=Value(text, TextField()))
    others = others.filter(letters__gte=SHORTEST_NAME).filter(
        Q(text__icontains=F("name")) | Q(pk__in=[one for one in involved if one])
    )
    names: set[str] = set()
    for pk, name in others.values_list("pk", "name"):
        names |= {name, *(name.split() if pk in involved else ())}
    for name in sorted(names, key=len, reverse=True):
        if len(name) >= SHORTEST_NAME:
            text = re.sub(rf"(?<!\w)@?{re.escape(name)}(?!\w)", gone, text, flags=re.IGNORECASE)
    return text


def _writer_of(case: Report) -> int | None:
    subject = case.subject
    return author_of(subject) if subject is not None else None


def _kept_writer_of(case: Report) -> Any:
    """Of what is gone, by what is kept for the authorities."""
    kept = getattr(case, "preserved", None)
    return (kept.content.get("author") or {}).get("number") if kept is not None else None
