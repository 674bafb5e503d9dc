"""What is kept of comments and asks that their authors removed, and for how long (`core.retention`)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from core.retention import Rule, register
from discussion.asks.services import forget_words as forget_asks
from discussion.models import Ask, Comment
from discussion.services import forget_words
from moderation.selectors import taken_back

KEPT = timedelta(days=365)


def _forget_comments(numbers: Sequence[int], now: datetime) -> int:
    return forget_words(numbers)


def _forget_asks(numbers: Sequence[int], now: datetime) -> int:
    return forget_asks(numbers)


register(
    Rule(
        name="comments-removed",
        order=47,
        what=_("Comments that were removed after somebody had reported them"),
        kept=KEPT,
        since=_("the comment was removed"),
        why=_("So that moderators can look at what was reported"),
        due=lambda now: taken_back(Comment, before=now - KEPT).exclude(body=""),
        forget=_forget_comments,
    ),
    Rule(
        name="asks-removed",
        order=48,
        what=_("Asks that were removed after somebody had reported them"),
        kept=KEPT,
        since=_("the ask was removed"),
        why=_("So that moderators can look at what was reported"),
        due=lambda now: taken_back(Ask, before=now - KEPT).exclude(body=""),
        forget=_forget_asks,
    ),
)
