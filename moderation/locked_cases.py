"""Who may see what a locked case is about. To everybody else who moderates it is closed, by whatever door they come."""

from collections.abc import Collection
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q
from wagtail.models import Page, ReferenceIndex, get_page_models

from members.permissions import in_group, is_moderator
from members.roles import LOCKED_CASES
from moderation.models import Report, ReportOutcome
from moderation.report_kinds import LOCKED


def can_handle_locked(user: Any) -> bool:
    """An administrator, or a moderator whom one has put into the group for locked cases."""
    return is_moderator(user) and (user.is_superuser or in_group(user, LOCKED_CASES))


def is_locked(subject: Any) -> bool:
    """Whether a locked case is about it that was not dismissed: then only who is named for such cases may see it."""
    return _locked(Report.objects.about(subject))


def are_locked(pages: Collection[int]) -> bool:
    """Whether one of the pages with these numbers is: of all that stands on them nothing is to be seen."""
    return bool(pages) and _locked(
        Report.objects.filter(object_id__in=pages, content_type__in=[one.pk for one in page_types()])
    )


def closed_pages(user: Any) -> set[int]:
    """The pages that a locked case is about, for who is not named for such cases. Twin of `can_open` for pages."""
    if can_handle_locked(user):
        return set()
    locked = undismissed(Report.objects.filter(content_type__in=page_types()))
    return set(locked.values_list("object_id", flat=True))


def closed_file(user: Any, file: Any) -> bool:
    """Whether a picture or document of the library stands on a page that is closed to this person: then it stays as it
    is, whoever sent it.
    """
    closed = closed_pages(user)
    return bool(closed) and not closed.isdisjoint(_pages_with(file))


def _pages_with(file: Any) -> set[int]:
    """By the rows of pages, and by Wagtail’s index, which knows links in texts and is written in the background."""
    used = ReferenceIndex.get_references_to(file).filter(base_content_type=ContentType.objects.get_for_model(Page))
    numbers = {int(number) for number in used.values_list("object_id", flat=True)}
    for relation in type(file)._meta.related_objects:
        rows: Any = relation.related_model
        if any(one.name == "page" for one in rows._meta.fields):
            found = rows._default_manager.filter(**{relation.field.name: file})
            numbers |= set(found.values_list("page", flat=True))
    return numbers


def page_types() -> list[ContentType]:
    return list(ContentType.objects.get_for_models(*get_page_models()).values())


def _locked(reports: Any) -> bool:
    return bool(undismissed(reports).exists())


def about_locked(row: Any) -> bool:
    """Whether a report or decision is about what a locked case is about. Twin: `locked_at`."""
    if row.content_type_id is None:
        return False
    return _locked(Report.objects.filter(content_type=row.content_type_id, object_id=row.object_id))


def locked_at(content_type: str, number: str) -> Exists:
    """The same as a condition, for rows that name the thing by these columns."""
    return Exists(undismissed(Report.objects.filter(content_type=OuterRef(content_type), object_id=OuterRef(number))))


def decision_closed(user: Any, decision: Any) -> bool:
    """Whether a line of the log says what a locked case is about, itself or through a report that was dismissed, to who
    is not named for such cases. Twin: `decisions_open_to`.
    """
    if can_handle_locked(user):
        return False
    report = None
    if decision.content_type_id == ContentType.objects.get_for_model(Report).pk:
        report = Report.objects.filter(pk=decision.object_id).first()
    return about_locked(decision) or (report is not None and about_locked(report))


def decisions_open_to(user: Any, decisions: Any) -> Any:
    """The queryset twin of `decision_closed`."""
    if can_handle_locked(user):
        return decisions
    about_it = Report.objects.filter(locked_at("content_type", "object_id"))
    dismissed = Q(content_type=ContentType.objects.get_for_model(Report), object_id__in=about_it.values("pk"))
    return decisions.filter(~locked_at("content_type", "object_id")).exclude(dismissed)


def numbers_locked(model: Any) -> Any:
    """The numbers of those of a kind that a locked case is about, as a subquery. Twin of `is_locked`."""
    reports = Report.objects.filter(content_type=ContentType.objects.get_for_model(model), object_id__isnull=False)
    return undismissed(reports).values("object_id")


def undismissed(reports: Any) -> Any:
    """The locked cases among them that were not dismissed."""
    dismissed = [ReportOutcome.LEFT, ReportOutcome.MISUSED]
    return reports.filter(kind__in=LOCKED).exclude(outcome__in=dismissed)


def touches_locked(report: Report) -> bool:
    """Whether a report is a locked case, is about what one is about, or complains about such a report.

    Twin: `untouched_by_locked`.
    """
    about = report.about_case
    return report.kind in LOCKED or about_locked(report) or (about is not None and touches_locked(about))


def untouched_by_locked(reports: Any) -> Any:
    """The queryset twin of `touches_locked`: the reports that do not."""
    own = reports.exclude(kind__in=LOCKED).filter(~locked_at("content_type", "object_id"))
    return own.filter(Q(about_case=None) | ~Q(about_case__kind__in=LOCKED)).filter(
        ~locked_at("about_case__content_type", "about_case__object_id")
    )


def can_open(user: Any, subject: Any) -> bool:
    """Whether a moderator may see what a thing says, and decide about it otherwise than in its locked case."""
    return not is_locked(subject) or can_handle_locked(user)
