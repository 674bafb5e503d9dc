from discussion.models.asks import MOST_TOPICS, Ask, AskBacker, AskVersion, ClosedReason
from discussion.models.comments import BODY_LENGTH, Comment, CommentCitation, CommentMention, CommentVersion

__all__ = [
    "BODY_LENGTH",
    "MOST_TOPICS",
    "Ask",
    "AskBacker",
    "AskVersion",
    "ClosedReason",
    "Comment",
    "CommentCitation",
    "CommentMention",
    "CommentVersion",
]
