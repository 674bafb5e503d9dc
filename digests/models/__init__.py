from digests.models.follows import Cadence, EndedReason, Follow, FollowRequest, MailPreference
from digests.models.mail import (
    AllowedAgain,
    HeardFrom,
    HowAllowed,
    MailKind,
    MailPace,
    MailReport,
    MailState,
    OutgoingEmail,
    ReportKind,
    RetentionRun,
    Suppression,
    WhyNoMail,
)
from digests.models.runs import DigestEvent, DigestRecipient, DigestRun, RecipientState
from digests.models.searches import Reach, SearchMatch
from digests.models.staff import Deed, StaffDeed

__all__ = [
    "AllowedAgain",
    "Cadence",
    "Deed",
    "DigestEvent",
    "DigestRecipient",
    "DigestRun",
    "EndedReason",
    "Follow",
    "FollowRequest",
    "HeardFrom",
    "HowAllowed",
    "MailKind",
    "MailPace",
    "MailPreference",
    "MailReport",
    "MailState",
    "OutgoingEmail",
    "Reach",
    "RecipientState",
    "ReportKind",
    "RetentionRun",
    "SearchMatch",
    "StaffDeed",
    "Suppression",
    "WhyNoMail",
]
