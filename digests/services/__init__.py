from digests.services.asking import AskReport, ask_what_is_due
from digests.services.bounces import Taken, take_report
from digests.services.follows import (
    follow,
    resume_mail,
    set_default_cadence,
    set_follow_cadence,
    set_notices,
    stop_all_mail,
    stop_by_link,
    stop_follow,
    trust_address_again,
    unfollow,
)
from digests.services.outbox import Wanted, queue_mails
from digests.services.planning import plan_due_runs, plan_now, plan_run
from digests.services.searches import follow_search, forget_searches
from digests.services.sending import SendReport, send_waiting

__all__ = [
    "AskReport",
    "SendReport",
    "Taken",
    "Wanted",
    "ask_what_is_due",
    "follow",
    "follow_search",
    "forget_searches",
    "plan_due_runs",
    "plan_now",
    "plan_run",
    "queue_mails",
    "resume_mail",
    "send_waiting",
    "set_default_cadence",
    "set_follow_cadence",
    "set_notices",
    "stop_all_mail",
    "stop_by_link",
    "stop_follow",
    "take_report",
    "trust_address_again",
    "unfollow",
]
