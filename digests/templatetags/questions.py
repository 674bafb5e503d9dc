"""A question in words, on the page of answers."""

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.dates import display
from digests.questions import ADOPTION, Question
from digests.rendering.questions import question_words, since_words
from moderation.models import ContributionState

register = template.Library()


@register.simple_tag
def asked(question: Question) -> str:
    return question_words(question)


@register.simple_tag
def since(question: Question) -> str:
    return since_words(question)


@register.simple_tag
def answer_given(question: Question) -> str:
    """What is known now, for whoever has just answered or comes after somebody who has."""
    if question.kind == ADOPTION and question.about.state != ContributionState.PUBLISHED:
        return _("Thank you. A moderator looks at it before it shows.")
    if question.kind == ADOPTION:
        return _("Thank you. It stands at: %(status)s.") % {"status": question.about.get_status_display()}
    standing = getattr(question.about, "standing", None)
    if standing and standing.ended:
        return _("Thank you. The page says that it ended in %(when)s.") % {"when": display(standing.ended)}
    day = date_format(question.since, "j F Y") if question.since else ""
    return _("Thank you. The page says: last confirmed on %(day)s.") % {"day": day}
