from moderation.services.alerts import tell_what_is_overdue
from moderation.services.approvals import ask_to_approve, domains_to_ask, is_own_work, own_link, read_link, sign_off
from moderation.services.bulk import decline_several
from moderation.services.claims import forget_claims, open_claim, release_claim
from moderation.services.contributions import decide_contribution, hide, remove_own, restore, submit
from moderation.services.pages import decide_page, hide_page, skip_organisation_step
from moderation.services.reports import dismiss_report, report

__all__ = [
    "ask_to_approve",
    "decide_contribution",
    "decide_page",
    "decline_several",
    "dismiss_report",
    "domains_to_ask",
    "forget_claims",
    "hide",
    "hide_page",
    "is_own_work",
    "open_claim",
    "own_link",
    "read_link",
    "release_claim",
    "remove_own",
    "report",
    "restore",
    "sign_off",
    "skip_organisation_step",
    "submit",
    "tell_what_is_overdue",
]
