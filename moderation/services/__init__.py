from moderation.services.alerts import tell_what_is_overdue
from moderation.services.bulk import decline_several
from moderation.services.claims import forget_claims, open_claim, release_claim
from moderation.services.contributions import decide_contribution, hide, remove_own, restore, submit
from moderation.services.pages import decide_page, hide_page
from moderation.services.reports import dismiss_report, report

__all__ = [
    "decide_contribution",
    "decide_page",
    "decline_several",
    "dismiss_report",
    "forget_claims",
    "hide",
    "hide_page",
    "open_claim",
    "release_claim",
    "remove_own",
    "report",
    "restore",
    "submit",
    "tell_what_is_overdue",
]
