from moderation.services.contributions import decide_contribution, hide, remove_own, restore, submit
from moderation.services.pages import decide_page, hide_page
from moderation.services.reports import dismiss_report, report

__all__ = [
    "decide_contribution",
    "decide_page",
    "dismiss_report",
    "hide",
    "hide_page",
    "remove_own",
    "report",
    "restore",
    "submit",
]
