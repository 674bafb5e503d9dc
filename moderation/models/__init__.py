from moderation.models.appeals import APPEALABLE, Appeal, AppealOutcome
from moderation.models.approvals import ApprovalLink
from moderation.models.claims import CLAIM_LASTS, Claim, OverdueAlert
from moderation.models.contributions import (
    BIRTHS,
    MOVES,
    OWN_ONLY,
    RETURNS,
    Contribution,
    ContributionQuerySet,
    ContributionState,
)
from moderation.models.decisions import DONE, Decision, DecisionAction, Step
from moderation.models.reasons import SUITS, Reason
from moderation.models.reports import (
    LineKind,
    PreservedContent,
    Report,
    ReportKind,
    ReportLine,
    ReportOutcome,
    ReportState,
)
from moderation.models.sanctions import Sanction, SanctionKind
from moderation.models.settings import ModerationSettings
from moderation.models.tasks import NetworkModerationTask, OrganisationApprovalTask, ReviewTask, ReviewTaskState

__all__ = [
    "APPEALABLE",
    "BIRTHS",
    "CLAIM_LASTS",
    "DONE",
    "MOVES",
    "OWN_ONLY",
    "RETURNS",
    "SUITS",
    "Appeal",
    "AppealOutcome",
    "ApprovalLink",
    "Claim",
    "Contribution",
    "ContributionQuerySet",
    "ContributionState",
    "Decision",
    "DecisionAction",
    "LineKind",
    "ModerationSettings",
    "NetworkModerationTask",
    "OrganisationApprovalTask",
    "OverdueAlert",
    "PreservedContent",
    "Reason",
    "Report",
    "ReportKind",
    "ReportLine",
    "ReportOutcome",
    "ReportState",
    "ReviewTask",
    "ReviewTaskState",
    "Sanction",
    "SanctionKind",
    "Step",
]
