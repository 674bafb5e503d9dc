"""Keep what was understood of a file for whom it belongs to, and make a draft of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from casestudies.models import CaseStudyPage, Lesson, Partner, Risk, Source, WordImport
from casestudies.models.case_study import SUMMARY_LENGTH
from casestudies.word.composing import PROSE, compose
from casestudies.word.reading import Understood
from members.errors import NotAllowed
from members.models import Organisation
from members.permissions import can_write_for

if TYPE_CHECKING:
    from accounts.models import User

KEPT_AT_A_TIME = 5


@transaction.atomic
def keep(*, understood: Understood, organisation: Organisation, file_name: str, by: "User") -> WordImport:
    """Keep it for this person until the draft is made, a day at most. Raises `NotAllowed`."""
    _require_author(by, organisation)
    WordImport.objects.expired().delete()
    older = WordImport.objects.filter(person=by).order_by("-created_at").values_list("pk", flat=True)
    WordImport.objects.filter(pk__in=list(older[KEPT_AT_A_TIME - 1 :])).delete()
    return WordImport.objects.create(
        person=by, organisation=organisation, file_name=file_name[:200], content=understood.as_json()
    )


@transaction.atomic
def start_from_word(
    *, kept: WordImport, title: str, summary: str, targets: Sequence[str] | None = None, by: "User"
) -> CaseStudyPage:
    """The draft, with every part where its author wants it; what was kept goes. Raises `NotAllowed`."""
    _require_author(by, kept.organisation)
    if kept.person_id != by.pk:
        raise NotAllowed("A document is its uploader's alone.")
    composed = compose(Understood.from_json(kept.content), targets)
    lines = {name: value for name, value in composed.lines.items() if name != "summary"}
    texts = {name: value for name, value in composed.texts.items() if name in (*PROSE, "other_text")}
    page = CaseStudyPage(title=title, summary=summary[:SUMMARY_LENGTH], owner=by, live=False, **texts, **lines)
    page.lessons.set([Lesson(lesson=lesson, why=why) for lesson, why in composed.lessons])
    page.risks.set([Risk(risk=risk, response=response) for risk, response in composed.risks])
    page.partners.set([Partner(name=name) for name in composed.partners])
    page.sources.set([Source(title=name, url=url) for name, url in composed.sources])
    kept.organisation.page.add_child(instance=page)
    page.save_revision(user=by, log_action=True)
    kept.delete()
    return page


def _require_author(person: "User", organisation: Organisation) -> None:
    if not can_write_for(person, organisation):
        raise NotAllowed("Only authors of the organisation may write for it.")
