from moderation.views.appeals import appeal, appeal_review
from moderation.views.approvals import approve, ask
from moderation.views.bulk import bulk
from moderation.views.claims import beside, claim
from moderation.views.joining import join_review
from moderation.views.listing import everything
from moderation.views.log import decisions
from moderation.views.people import ban, ban_second, decision_undo, person, sanction_end
from moderation.views.published import published_page
from moderation.views.queue import contribution_review, page_review
from moderation.views.report_review import locked_content, report_review
from moderation.views.reports import notice_answer, report, report_anything, report_thanks
from moderation.views.standing import standing
from moderation.views.transparency import policy, totals_csv

__all__ = [
    "appeal",
    "appeal_review",
    "approve",
    "ask",
    "ban",
    "ban_second",
    "beside",
    "bulk",
    "claim",
    "contribution_review",
    "decision_undo",
    "decisions",
    "everything",
    "join_review",
    "locked_content",
    "notice_answer",
    "page_review",
    "person",
    "policy",
    "published_page",
    "report",
    "report_anything",
    "report_review",
    "report_thanks",
    "sanction_end",
    "standing",
    "totals_csv",
]
