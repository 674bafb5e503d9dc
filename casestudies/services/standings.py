"""Writing what is said of a case study beside its text."""

from collections.abc import Iterable
from datetime import date

from casestudies.models import Standing


def confirm(*, page_ids: Iterable[int], on: date) -> None:
    """Note that these case studies were still true on a day; one statement, safe to repeat."""
    Standing.objects.bulk_create(
        [Standing(page_id=pk, confirmed_on=on, asked_on=None) for pk in page_ids],
        update_conflicts=True,
        unique_fields=["page"],
        update_fields=["confirmed_on", "asked_on"],
    )
