"""Adding, answering, changing and removing a comment. Reading is the page's, or the place's: `{% comments_for page %}`.

What is written can be looked at before it is sent (`preview`), and survives a session that has ended meanwhile.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.models import Page

from accounts.people import the_person
from casestudies.models import Adoption
from core.keeping import form_kept, take_form
from core.ratelimit import again_at, allow, visitor_key
from discussion import offers, services
from discussion.citations import cards_cited_in, with_titles
from discussion.contributions import address, title_of_place
from discussion.errors import DiscussionError
from discussion.forms import AnswerForm, CommentForm
from discussion.mentions import hint, unclear_names
from discussion.models import Ask, Comment
from discussion.permissions import can_comment, can_delete, can_edit, can_read_ask, can_reply, can_see
from discussion.refusals import refused
from discussion.selectors import page_number_of, shown_comment
from discussion.text import quoted
from discussion.text import render as to_html
from discussion.where import page_of, path_of
from moderation.models import ContributionState, Decision
from moderation.permissions import can_moderate
from moderation.policy import Verdict
from places.models import Place

PER_TEN_MINUTES = 10
CLOSED = gettext_lazy("This ask is closed and takes no more answers.")


@form_kept
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, page_id: int) -> HttpResponse:
    """`/comments/<page>/add/`: the form on the page posts here; with an error it comes back as a page of its own."""
    page = get_object_or_404(Page.objects.live(), pk=page_id).specific
    if not can_comment(request.user, page):
        raise Http404
    return _write(request, page, None)


@form_kept
@require_http_methods(["GET", "POST"])
def add_on_place(request: HttpRequest, slug: str) -> HttpResponse:
    """`/comments/places/<place>/add/`: beneath the record of a place."""
    place = get_object_or_404(Place, slug=slug)
    if not can_comment(request.user, place):
        raise Http404
    return _write(request, place, None)


@form_kept
@require_http_methods(["GET", "POST"])
def add_on_adoption(request: HttpRequest, pk: int) -> HttpResponse:
    """`/comments/adoptions/<adoption>/add/`: into the thread of an adoption."""
    adoption = get_object_or_404(Adoption.objects.select_related("case_study", "organisation"), pk=pk)
    if not can_comment(request.user, adoption.case_study, adoption):
        raise Http404
    return _write(request, adoption.case_study, None, adoption)


@form_kept
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """`/ask/<ask>/answer/`: the form on the ask's page posts here."""
    ask = get_object_or_404(Ask, pk=pk)
    if not can_read_ask(request.user, ask):
        raise Http404
    if not can_comment(request.user, None, ask=ask):
        return refused(request, CLOSED, back=ask.get_absolute_url())
    return _write(request, None, None, ask=ask)


@form_kept
@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """`/comments/<comment>/reply/`"""
    comment = _find(request, pk)
    if comment.ask is not None and not comment.ask.takes_answers:
        return refused(request, CLOSED, back=address(comment))
    if not can_reply(request.user, comment):
        raise Http404
    return _write(request, page_of(comment), comment, ask=comment.ask)


