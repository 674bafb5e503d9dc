from moderation.services.alerts import tell_what_is_overdue
from moderation.services.appeals import appeal, decide_appeal
from moderation.services.approvals import ask_to_approve, domains_to_ask, is_own_work, own_link, read_link, sign_off
from moderation.services.bulk import decline_several
from moderation.services.claims import forget_claims, open_claim, release_claim
from moderation.services.contributions import decide_contribution, hide, remove_own, restore, submit
from moderation.services.pages import decide_page, hidden_by, hide_page, restore_page, skip_organisation_step
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
from moderation.services.report_hiding import holds_lists
from moderation.services.reports import dismiss_report, report
from moderation.services.sanctions import lift, limit, propose_ban, second_ban, suspend, warn
from moderation.services.undo import undo

__all__ = [
    "answer_case",
    "answer_notice",
    "appeal",
    "ask_to_approve",
    "decide_appeal",
    "decide_contribution",
    "decide_page",
    "decline_several",
    "dismiss_report",
    "domains_to_ask",
    "erase",
    "forget_claims",
    "hidden_by",
    "hide",
    "hide_page",
    "holds_lists",
    "is_own_work",
    "lift",
    "limit",
    "note",
    "open_claim",
    "open_locked",
    "own_link",
    "pass_on",
    "propose_ban",
    "read_link",
    "record_nca",
    "release_claim",
    "remove_own",
    "report",
    "report_of_token",
    "restore",
    "restore_page",
    "second_ban",
    "sign_off",
    "skip_organisation_step",
    "submit",
    "suspend",
    "tell_what_is_overdue",
    "undo",
    "warn",
    "write_to_reporter",
]
