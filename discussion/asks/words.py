"""What an ask may look like. The messages stand at the field that they are about; nothing that was typed is lost."""

import re

from django.utils.translation import gettext as _

from core.plain_text import tidy
from discussion.errors import BadField
from discussion.models.asks import ASK_LENGTH, TITLE_LENGTH
from moderation.policy import count_links

LEAST_TITLE_WORDS, LEAST_BODY_WORDS = 3, 8
MOST_LINKS = 5
_WORD = re.compile(r"\w+")


def checked_title(title: str) -> str:
    """One line, a whole question. Raises `BadField`."""
    title = " ".join(tidy(title).split())
    if not title:
        raise BadField("title", _("Write your question in one line."))
    if len(title) > TITLE_LENGTH:
        raise BadField(
            "title",
            _("Your question has %(length)s characters; at most %(most)s are possible. The rest fits below.")
            % {"length": f"{len(title):,}", "most": TITLE_LENGTH},
        )
    if count_links(title):
        raise BadField("title", _("Put addresses in the text below, not in the question."))
    if len(_WORD.findall(title)) < LEAST_TITLE_WORDS:
        raise BadField(
            "title",
            _("Write a whole question, so that others know what you look for: “How do we fill empty shops for good?”"),
        )
    return title


def checked_body(body: str) -> str:
    """The problem in some words, and not in very many. Raises `BadField`."""
    body = tidy(body)
    if not body:
        raise BadField("body", _("Describe the problem."))
    if len(body) > ASK_LENGTH:
        raise BadField(
            "body",
            _("Your text has %(length)s characters; at most %(most)s are possible. Keep what an answer needs to know.")
            % {"length": f"{len(body):,}", "most": f"{ASK_LENGTH:,}"},
        )
    if len(_WORD.findall(body)) < LEAST_BODY_WORDS:
        raise BadField("body", _("Say a little more: what is wrong, for whom, and what you have tried."))
    if count_links(body) > MOST_LINKS:
        raise BadField("body", _("At most %(most)s addresses are possible.") % {"most": MOST_LINKS})
    return body
