"""The residents' record: adding to it, one entry, replying, changing, withdrawing, its photo and its history."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.people import the_person
from core.keeping import keep, signed_in_or_kept, take_kept
from core.middleware import OWN, PUBLIC
from core.ratelimit import again_at, allow, visitor_key
from moderation.models import ContributionState, Decision
from moderation.policy import Verdict
from places.errors import RecordError
from places.models import Place, RecordEntry, Side
from places.permissions import (
    can_add_entry,
    can_edit_entry,
    can_read_entry,
    can_reply,
    can_see_versions,
    can_withdraw_entry,
    councils_spoken_for,
    sides_of,
)
from places.record import services
from places.record.forms import EntryForm, ReplyForm, WordsForm
from places.record.services import EntryFacts
from places.record.timeline import load, page_number_of, shown

PER_HOUR = 12
# Photos that are unpacked, also of a form that comes back with a slip in the text.
PHOTOS_PER_HOUR = 30


@never_cache
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """`/places/<slug>/record/new/`: for everybody; a visitor's words are kept until they have signed in or up."""
    place = _place(slug)
    if not request.user.is_authenticated:
        return _add_as_visitor(request, place)
    if not can_add_entry(request.user, place):
        raise Http404
    person, councils = the_person(request), councils_spoken_for(request.user, place)
    kept = take_kept(request)
    given: dict[str, Any] = {
        "place": place,
        "person": person,
        "sides": sides_of(person, place),
        "councils": councils,
        "ask_name": not person.name,
    }
    if request.method == "GET":
        return _form(request, EntryForm(initial=kept, **given), place, kept=bool(kept), councils=councils)
    form = _with_photo(request, given)
    if form.is_valid() and _may_send(request, form):
        try:
            entry, verdict = services.add_entry(
                place=place,
                facts=form.facts,
                by=person,
                side=form.chosen_side,
                organisation=form.cleaned_data.get("organisation"),
                name=form.cleaned_data.get("name", ""),
            )
        except RecordError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            _say(request, verdict)
            return redirect(entry)
    return _form(request, form, place, councils=councils, status=422)


def _add_as_visitor(request: HttpRequest, place: Place) -> HttpResponse:
    form = WordsForm(request.POST if request.method == "POST" else None, place=place)
    if request.method == "POST" and form.is_valid():
        keep(request, form.to_keep)
        return redirect_to_login(request.get_full_path())
    return _form(request, form, place, status=422 if form.errors else 200)


