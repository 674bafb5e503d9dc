"""`/ask/`: the list, one ask, and asking."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.names import name_of
from accounts.people import the_person
from core.keeping import form_kept, take_form
from core.models import Topic
from core.ratelimit import again_at, allow, visitor_key
from discussion import offers
from discussion.asks import selectors, services
from discussion.asks.forms import AskForm, WordsForm
from discussion.asks.suggesting import topics_for
from discussion.errors import BadField, DiscussionError
from discussion.models import Ask
from discussion.permissions import (
    can_back,
    can_close,
    can_delete_ask,
    can_edit,
    can_read_ask,
    can_write_up,
)
from discussion.refusals import refused
from discussion.selectors import shown_comment
from discussion.text import render as render_text
from moderation.models import ContributionState, Decision
from moderation.permissions import can_moderate
from moderation.policy import Verdict

PAGE_SIZE = 20
TOPICS = ("topic", "topic_2", "topic_3")
PER_HOUR = 6


def ask_list(request: HttpRequest) -> HttpResponse:
    """`/ask/`: newest first; `?show=` and `?topic=` narrow it."""
    show = request.GET.get("show", "")
    show = show if show in selectors.SHOWS else selectors.ALL
    topic = Topic.objects.filter(slug=request.GET.get("topic", "")).first()
    found = selectors.shown(show)
    found = selectors.in_topic(found, topic.slug) if topic else found
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    first = show == selectors.ALL and topic is None and page.number == 1
    context = {
        "page_obj": page,
        "show": show,
        "shows": selectors.SHOWS.items(),
        "topic": topic,
        "feed_url": _feed_of(show, topic),
        "topics": selectors.topics_with_asks(),
        "waiting": selectors.still_waiting() if first else [],
    }
    return render(request, "discussion/asks/list.html", context)


def _feed_of(show: str, topic: Topic | None) -> str:
    address = reverse("feed_asks_topic", args=[topic.slug]) if topic else reverse("feed_asks")
    return address if show == selectors.ALL else f"{address}?show={show}"


def ask_page(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """`/ask/<pk>-<slug>/`; with other words behind the number the way to the right address."""
    ask = find(request, pk)
    if slug != ask.slug:
        return redirect(ask, permanent=ask.state == ContributionState.PUBLISHED)
    user = request.user
    accepted = ask.accepted if ask.is_settled else None
    before, backing = ask.duplicate_of, selectors.backing_of(ask, user)
    context = {
        "ask": ask,
        "html": render_text(ask.body),
        "asker": name_of(ask.author),
        "topics": list(ask.topics.all()),
        "backing": backing,
        # Whoever has it too wants to hear of the answer, and is asked, as whoever comments is.
        "offers": offers.open_to(the_person(request), ask) if backing.own else [],
        "accepted": shown_comment(accepted, user) if accepted else None,
        "asked": changes_asked(ask),
        "asked_before": before if before and can_read_ask(user, before) else None,
        "is_public": ask.state == ContributionState.PUBLISHED,
        "may_back": can_back(user, ask),
        "may_moderate": can_moderate(user) and ask.author_id != user.pk,
        "actions": _actions(user, ask),
        "breadcrumbs": trail(),
    }
    return render(request, "discussion/asks/page.html", context)


@form_kept
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """`/ask/new/`: the words first, then what there is already, then whom it concerns. Every step keeps the words."""
    person = the_person(request)
    if request.method == "GET":
        given = {name: request.GET.get(name, "")[:5000] for name in ("title", "body")}
        kept = take_form(request) or QueryDict()
        if "send" in kept:
            whole = AskForm(person=person, ask_name=not person.name, initial=kept.dict())
            return _form(request, whole, step=2)
        return _form(request, WordsForm(initial={**given, **kept.dict()}), step=1)
    if "send" in request.POST:
        return _send(request, person)
    words = WordsForm(request.POST)
    if not words.is_valid():
        return _form(request, words, step=1, status=422)
    told = words.cleaned_data
    topics = dict(zip(TOPICS, topics_for(f"{told['title']} {told['body']}"), strict=False))
    return _form(request, AskForm(person=person, ask_name=not person.name, initial={**told, **topics}), step=2)


def _send(request: HttpRequest, person: User) -> HttpResponse:
    form = AskForm(request.POST, person=person, ask_name=not person.name)
    if not form.is_valid():
        return _form(request, form, step=2, status=422)
    if not allow(f"ask:{visitor_key(request)}", PER_HOUR, 3600):
        late = _("You have asked a lot in a short time. You can send this one at %(time)s.")
        form.add_error(None, late % {"time": again_at(3600)})
        return _form(request, form, step=2, status=429)
    try:
        ask, verdict = services.create_ask(facts=form.facts, by=person, name=form.cleaned_data.get("name", ""))
    except DiscussionError as error:
        form.add_error(error.field if isinstance(error, BadField) else None, str(error))
        return _form(request, form, step=2, status=422)
    say(request, verdict)
    return redirect(ask)


@login_required
@require_POST
def similar(request: HttpRequest) -> HttpResponse:
    """`/ask/similar/`: what there is already, as a piece of the page, while somebody types."""
    text = {name: request.POST.get(name, "")[:5000] for name in ("title", "body")}
    return render(request, "discussion/asks/_similar.html", {"text": f"{text['title']} {text['body']}"})


@form_kept
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """`/ask/<pk>/edit/`: for a quarter of an hour, and whenever a moderator asked for changes."""
    ask, person = find(request, pk), the_person(request)
    if ask.author_id != person.pk:
        raise Http404
    if not can_edit(person, ask):
        late = _("An ask can be changed for 15 minutes. Add what is new as an answer, or close it.")
        return refused(request, late, back=ask.get_absolute_url())
    kept = take_form(request)
    initial = kept.dict() if kept else _initial(ask)
    form = AskForm(request.POST if request.method == "POST" else None, person=person, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            verdict = services.edit_ask(ask=ask, facts=form.facts, by=person)
        except DiscussionError as error:
            form.add_error(error.field if isinstance(error, BadField) else None, str(error))
        else:
            say(request, verdict, published=_("Your change is saved."))
            return redirect(ask)
    return _form(request, form, step=3, ask=ask, status=422 if form.errors else 200)


def _form(
    request: HttpRequest, form: WordsForm, *, step: int, ask: Ask | None = None, status: int = 200
) -> HttpResponse:
    """`step` 1 has the words alone, 2 everything, 3 is a change of what is there."""
    context = {
        "form": form,
        "step": step,
        "ask": ask,
        "asked": changes_asked(ask) if ask else None,
        "text": f"{form['title'].value() or ''} {form['body'].value() or ''}".strip(),
        "breadcrumbs": trail((ask.title, ask.get_absolute_url())) if ask else trail(),
    }
    return render(request, "discussion/asks/form.html", context, status=status)


def _initial(ask: Ask) -> dict[str, Any]:
    topics = list(ask.topics.order_by("pk").values_list("slug", flat=True))
    facts = {"title": ask.title, "body": ask.body, "organisation": ask.organisation_id, "place": ask.place_id}
    return facts | dict(zip(TOPICS, topics, strict=False))


def _actions(user: Any, ask: Ask) -> list[str]:
    """What this reader may do with it, by the name of its address."""
    asked = {
        "ask_edit": can_edit(user, ask),
        "ask_close": can_close(user, ask) and ask.closed_at is None,
        "ask_reopen": can_close(user, ask) and ask.closed_at is not None,
        "ask_delete": bool(user.is_authenticated) and can_delete_ask(user, ask),
        "ask_write_up": can_write_up(user, ask) and ask.case_study_id is None,
    }
    return [name for name, may in asked.items() if may]


# --- Shared by the views of asks ------------------------------------------------------------------


def find(request: HttpRequest, pk: int) -> Ask:
    rows = Ask.objects.select_related(
        "author", "organisation", "place", "accepted__author", "duplicate_of", "case_study"
    )
    ask = get_object_or_404(rows, pk=pk)
    if not can_read_ask(request.user, ask):
        raise Http404
    return ask


def changes_asked(ask: Ask) -> Decision | None:
    """What a moderator wants changed before the ask appears."""
    return Decision.objects.about(ask).first() if ask.state == ContributionState.DRAFT else None


def trail(*more: tuple[str, str]) -> list[dict[str, str]]:
    return [{"text": text, "url": url} for text, url in ((_("Asks"), reverse("asks")), *more)]


def say(request: HttpRequest, verdict: Verdict | None, *, published: str = "") -> None:
    if verdict is None:
        messages.info(request, _("You have asked this already. Here it is."))
    elif verdict.publish:
        messages.success(request, published or _("Your ask is published. You get a mail when somebody answers."))
    else:
        why = " ".join(verdict.words)
        messages.info(
            request, _("Thank you. A moderator looks at your ask before others see it. Why: %(why)s") % {"why": why}
        )
