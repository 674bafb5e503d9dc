"""What is done to case studies, by people and by the network's own work."""

from casestudies.services.drafts import start_case_study
from casestudies.services.standings import confirm

__all__ = ["confirm", "start_case_study"]
