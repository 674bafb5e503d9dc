"""What one person is asked, as the mail and the page of answers show it: asked again, of the rows, every time."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casestudies.choices import AdoptionStatus
from casestudies.confirming import NUDGED_STATUSES, just_told
from casestudies.models import Adoption, CaseStudyPage
from casestudies.selectors import due
from members.selectors import organisation_pages_above
from moderation.models import ContributionState

CASE_STUDY, ADOPTION = "case_study", "adoption"
ALL_OF_MINE = 50


@dataclass(frozen=True, kw_only=True)
class Question:
    """`about` is the case study or the adoption; `since` when somebody last said how it is. `open` is False when it
    has been answered, or has changed so that nobody has to answer.
    """

    kind: str
    about: Any
    title: str
    url: str
    who: str
    since: date | None
    open: bool
    update_url: str

    @property
    def anchor(self) -> str:
        return anchor(self.kind, self.about.pk)


def anchor(kind: str, pk: int) -> str:
    """`case-study-12`: its place on the page of answers, and its name in what that page sends."""
    return f"{kind.replace('_', '-')}-{pk}"


def anchors(case_studies: Iterable[int], adoptions: Iterable[int]) -> set[str]:
    """The names of what a mail asked about."""
    return {anchor(CASE_STUDY, pk) for pk in case_studies} | {anchor(ADOPTION, pk) for pk in adoptions}


def of_mails(
    asked: Iterable[tuple[int, Collection[int], Collection[int]]], *, today: date | None = None
) -> list[list[Question]]:
    """For each (person, case study ids, adoption ids) the questions that the person may answer now, oldest first.

    In a constant number of queries for all of them, in the active language.
    """
    asked = list(asked)
    today = today or timezone.localdate()
    people = {person for person, _pages, _adoptions in asked}
    pages = CaseStudyPage.objects.live().without_texts().select_related("standing")
    found = pages.in_bulk({pk for _person, ids, _adoptions in asked for pk in ids})
    adoptions = due.with_last_change().filter(pk__in={pk for _person, _pages, ids in asked for pk in ids})
    adopted = {one.pk: one for one in adoptions.select_related("case_study", "organisation", "place")}
    open_pages = set(
        CaseStudyPage.objects.due_for_confirmation(today).filter(pk__in=found).values_list("pk", flat=True)
    )
    whose = organisation_pages_above(list(found.values()))
    may_confirm = due.may_confirm(people, list(found.values()))
    may_answer = due.may_answer_for(people, list(adopted.values()))
    told = []
    for person, page_ids, adoption_ids in asked:
        questions = [
            _about_case_study(found[pk], whose.get(found[pk].path), open_=pk in open_pages)
            for pk in page_ids
            if pk in found and (person, pk) in may_confirm
        ]
        questions += [
            _about_adoption(adopted[pk], today=today)
            for pk in adoption_ids
            if pk in adopted and (person, pk) in may_answer
        ]
        told.append(sorted(questions, key=lambda one: (one.since or date.min, one.anchor)))
    return told


def of_person(person: User, *, today: date | None = None) -> tuple[list[Question], int]:
    """Everything due that somebody may answer, the oldest first, and how many more there are than are shown."""
    today = today or timezone.localdate()
    pages = CaseStudyPage.objects.confirmable_by(person).due_for_confirmation(today).order_by("last_true", "pk")
    page_ids = list(pages.values_list("pk", flat=True))
    adoption_ids = [one.pk for one in due.adoptions_due_for(person, today)]
    shown = page_ids[:ALL_OF_MINE], adoption_ids[:ALL_OF_MINE]
    (questions,) = of_mails([(person.pk, *shown)], today=today)
    return questions, len(page_ids) + len(adoption_ids) - len(shown[0]) - len(shown[1])


def _about_case_study(page: CaseStudyPage, above: Any, *, open_: bool) -> Question:
    standing = getattr(page, "standing", None)
    confirmed = standing.confirmed_on if standing else None
    return Question(
        kind=CASE_STUDY,
        about=page,
        title=page.title,
        url=page.get_url() or "/",
        who=above.organisation.short_name if above else "",
        since=confirmed or (timezone.localdate(page.last_published_at) if page.last_published_at else None),
        open=open_,
        update_url=reverse("wagtailadmin_pages:edit", args=[page.pk]),
    )


def _about_adoption(adoption: Adoption, *, today: date) -> Question:
    told = due.told_on(adoption)
    where = adoption.place.name if adoption.place else ""
    who = adoption.organisation.short_name
    return Question(
        kind=ADOPTION,
        about=adoption,
        title=adoption.case_study.title,
        url=adoption.case_study.get_url() or "/",
        who=f"{who}, {where}" if where and where != who else who,
        since=told,
        open=adoption.status in NUDGED_STATUSES
        and adoption.state == ContributionState.PUBLISHED
        and not just_told(told, today),
        update_url=reverse("adoption_change", args=[adoption.pk]),
    )


def status_words(adoption: Adoption) -> str:
    """“You said that Luton is trying it.”"""
    return {
        AdoptionStatus.INTERESTED: _("%(who)s was interested in it."),
        AdoptionStatus.PLANNING: _("%(who)s was planning it."),
        AdoptionStatus.TRYING: _("%(who)s was trying it."),
        AdoptionStatus.RUNNING: _("%(who)s was running it."),
    }.get(AdoptionStatus(adoption.status), "%(who)s") % {"who": adoption.organisation.short_name}
