from moderation.services.alerts import tell_what_is_overdue
from moderation.services.approvals import ask_to_approve, domains_to_ask, is_own_work, own_link, read_link, sign_off
from moderation.services.bulk import decline_several
from moderation.services.claims import forget_claims, open_claim, release_claim
from moderation.services.contributions import decide_contribution, hide, remove_own, restore, submit
from moderation.services.pages import decide_page, hide_page, skip_organisation_step
from moderation.services.report_cases import (
    answer_case,
    answer_notice,
    erase,
    note,
    open_locked,
    pass_on,
    record_nca,
    report_of_token,
    write_to_reporter,
)
from moderation.services.reports import dismiss_report, report

__all__ = [
    "answer_case",
    "answer_notice",
    "ask_to_approve",
    "decide_contribution",
    "decide_page",
    "decline_several",
    "dismiss_report",
    "domains_to_ask",
    "erase",
    "forget_claims",
    "hide",
    "hide_page",
    "is_own_work",
    "note",
    "open_claim",
    "open_locked",
    "own_link",
    "pass_on",
    "read_link",
    "record_nca",
    "release_claim",
    "remove_own",
    "report",
    "report_of_token",
    "restore",
    "sign_off",
    "skip_organisation_step",
    "submit",
    "tell_what_is_overdue",
    "write_to_reporter",
]
