"""What is kept of reports, and for how long (`core.retention`)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.retention import Rule, register
from moderation import services
from moderation.models import CLAIM_LASTS, ApprovalLink, Claim, PreservedContent, Report
from moderation.services.report_cases import CASE_KEPT, CONTENT_KEPT, REFERENCE_KEPT

LINKS_KEPT = timedelta(days=90)


def _references(now: datetime) -> Any:
    return Report.objects.filter(nca_reported_at__lt=now - REFERENCE_KEPT).exclude(nca_reference="")


def _forget_references(numbers: Sequence[int], now: datetime) -> int:
    return Report.objects.filter(pk__in=numbers).update(nca_reference="")


register(
    Rule(
        name="report-cases",
        order=40,
        what=_("Who reported something, what they said, and what the writer answered"),
        kept=CASE_KEPT,
        since=_("the decision"),
        why=_("An action for defamation or about personal data may follow; what was done, and when, stays"),
        due=lambda now: Report.objects.filter(handled_at__lt=now - CASE_KEPT, erased_at=None),
        forget=services.erase,
    ),
    Rule(
        name="locked-content",
        order=41,
        what=_("Content reported to the National Crime Agency, and who wrote it"),
        kept=CONTENT_KEPT,
        since=_("the report to the agency"),
        why=_("The Online Safety Act 2023, section 66, with SI 2026/268"),
        due=lambda now: PreservedContent.objects.filter(kept_until__lt=now),
    ),
    Rule(
        name="nca-references",
        order=42,
        what=_("The reference of a report to the National Crime Agency"),
        kept=REFERENCE_KEPT,
        since=_("the report to the agency"),
        why=_("The Online Safety Act 2023, section 66, with SI 2026/268"),
        due=_references,
        forget=_forget_references,
    ),
)

register(
    Rule(
        name="approval-links",
        order=43,
        what=_("Addresses that were asked to sign off a page by a link"),
        kept=LINKS_KEPT,
        since=_("the day when the link ended"),
        why=_("To answer a question about who signed off; the decision itself stays in the log"),
        due=lambda now: ApprovalLink.objects.filter(expires_at__lt=now - LINKS_KEPT),
    ),
    Rule(
        name="claims",
        order=44,
        what=_("Which moderator was looking at what"),
        kept=CLAIM_LASTS,
        since=_("the last time they opened it"),
        why=_("So that two do not work on the same thing; nobody needs it afterwards"),
        due=lambda now: Claim.objects.filter(until__lt=now),
    ),
)
