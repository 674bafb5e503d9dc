"""What is done to case studies, by people and by the network's own work."""

from casestudies.services.adoptions import (
    change_status,
    confirm_adoption,
    correct_adoption,
    record_adoption,
    record_from_source,
    withdraw_adoption,
)
from casestudies.services.confirmations import confirm_case_study, say_ended, say_still_going
from casestudies.services.drafts import start_case_study, start_from_case_study
from casestudies.services.standings import confirm, rate_case_studies

__all__ = [
    "change_status",
    "confirm",
    "confirm_adoption",
    "confirm_case_study",
    "correct_adoption",
    "rate_case_studies",
    "record_adoption",
    "record_from_source",
    "say_ended",
    "say_still_going",
    "start_case_study",
    "start_from_case_study",
    "withdraw_adoption",
]