def entry(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """`/places/<slug>/record/<number>/`: one entry with its replies; a reply leads to what it replies to."""
    found = _find(request, slug, pk, tombstones=True)
    if found.answers is not None:
        return redirect(found)
    row = shown(load([found.pk], request.user)[found.pk], place=found.place, user=request.user)
    number = page_number_of(found, user=request.user)
    context = {
        "entry": found,
        "row": row,
        "place": found.place,
        "is_public": found.state == ContributionState.PUBLISHED,
        "asked": _changes_asked(found),
        "timeline_url": f"{found.place.get_absolute_url()}{f'?timeline={number}' if number > 1 else ''}#entry-{pk}",
        "breadcrumbs": [{"text": found.place.name, "url": found.place.get_absolute_url()}],
    }
    return render(request, "places/record/entry.html", context)


@signed_in_or_kept
@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """`/places/<slug>/record/<number>/reply/`"""
    found, person = _find(request, slug, pk), the_person(request)
    if not can_reply(person, found):
        reason = _("There is one reply for each side: to a resident the council’s, to a council a resident’s.")
        return render(request, "403.html", {"reason": reason}, status=403)
    kept = take_kept(request)
    form = ReplyForm(request.POST if request.method == "POST" else None, ask_name=not person.name, initial=kept)
    if request.method == "POST" and form.is_valid() and _may_send(request, form):
        told = form.cleaned_data
        try:
            _reply, verdict = services.reply_to_entry(
                entry=found,
                words=told["words"],
                source_url=told["source_url"],
                by=person,
                name=told.get("name", ""),
            )
        except RecordError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            _say(request, verdict)
            return redirect(found)
    councils = councils_spoken_for(person, found.place)
    context = {
        "form": form,
        "entry": found,
        "place": found.place,
        "kept": bool(kept),
        "row": shown(load([found.pk], person)[found.pk], place=found.place, user=person),
        "council": councils[0] if councils else None,
        "breadcrumbs": _trail(request, found),
    }
    return render(request, "places/record/reply.html", context, status=422 if form.errors else 200)


@never_cache
@signed_in_or_kept
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """`/places/<slug>/record/<number>/edit/`: for a quarter of an hour, and whenever a moderator asked for changes."""
    found, person = _find(request, slug, pk), the_person(request)
    if found.author_id != person.pk:
        raise Http404
    if not can_edit_entry(person, found):
        reason = _("An entry can be changed for 15 minutes. You can withdraw it and write a new one.")
        return render(request, "403.html", {"reason": reason}, status=403)
    form = _edit_form(request, found)
    if request.method == "POST" and form.is_valid():
        facts = (
            form.facts
            if isinstance(form, EntryForm)
            else EntryFacts(words=form.cleaned_data["words"], source_url=form.cleaned_data["source_url"])
        )
        try:
            verdict = services.edit_entry(entry=found, facts=facts, by=person)
        except RecordError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            _say(request, verdict)
            return redirect(found if _stands(request, found.entry) else found.place)
    return _form(request, form, found.place, editing=found, status=422 if form.errors else 200)


def _edit_form(request: HttpRequest, found: RecordEntry) -> EntryForm | ReplyForm:
    posted = request.POST if request.method == "POST" else None
    kept = take_kept(request)
    initial: dict[str, Any] = {"words": found.words, "source_url": found.source_url}
    if found.is_reply:
        return ReplyForm(posted, initial=initial | kept)
    photo = found.picture
    initial |= {
        "when": found.when,
        "lesson": found.lesson,
        "topic": found.topic.slug if found.topic else "",
        "programme": found.programme.slug if found.programme else "",
        "photo_ok": photo is not None,
    }
    given: dict[str, Any] = {
        "place": found.place,
        "person": request.user,
        "sides": [Side(found.side)],
        "councils": [],
        "photo": photo,
        "initial": initial | kept,
    }
    return EntryForm(**given) if posted is None else _with_photo(request, given)


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """`/places/<slug>/record/<number>/withdraw/`: asks, then withdraws."""
    found = _find(request, slug, pk)
    if not can_withdraw_entry(request.user, found):
        raise Http404
    if request.method == "POST":
        services.withdraw_entry(entry=found, by=the_person(request))
        messages.success(request, _("It is withdrawn."))
        return redirect(found.answers if found.answers and _stands(request, found.answers) else found.place)
    return render(request, "places/record/withdraw.html", {"entry": found, "breadcrumbs": _trail(request, found)})


@login_required
@require_GET
def history(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """`/places/<slug>/record/<number>/history/`: what it said before it was changed, for moderators."""
    found = _find(request, slug, pk)
    if not can_see_versions(request.user, found):
        raise Http404
    context = {"entry": found, "versions": list(found.versions.all()), "breadcrumbs": _trail(request, found)}
    return render(request, "places/record/history.html", context)


@require_GET
def photo(request: HttpRequest, slug: str, pk: int, size: str) -> HttpResponseBase:
    """`/places/<slug>/record/<number>/photo/large/`, or `small`: to who may see the entry, and asked for anew each
    time, so that what is hidden is gone from caches with the next look.
    """
    found = _find(request, slug, pk)
    picture = found.picture
    if picture is None or size not in {"large", "small"}:
        raise Http404
    name = picture.large if size == "large" else picture.small
    if not default_storage.exists(name):
        raise Http404
    response = FileResponse(default_storage.open(name), content_type="image/jpeg")
    shared = found.state == ContributionState.PUBLISHED and not request.user.is_authenticated
    response["Cache-Control"] = PUBLIC if shared else OWN
    response["ETag"] = f'"{name.rpartition("/")[2]}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


# --- Shared ---------------------------------------------------------------------------------------


def _place(slug: str) -> Place:
    return get_object_or_404(Place.objects.prefetch_related("organisations"), slug=slug)


def _find(request: HttpRequest, slug: str, pk: int, *, tombstones: bool = False) -> RecordEntry:
    related = ("author", "organisation", "place", "answers__place", "topic", "programme", "photo")
    rows = RecordEntry.objects.select_related(*related).prefetch_related("place__organisations")
    found = get_object_or_404(rows, pk=pk, place__slug=slug)
    if not (_stands(request, found) if tombstones else can_read_entry(request.user, found)):
        raise Http404
    return found


def _stands(request: HttpRequest, found: RecordEntry) -> bool:
    """Whether it has a page: for who may read it, and as long as a reply stands beneath it for everybody."""
    return can_read_entry(request.user, found) or (found.is_gone and found.replies.published().exists())


def _may_send(request: HttpRequest, form: Any) -> bool:
    if allow(f"record:{visitor_key(request)}", PER_HOUR, 3600):
        return True
    late = _("You have sent a lot in a short time. You can send this at %(time)s.")
    form.add_error(None, late % {"time": again_at(3600)})
    return False


def _with_photo(request: HttpRequest, given: dict[str, Any]) -> EntryForm:
    """The form as it was sent. A photo is counted before anything unpacks it; one too many is left packed."""
    if not request.FILES or allow(f"record-photo:{visitor_key(request)}", PHOTOS_PER_HOUR, 3600):
        return EntryForm(request.POST, request.FILES, **given)
    form = EntryForm(request.POST, **given)
    late = _("You have sent a lot of photos in a short time. You can send this one at %(time)s, or leave it out.")
    form.add_error("photo", late % {"time": again_at(3600)})
    return form


def _form(
    request: HttpRequest,
    form: Any,
    place: Place,
    *,
    editing: RecordEntry | None = None,
    kept: bool = False,
    councils: Any = (),
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "place": place,
        "editing": editing,
        "asked": _changes_asked(editing) if editing else None,
        "kept": kept,
        "council": councils[0] if len(councils) == 1 else None,
        "breadcrumbs": _trail(request, editing) if editing else [{"text": place.name, "url": place.get_absolute_url()}],
    }
    return render(request, "places/record/form.html", context, status=status)


def _changes_asked(found: RecordEntry) -> Decision | None:
    """What a moderator wants changed before it appears."""
    return Decision.objects.about(found).first() if found.state == ContributionState.DRAFT else None


def _trail(request: HttpRequest, found: RecordEntry) -> list[dict[str, str]]:
    """To the entry that it is or replies to, as far as that has a page; its words only where they stand there."""
    about = found.entry
    trail = [{"text": found.place.name, "url": found.place.get_absolute_url()}]
    if about == found or _stands(request, about):
        told = about == found or (can_read_entry(request.user, about) and not about.is_gone)
        trail.append({"text": (about.title if told else "") or _("Entry"), "url": about.get_absolute_url()})
    return trail


def _say(request: HttpRequest, verdict: Verdict | None) -> None:
    if verdict is None:
        messages.info(request, _("You have sent this already. Here it is."))
    elif verdict.publish:
        messages.success(request, _("Thank you. It stands in the record."))
    else:
        thanks = _("Thank you. A moderator looks at it before others see it. Why: %(why)s")
        messages.info(request, thanks % {"why": " ".join(verdict.words)})
