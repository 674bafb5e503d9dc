from moderation.models.contributions import Contribution, ContributionState
from moderation.models.decisions import Decision, DecisionAction, PublicReason
from moderation.models.reports import Report, ReportKind
from moderation.models.tasks import NetworkModerationTask, OrganisationApprovalTask, ReviewTaskState

__all__ = [
    "Contribution",
    "ContributionState",
    "Decision",
    "DecisionAction",
    "NetworkModerationTask",
    "OrganisationApprovalTask",
    "PublicReason",
    "Report",
    "ReportKind",
    "ReviewTaskState",
]
