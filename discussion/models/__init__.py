from discussion.models.asks import MOST_TOPICS, Ask, AskBacker, ClosedReason
from discussion.models.comments import BODY_LENGTH, Comment, CommentCitation, CommentMention, CommentVersion

__all__ = [
    "BODY_LENGTH",
    "MOST_TOPICS",
    "Ask",
    "AskBacker",
    "ClosedReason",
    "Comment",
    "CommentCitation",
    "CommentMention",
    "CommentVersion",
]
