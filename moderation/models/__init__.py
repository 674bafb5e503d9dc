from moderation.models.contributions import MOVES, OWN_ONLY, Contribution, ContributionQuerySet, ContributionState
from moderation.models.decisions import DONE, Decision, DecisionAction, PublicReason, Step
from moderation.models.reports import Report, ReportKind
from moderation.models.settings import ModerationSettings
from moderation.models.tasks import NetworkModerationTask, OrganisationApprovalTask, ReviewTask, ReviewTaskState

__all__ = [
    "DONE",
    "MOVES",
    "OWN_ONLY",
    "Contribution",
    "ContributionQuerySet",
    "ContributionState",
    "Decision",
    "DecisionAction",
    "ModerationSettings",
    "NetworkModerationTask",
    "OrganisationApprovalTask",
    "PublicReason",
    "Report",
    "ReportKind",
    "ReviewTask",
    "ReviewTaskState",
    "Step",
]
