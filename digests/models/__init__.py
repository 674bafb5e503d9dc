from digests.models.follows import Cadence, EndedReason, Follow, MailPreference
from digests.models.mail import MailKind, MailState, OutgoingEmail, Suppression
from digests.models.runs import DigestEvent, DigestRecipient, DigestRun, RecipientState

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
    "RecipientState",
    "Suppression",
]
