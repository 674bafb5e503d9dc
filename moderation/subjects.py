"""What a report or a decision may be about: any registered contribution, or a page."""

from collections.abc import Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from wagtail.models import Page

from members.selectors import organisation_of
from moderation.models import Contribution, Report
from moderation.registry import Target, kind_named, kind_of

PAGE = "page"


def page_kind(page: Any) -> str:
    """The name of a page's kind in the event log: `case_study` for a `CaseStudyPage`."""
    name: str = page.specific_class._meta.verbose_name_raw if page.specific_class else PAGE
    return name.replace(" ", "_").lower()


def find_subject(*, kind: str, pk: int, user: Any) -> models.Model | None:
    """The thing with this number, if the person may know that it exists."""
    if kind == PAGE:
        page = Page.objects.live().filter(pk=pk, depth__gt=1).first()
        return page.specific if page else None
    known = kind_named(kind)
    if known is None:
        return None
    found = known.model._default_manager.select_related(*known.select).filter(pk=pk).first()
    return found if found is not None and known.visible_to(user, found) else None


def kind_name(subject: models.Model) -> str:
    return PAGE if isinstance(subject, Page) else kind_of(subject).name


def title_of(subject: Any) -> str:
    return subject.title if isinstance(subject, Page) else kind_of(subject).title(subject)


def url_of(subject: Any) -> str:
    return (subject.get_url() or "") if isinstance(subject, Page) else kind_of(subject).url(subject)


def hold(subject: Any) -> None:
    """Until the transaction ends, whoever acts on the same thing waits here. Before any row of its cases is locked, so
    that no two wait for each other. Of what is about no thing, one is done at a time.
    """
    if subject is None:
        subject = ContentType.objects.get_for_model(Report)
    rows: Any = Page.objects if isinstance(subject, Page) else type(subject)._default_manager
    rows.select_for_update(of=("self",), no_key=True).filter(pk=subject.pk).first()


def author_of(subject: Any) -> int | None:
    """The id of the person whose work it is."""
    return subject.owner_id if isinstance(subject, Page) else subject.author_id


def targets_of(subject: Any) -> Sequence[Target]:
    """What an event about it touches; for a page itself and its organisation."""
    if not isinstance(subject, Page):
        return kind_of(subject).targets(subject)
    organisation = organisation_of(subject)
    targets: list[Target] = [(page_kind(subject), subject.pk)]
    return [*targets, ("organisation", organisation.pk)] if organisation else targets


def url_of_decision(decision: Any) -> str:
    """Where the thing that was decided about stands; empty for a person, and for what is gone."""
    subject = decision.subject
    return url_of(subject) if isinstance(subject, Page | Contribution) else ""
