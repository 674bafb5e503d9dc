from digests.models.follows import Cadence, EndedReason, Follow, MailPreference
from digests.models.mail import MailKind, MailState, OutgoingEmail, Suppression
from digests.models.runs import DigestEvent, DigestRecipient, DigestRun, RecipientState
from digests.models.searches import Reach, SearchMatch

__all__ = [
    "Cadence",
    "DigestEvent",
    "DigestRecipient",
    "DigestRun",
    "EndedReason",
    "Follow",
    "MailKind",
    "MailPreference",
    "MailState",
    "OutgoingEmail",
    "Reach",
    "RecipientState",
    "SearchMatch",
    "Suppression",
]
