"""What is done to case studies, by people and by the network's own work."""

from casestudies.services.confirmations import confirm_case_study, say_ended
from casestudies.services.drafts import start_case_study, start_from_case_study
from casestudies.services.standings import confirm

__all__ = ["confirm", "confirm_case_study", "say_ended", "start_case_study", "start_from_case_study"]