@form_kept
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """`/comments/<comment>/edit/`"""
    comment = _find(request, pk)
    if comment.author_id != request.user.pk:
        raise Http404
    if not can_edit(request.user, comment):
        late = _("A comment can be changed for 15 minutes. You can remove it and write a new one.")
        return refused(request, late, back=address(comment))
    fields = AnswerForm if comment.ask_id else CommentForm
    kept = take_form(request)
    initial = {"body": comment.body, **(kept.dict() if kept else {})}
    form = fields(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        try:
            verdict = services.edit_comment(comment=comment, body=form.cleaned_data["body"], by=the_person(request))
        except DiscussionError as error:
            form.add_error("body", str(error))
        else:
            return _done(request, comment, verdict, published=_("Your change is saved."))
    return _page(request, form, page_of(comment), ask=comment.ask, title=_("Change your comment"), editing=comment)


def permalink(request: HttpRequest, pk: int) -> HttpResponse:
    """`/comments/<comment>/`: to where it stands, on whichever page of a long thread."""
    comment = _find(request, pk)
    where, _hash, anchor = address(comment).partition("#")
    number = page_number_of(comment, request.user)
    return redirect(f"{where}?comments={number}#{anchor}" if number > 1 else address(comment))


@login_required
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """`/comments/<comment>/history/`: what it said before it was changed, for moderators."""
    comment = _find(request, pk)
    if not can_moderate(request.user):
        raise Http404
    context = {
        "comment": shown_comment(comment, request.user),
        "versions": [(one.replaced_at, to_html(one.body)) for one in comment.versions.all()],
        "breadcrumbs": _trail(title_of_place(comment), address(comment), _("Earlier versions")),
    }
    return render(request, "discussion/history.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """`/comments/<comment>/delete/`: asks, then removes."""
    comment = _find(request, pk)
    if not can_delete(request.user, comment):
        raise Http404
    if request.method == "POST":
        services.delete_comment(comment=comment, by=the_person(request))
        messages.success(request, _("Your comment was removed."))
        return redirect(f"{address(comment).partition('#')[0]}#comments")
    context = {
        "comment": shown_comment(comment, request.user),
        "about": title_of_place(comment),
        "breadcrumbs": _trail(title_of_place(comment), address(comment), _("Remove your comment")),
    }
    return render(request, "discussion/delete_comment.html", context)


def _find(request: HttpRequest, pk: int) -> Comment:
    rows = Comment.objects.select_related("author", "page", "place", "parent__author", "adoption__organisation", "ask")
    comment = get_object_or_404(rows, pk=pk)
    if not can_see(request.user, comment):
        raise Http404
    return comment


def _write(
    request: HttpRequest,
    page: Any,
    reply_to: Comment | None,
    adoption: Adoption | None = None,
    ask: Ask | None = None,
) -> HttpResponse:
    where = {"reply_to": reply_to, "adoption": adoption, "ask": ask}
    fields = AnswerForm if ask else CommentForm
    person = the_person(request)
    offered = offers.open_to(person, ask or page)
    kept = take_form(request)
    initial = (
        kept.dict() if kept else ({"body": f"{quoted(reply_to.body)}\n\n"} if reply_to and _quotes(request) else {})
    )
    form = fields(
        request.POST if request.method == "POST" else None, ask_name=not person.name, offers=offered, initial=initial
    )
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        if not allow(f"comment:{visitor_key(request)}", PER_TEN_MINUTES, 600):
            late = _("You have written a lot in a short time. You can send this one at %(time)s.")
            form.add_error("body", late % {"time": again_at(600)})
            return _page(request, form, page, **where, status=429)
        try:
            comment, verdict = services.add_comment(
                page=page,
                ask=ask,
                body=form.cleaned_data["body"],
                by=person,
                reply_to=reply_to,
                adoption=adoption,
                name=form.cleaned_data.get("name", ""),
            )
        except DiscussionError as error:
            form.add_error("body", str(error))
        else:
            offers.take_ticked(offered, form.cleaned_data, person=person, place=ask or page)
            return _done(request, comment, verdict)
    return _page(request, form, page, **where)


def _page(request: HttpRequest, form: CommentForm, page: Any, **more: Any) -> HttpResponse:
    reply_to: Comment | None = more.get("reply_to")
    about: Comment | None = more.get("editing") or reply_to
    adoption: Adoption | None = more.get("adoption")
    ask: Ask | None = more.get("ask")
    if ask:
        back, name, writes = ask.get_absolute_url(), ask.title, _("Write an answer")
    else:
        back, name = reverse("adoption", args=[adoption.pk]) if adoption else path_of(page), page.title
        writes = _("Write a comment")
    title = more.get("title") or (_("Reply to a comment") if reply_to else writes)
    if reply_to and reply_to.author:
        form.say_whom_to_name(hint([reply_to.author.display_name], by=request.user))
    context = {
        "form": form,
        "about": name,
        "title": title,
        "reply_to": shown_comment(reply_to, request.user) if reply_to else None,
        "breadcrumbs": [
            *([{"text": _("Asks"), "url": reverse("asks")}] if ask else []),
            *_trail(name, address(about) if about else back, title),
        ],
        "editing": more.get("editing"),
        "answers": ask is not None and reply_to is None,
        "preview": _preview(form, request) if "preview" in request.POST and form.is_valid() else None,
        "can_quote": reply_to is not None and not form.is_bound and not _quotes(request),
        "asked": _changes_asked(more.get("editing")),
    }
    status = more.get("status") or (422 if form.errors else 200)
    return render(request, "discussion/comment_form.html", context, status=status)


def _quotes(request: HttpRequest) -> bool:
    return request.method == "GET" and "quote" in request.GET


def _preview(form: CommentForm, request: HttpRequest) -> dict[str, Any]:
    """As it would stand in the thread; nothing is stored."""
    body = form.cleaned_data["body"]
    cards = cards_cited_in(body, request.user)
    return {
        "author": the_person(request).name or form.cleaned_data.get("name", ""),
        "posted": timezone.now(),
        "html": with_titles(to_html(body), cards),
        "cites": cards,
    }


def _changes_asked(comment: Comment | None) -> Decision | None:
    """What a moderator wants changed before the comment appears."""
    if comment is None or comment.state != ContributionState.DRAFT:
        return None
    return Decision.objects.about(comment).first()


def _trail(about: str, back: str, title: str) -> list[dict[str, str]]:
    return [{"text": about, "url": back}, {"text": title}]


def _done(request: HttpRequest, comment: Comment, verdict: Verdict, *, published: str = "") -> HttpResponse:
    answers = comment.ask_id is not None
    if verdict.publish:
        said = _("Your answer is published.") if answers else _("Your comment is published.")
        messages.success(request, published or said)
    else:
        waits = _("Thank you. A moderator looks at your comment before others see it. Why: %(why)s")
        if answers:
            waits = _("Thank you. A moderator looks at your answer before others see it. Why: %(why)s")
        messages.info(request, waits % {"why": " ".join(verdict.words)})
    if unclear := unclear_names(comment):
        messages.info(request, unclear)
    return redirect(address(comment))
