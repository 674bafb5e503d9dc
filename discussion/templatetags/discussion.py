"""`{% comments_for page %}` (or a place), `{% comments_on_adoption adoption %}`: comments, and the form to add one."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from casestudies.models import Adoption
from core.structured import data_block
from discussion import offers
from discussion.asks import selectors
from discussion.asks.selectors import in_topic, listed
from discussion.forms import AnswerForm, CommentForm
from discussion.mentions import authors_in, hint
from discussion.models import Ask, Comment
from discussion.permissions import can_comment, can_read_comments
from discussion.selectors import thread_page
from discussion.where import columns, path_of
from places.models import Place

register = template.Library()
LATEST = 3
NEWEST = "newest"


@register.inclusion_tag("discussion/comments.html", takes_context=True)
def comments_for(context: Any, page: Any) -> dict[str, Any]:
    """Nothing for who may not read the page. The form is for signed-in people; an anonymous page sets no cookie."""
    on_place = isinstance(page, Place)
    add_url = reverse("comment_on_place", args=[page.slug]) if on_place else reverse("comment_add", args=[page.pk])
    where = {"add_url": add_url, "here": path_of(page, context["request"]), "place": page if on_place else None}
    return _thread(context, page, None, where)


@register.simple_tag
def is_discussed(page: Any) -> bool:
    """Whether anybody has said something about a page that those who may read it can see, whoever looks."""
    return bool(Comment.objects.published().filter(**columns(page)).exists())


@register.inclusion_tag("discussion/comments.html", takes_context=True)
def comments_on_adoption(context: Any, adoption: Adoption) -> dict[str, Any]:
    """The short thread of an adoption; nothing while it is not published."""
    where = {
        "add_url": reverse("comment_on_adoption", args=[adoption.pk]),
        "here": reverse("adoption", args=[adoption.pk]),
    }
    return _thread(context, adoption.case_study, adoption, where)


@register.inclusion_tag("discussion/comments.html", takes_context=True)
def answers_to(context: Any, ask: Ask) -> dict[str, Any]:
    """The answers to an ask, and the form to add one while it is open: `{% answers_to ask %}`."""
    where = {"add_url": reverse("ask_answer", args=[ask.pk]), "here": ask.get_absolute_url()}
    return _thread(context, None, None, where, ask=ask)


@register.inclusion_tag("discussion/asks/_in_topic.html")
def asks_in_topic(topic: Any) -> dict[str, Any]:
    """The latest asks of a topic: `{% asks_in_topic topic %}`."""
    return {"topic": topic, "asks": list(in_topic(listed(), topic.slug)[:LATEST])}


@register.inclusion_tag("discussion/asks/_thanks.html")
def thanks_for(page: Any) -> dict[str, Any]:
    """Who asked, and who answered, where a case study began as an ask; and in how many answers it is cited."""
    found = selectors.thanks_for(page)
    ask, names = found if found else (None, [])
    return {"ask": ask, "names": names, "cited": selectors.answers_citing(page)}


@register.simple_tag
def question_and_answers(ask: Ask) -> str:
    """schema.org's view of a public ask, for machines that read pages: the question, and the answers that stand on the
    page. `<`, `>` and `&` are escaped in the data block, so no text can close it.
    """
    answers = list(Comment.objects.published().filter(ask=ask, parent=None).select_related("author"))
    found = {one.pk: _in_schema("Answer", one, f"{absolute_url(ask)}#comment-{one.pk}") for one in answers}
    accepted = found.pop(ask.accepted_id, None) if ask.accepted_id else None
    question = {
        **_in_schema("Question", ask, absolute_url(ask)),
        "name": ask.title,
        "answerCount": len(answers),
        "acceptedAnswer": accepted,
        "suggestedAnswer": list(found.values()),
    }
    kept = {key: value for key, value in question.items() if value not in (None, [])}
    return data_block({"@context": "https://schema.org", "@type": "QAPage", "mainEntity": kept})


def _in_schema(kind: str, one: Ask | Comment, url: str) -> dict[str, Any]:
    author = {"author": {"@type": "Person", "name": one.author.display_name}} if one.author else {}
    return {"@type": kind, "text": one.body, "url": url, "dateCreated": one.created_at.isoformat(), **author}


def absolute_url(ask: Ask) -> str:
    return f"{settings.BASE_URL}{ask.get_absolute_url()}"


def _thread(
    context: Any, page: Any, adoption: Adoption | None, where: dict[str, Any], ask: Ask | None = None
) -> dict[str, Any]:
    request = context["request"]
    user = request.user
    if not can_read_comments(user, page, adoption, ask):
        return {"readable": False}
    newest_first = request.GET.get("order") == NEWEST
    thread = thread_page(
        page=page,
        user=user,
        adoption=adoption,
        ask=ask,
        number=request.GET.get("comments", 1),
        newest_first=newest_first,
    )
    writer = can_comment(user, page, adoption, ask)
    return {
        "readable": True,
        "thread": thread.comments,
        "count": thread.count,
        "pages": thread.pages,
        "orders": _orders(newest_first=newest_first) if thread.sortable else [],
        "adoption": adoption,
        "ask": ask,
        "request": request,
        "form": _form(user, page, ask, thread.comments) if writer else None,
        "csrf_token": context.get("csrf_token") if writer else None,
        **where,
    }


def _orders(*, newest_first: bool) -> list[dict[str, Any]]:
    """The two orders of a thread as links, that in force without one."""
    return [
        {"text": _("Oldest first"), "url": "" if not newest_first else "?#comments-title"},
        {"text": _("Newest first"), "url": "" if newest_first else f"?order={NEWEST}#comments-title"},
    ]


def _form(user: Any, page: Any, ask: Ask | None, thread: list[dict[str, Any]]) -> CommentForm:
    fields = AnswerForm if ask else CommentForm
    form = fields(ask_name=not user.name, offers=offers.open_to(user, ask or page))
    form.say_whom_to_name(hint(authors_in(thread), by=user))
    return form
