"""What the rows of several tables share: how they are read, and how each says whose it is."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.utils import translation
from wagtail.models import Page

from api.addresses import page_address
from api.exports.columns import Row
from api.selectors import NOBODY
from casestudies.models import CaseStudyPage
from members.models import Organisation

BATCH = 500
TEXTS = ("problem", "who_for", "approach", "results", "did_not_work", "advice", "what_next", "other_text")


def in_batches(found: Any, describe: Callable[[list[Any]], Iterable[Row]]) -> Iterator[Row]:
    """Every row in the order of its number; each batch begins after the last number of the one before.

    The words in a row are English whoever asks, and a file is one language from its first row to its last.
    """
    last = 0
    while batch := list(found.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        with translation.override(settings.LANGUAGE_CODE):
            rows = list(describe(batch))
        yield from rows


def public_case_studies() -> Any:
    return CaseStudyPage.objects.visible_to(NOBODY)


def without_texts(found: Any, path: str) -> Any:
    return found.defer(*(f"{path}__{name}" for name in TEXTS))


def columns_of_case_study(page: CaseStudyPage) -> Row:
    return {"case_study_id": page.pk, "case_study_title": page.title, "case_study_url": page_address(page)}


def organisation_of_page(page: Page, councils: dict[str, Any]) -> Organisation | None:
    above = councils.get(page.path[: -Page.steplen])
    return above.organisation if above else None


def columns_of(organisation: Organisation | None) -> Row:
    if organisation is None:
        return {"organisation": "", "organisation_slug": "", "gss_code": ""}
    return {
        "organisation": organisation.name,
        "organisation_slug": organisation.slug,
        "gss_code": organisation.gss_code or "",
    }


def is_made_up(organisation: Organisation | None) -> bool:
    return bool(organisation and organisation.is_demonstration)


def whole(amount: Any) -> int | None:
    return None if amount is None else int(amount)


def moment(value: Any) -> str:
    return value.isoformat() if value else ""
