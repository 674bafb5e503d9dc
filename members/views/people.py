"""`/account/councils/<slug>/people/`: who belongs to an organisation, for those who look after it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from core.spreadsheets import csv_lines
from members import changes, selectors, services
from members.errors import MembersError
from members.forms import FindForm, HandOverForm, PersonForm, last_day_of
from members.models import Membership, Organisation
from members.views.access import attempt, for_leads, posted, refused

PAGE_SIZE = 50
# Of what is handed over, so many are named; the rest is counted.
TITLES = 20


@for_leads
@require_GET
def people(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody, by name, twenty-odd to a screen; search in names and addresses."""
    words = request.GET.get("q", "")[:80]
    found = selectors.managed_people(organisation, words=words)
    context = {
        "organisation": organisation,
        "page_obj": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "find": FindForm({"q": words}),
        "words": words,
    }
    return render(request, "members/people/people.html", context)


@for_leads
@require_GET
def people_csv(request: HttpRequest, organisation: Organisation) -> StreamingHttpResponse:
    """The same as a spreadsheet."""
    rows = (
        {
            "name": one.person.name,
            "address": one.person.email,
            "role": one.role,
            "since": one.started_at.date().isoformat(),
            "last_day": (day := last_day_of(one)) and day.isoformat(),
        }
        for one in selectors.managed_people(organisation)
    )
    lines = csv_lines(["name", "address", "role", "since", "last_day"], rows)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="people-{slugify(organisation.slug)}.csv"'
    return response


@for_leads
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, organisation: Organisation, pk: int) -> HttpResponse:
    """One person's role and last day."""
    membership = _membership(organisation, pk)
    form = PersonForm(posted(request), membership=membership)
    if request.method == "POST" and form.is_valid():
        by: Any = request.user
        if attempt(request, lambda: _change(membership, form, by), done=_("Saved.")):
            return redirect("council_people", organisation.slug)
        return redirect("council_person", organisation.slug, pk)
    context = {"organisation": organisation, "membership": membership, "form": form}
    return render(request, "members/people/person.html", context, status=422 if form.errors else 200)


def _change(membership: Membership, form: PersonForm, by: Any) -> None:
    """The last day first: a new one revives what has lapsed, and then only is there a role to change."""
    services.set_expiry(membership=membership, expires_at=form.expires_at, by=by)
    services.change_role(membership=membership, role=form.cleaned_data["role"], by=by)


@for_leads
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, organisation: Organisation, pk: int) -> HttpResponse:
    """End a membership, and hand over what its person wrote."""
    return _leave(request, _membership(organisation, pk), own=False)


@for_leads
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, organisation: Organisation, pk: int) -> HttpResponse:
    """Give what one person wrote to another, who stays as well: it says first what that is."""
    membership = _membership(organisation, pk)
    pages: Any = selectors.written_by(membership.person, organisation)
    people = selectors.successors(organisation, besides=membership.person)
    form = HandOverForm(posted(request), people=people, needed=True)
    if request.method == "POST" and form.is_valid():
        by: Any = request.user
        gives = {"organisation": organisation, "person": membership.person, "to": form.cleaned_data["to"], "by": by}
        attempt(request, lambda: services.hand_over(**gives), done=_("What they wrote was handed over."))
        return redirect("council_person", organisation.slug, pk)
    context = {
        "organisation": organisation,
        "membership": membership,
        "form": form,
        "published": pages.live().count(),
        "drafts": pages.not_live().count(),
        "titles": [page.get_admin_display_title() for page in pages.specific()[:TITLES]],
        "anybody": people.exists(),
    }
    return render(request, "members/people/hand_over.html", context, status=422 if form.errors else 200)


def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """`/account/memberships/<pk>/leave/`: one's own."""
    me: Any = request.user
    mine = Membership.objects.kept().filter(person=me).select_related("organisation", "person")
    return _leave(request, get_object_or_404(mine, pk=pk), own=True)


def _leave(request: HttpRequest, membership: Membership, *, own: bool) -> HttpResponse:
    of, who = membership.organisation, membership.person
    pages = selectors.written_by(who, of)
    form = HandOverForm(posted(request), people=selectors.successors(of, besides=who), own=own)
    if request.method == "POST" and form.is_valid():
        by: Any = request.user
        try:
            handed = services.let_go(membership=membership, to=form.cleaned_data["to"], by=by)
        except MembersError as problem:
            return refused(request, str(problem))
        messages.success(request, _gone(of, who, handed, own=own))
        return redirect("account_overview") if own else redirect("council_people", of.slug)
    context = {"organisation": of, "membership": membership, "form": form, "own": own, "pages": pages.count()}
    return render(request, "members/people/remove.html", context, status=422 if form.errors else 200)


def _gone(of: Organisation, who: Any, handed: int, *, own: bool) -> str:
    said = _("You have left %(organisation)s.") if own else _("%(name)s no longer belongs to %(organisation)s.")
    words = said % {"name": who.display_name, "organisation": of.name}
    if handed:
        words += " " + ngettext("%(n)s page was handed over.", "%(n)s pages were handed over.", handed) % {"n": handed}
    return words


@for_leads
@require_GET
def history(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Who changed what, and when."""
    page = Paginator(changes.of(organisation), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"organisation": organisation, "page_obj": page, "rows": changes.in_words(list(page))}
    return render(request, "members/people/changes.html", context)


def _membership(organisation: Organisation, pk: int) -> Membership:
    return get_object_or_404(selectors.managed_people(organisation), pk=pk)
