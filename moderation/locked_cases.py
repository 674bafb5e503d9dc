"""Who may see what a locked case is about. To everybody else who moderates it is closed, by whatever door they come."""

from collections.abc import Collection
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef
from wagtail.models import get_page_models

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


def undismissed(reports: Any) -> Any:
    """The locked cases among them that were not dismissed."""
    dismissed = [ReportOutcome.LEFT, ReportOutcome.MISUSED]
    return reports.filter(kind__in=LOCKED).exclude(outcome__in=dismissed)


def can_open(user: Any, subject: Any) -> bool:
    """Whether a moderator may see what a thing says, and decide about it otherwise than in its locked case."""
    return not is_locked(subject) or can_handle_locked(user)
