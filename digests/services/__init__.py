from digests.services.addresses import (
    Confirmed,
    NothingToRepair,
    TestedToday,
    allow_again,
    confirm_by_link,
    revive_mail,
    send_test,
    want_mail_again,
)
from digests.services.again import follow_again
from digests.services.asking import AskReport, ask_what_is_due
from digests.services.bounces import Taken, take_event, take_report
from digests.services.follows import (
    follow,
    resume_mail,
    set_default_cadence,
    set_follow_cadence,
    set_notices,
    stop_all_mail,
    stop_by_link,
    stop_follow,
    unfollow,
)
from digests.services.hours import set_send_hour
from digests.services.outbox import Wanted, queue_mails
from digests.services.pausing import BadPause, end_pause, pause_mail
from digests.services.planning import plan_due_runs, plan_now, plan_run
from digests.services.rehearsal import SHOWN, Rehearsal, rehearse
from digests.services.requests import (
    FollowConfirmed,
    confirm_follow,
    forget_follow_requests,
    request_follow,
    request_follow_search,
)
from digests.services.retention import forget_mail, what_is_due
from digests.services.searches import follow_search, forget_searches
from digests.services.sending import SendReport, send_waiting

__all__ = [
    "SHOWN",
    "AskReport",
    "BadPause",
    "Confirmed",
    "FollowConfirmed",
    "NothingToRepair",
    "Rehearsal",
    "SendReport",
    "Taken",
    "TestedToday",
    "Wanted",
    "allow_again",
    "ask_what_is_due",
    "confirm_by_link",
    "confirm_follow",
    "end_pause",
    "follow",
    "follow_again",
    "follow_search",
    "forget_follow_requests",
    "forget_mail",
    "forget_searches",
    "pause_mail",
    "plan_due_runs",
    "plan_now",
    "plan_run",
    "queue_mails",
    "rehearse",
    "request_follow",
    "request_follow_search",
    "resume_mail",
    "revive_mail",
    "send_test",
    "send_waiting",
    "set_default_cadence",
    "set_follow_cadence",
    "set_notices",
    "set_send_hour",
    "stop_all_mail",
    "stop_by_link",
    "stop_follow",
    "take_event",
    "take_report",
    "unfollow",
    "want_mail_again",
    "what_is_due",
]
