from moderation.views.log import decisions, policy
from moderation.views.queue import contribution_review, page_review, queue, report_review
from moderation.views.reports import report, report_thanks

__all__ = [
    "contribution_review",
    "decisions",
    "page_review",
    "policy",
    "queue",
    "report",
    "report_review",
    "report_thanks",
]
