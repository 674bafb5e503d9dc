from digests.models.follows import Cadence, EndedReason, Follow, FollowRequest, MailPreference
from digests.models.mail import (
    HeardFrom,
    MailKind,
    MailReport,
    MailState,
    OutgoingEmail,
    ReportKind,
    Suppression,
    WhyNoMail,
)
from digests.models.runs import DigestEvent, DigestRecipient, DigestRun, RecipientState
from digests.models.searches import Reach, SearchMatch

__all__ = [
    "Cadence",
    "DigestEvent",
    "DigestRecipient",
    "DigestRun",
    "EndedReason",
    "Follow",
    "FollowRequest",
    "HeardFrom",
    "MailKind",
    "MailPreference",
    "MailReport",
    "MailState",
    "OutgoingEmail",
    "Reach",
    "RecipientState",
    "ReportKind",
    "SearchMatch",
    "Suppression",
    "WhyNoMail",
]
