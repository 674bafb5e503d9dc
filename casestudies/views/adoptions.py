"""Recording that somebody tried it: the form, the record's own page, and what may be done with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.people import the_person
from casestudies import permissions, services
from casestudies.adoption_forms import AdoptionForm, take_errors
from casestudies.errors import AdoptionError, AlreadyRecorded
from casestudies.models import Adoption, CaseStudyPage
from casestudies.selectors.adoptions import adoptions_for_page, adoptions_of, history_of, with_attention
from core.keeping import form_kept, take_form
from core.ratelimit import allow, visitor_key
from members.selectors import organisation_page_above
from moderation.models import ContributionState, Decision
from moderation.policy import words_of
from places.services import add_place

PER_TEN_MINUTES = 10
PAGE_SIZE = 25


@never_cache
@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """`/adoptions/`: the records of the person's organisations, and what wants looking at."""
    page = Paginator(adoptions_of(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "rows": with_attention(page.object_list)}
    return render(request, "casestudies/adoptions/mine.html", context)


@never_cache
@form_kept
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """`/adoptions/new/?case_study=7`"""
    number = request.GET.get("case_study", "")
    case_study = get_object_or_404(CaseStudyPage.objects.live(), pk=int(number) if number.isdecimal() else 0)
    if not permissions.can_record_adoption(request.user, case_study):
        raise Http404
    form = AdoptionForm(_sent(request), person=request.user, case_study=case_study)
    existing = None
    if request.method == "POST" and form.is_valid():
        if not allow(f"adoption:{visitor_key(request)}", PER_TEN_MINUTES, 600):
            form.add_error(None, _("You have sent a lot in a short time. Wait ten minutes and send it again."))
            return _form_page(request, form, status=429)
        recorded, existing = _tried(form, lambda: _record(form, the_person(request)))
        if recorded:
            return redirect("adoption_done", recorded.pk)
    return _form_page(request, form, existing=existing)


@never_cache
@form_kept
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """`/adoptions/7/change/`"""
    adoption = _find(request, pk)
    if not permissions.can_edit_adoption(request.user, adoption):
        raise Http404
    form = AdoptionForm(_sent(request), person=request.user, case_study=adoption.case_study, adoption=adoption)
    existing = None
    if request.method == "POST" and form.is_valid():
        corrected, existing = _tried(form, lambda: _correct(form, adoption, the_person(request)))
        if corrected:
            return redirect("adoption_done", corrected.pk)
    return _form_page(request, form, existing=existing, asked=_changes_asked(adoption))


@never_cache
@login_required
@require_GET
def done(request: HttpRequest, pk: int) -> HttpResponse:
    """`/adoptions/7/done/`: what happens next, and an invitation to say a word about it."""
    adoption = _find(request, pk)
    if not permissions.can_edit_adoption(request.user, adoption):
        raise Http404
    context = {"adoption": adoption, "why": words_of(adoption.state_reasons), "breadcrumbs": _trail(adoption)}
    return render(request, "casestudies/adoptions/done.html", context)


@require_GET
def adoption(request: HttpRequest, pk: int) -> HttpResponse:
    """`/adoptions/7/`"""
    found = _find(request, pk)
    user = request.user
    may = {
        "change": permissions.can_edit_adoption(user, found),
        "withdraw": permissions.can_withdraw_adoption(user, found),
        "confirm": permissions.can_confirm_adoption(user, found),
    }
    origin_page = organisation_page_above(found.case_study)
    own = found.own_case_study
    context = {
        "adoption": found,
        "origin": origin_page.organisation if origin_page else None,
        "own_case_study": own if own and permissions.can_read(user, own) else None,
        "history": history_of(found),
        "may": may,
        "why": words_of(found.state_reasons) if found.state != ContributionState.PUBLISHED else [],
        "breadcrumbs": [
            {"text": found.case_study.title, "url": found.case_study.get_url(request)},
            {"text": found.organisation.short_name},
        ],
    }
    response = render(request, "casestudies/adoptions/adoption.html", context)
    if user.is_authenticated:
        response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """`/adoptions/7/withdraw/`: asks, then withdraws."""
    adoption = _find(request, pk)
    if not permissions.can_withdraw_adoption(request.user, adoption):
        raise Http404
    if request.method == "POST":
        services.withdraw_adoption(adoption=adoption, by=the_person(request))
        messages.success(request, _("The record is withdrawn."))
        return redirect("adoptions")
    return render(
        request, "casestudies/adoptions/withdraw.html", {"adoption": adoption, "breadcrumbs": _trail(adoption)}
    )


@login_required
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """`/adoptions/7/confirm/`: somebody of the organisation says that it is right."""
    adoption = _find(request, pk)
    if not permissions.can_confirm_adoption(request.user, adoption):
        raise Http404
    services.confirm_adoption(adoption=adoption, by=the_person(request))
    messages.success(request, _("Thank you. The record is confirmed as of today."))
    return redirect("adoption", adoption.pk)


def _sent(request: HttpRequest) -> QueryDict | None:
    """What was sent now, or what was kept from when they were signed out."""
    return request.POST if request.method == "POST" else take_form(request)


def _find(request: HttpRequest, pk: int) -> Adoption:
    found: Adoption = get_object_or_404(adoptions_for_page(), pk=pk)
    if not permissions.can_see_adoption(request.user, found):
        raise Http404
    return found


@transaction.atomic
def _record(form: AdoptionForm, by: User) -> Adoption:
    organisation = form.cleaned_data["adopter"]
    about: dict[str, Any] = {
        "case_study": form.case_study,
        "organisation": organisation,
        "facts": form.facts(place=_place(form, by)),
        "by": by,
    }
    if form.from_source:
        source = {name: form.cleaned_data[name] for name in ("source_url", "source_title")}
        return services.record_from_source(**about, **source)[0]
    return services.record_adoption(**about)[0]


def _tried(form: AdoptionForm, work: Callable[[], Adoption]) -> tuple[Adoption | None, Adoption | None]:
    """What the work wrote, or the record that was there before; a refusal stands at its field."""
    try:
        return work(), None
    except ValidationError as wrong:
        take_errors(form, wrong)
    except AlreadyRecorded as error:
        form.add_error(None, str(error))
        return None, error.adoption
    except AdoptionError as error:
        form.add_error(None, str(error))
    return None, None


@transaction.atomic
def _correct(form: AdoptionForm, adoption: Adoption, by: User) -> Adoption:
    source = {name: form.cleaned_data[name] for name in ("source_url", "source_title") if name in form.cleaned_data}
    services.correct_adoption(adoption=adoption, facts=form.facts(place=_place(form, by)), by=by, **source)
    return adoption


def _place(form: AdoptionForm, by: User) -> Any:
    """The place that was chosen, or the new one that was written in."""
    said = form.cleaned_data
    if said.get("point") is None:
        return said.get("place")
    lat, lng = said["point"]
    return add_place(name=said["new_place"], lat=lat, lng=lng, organisation=said["adopter"], by=by)


def _form_page(request: HttpRequest, form: AdoptionForm, **more: Any) -> HttpResponse:
    case_study, adoption = form.case_study, form.adoption
    existing = more.get("existing")
    context = {
        "form": form,
        "case_study": case_study,
        "adoption": adoption,
        "origin": form.origin,
        "asked": more.get("asked"),
        "existing": existing if existing and permissions.can_see_adoption(request.user, existing) else None,
        "breadcrumbs": _trail(adoption)
        if adoption
        else [{"text": case_study.title, "url": case_study.get_url(request)}, {"text": _("We tried this too")}],
    }
    wrong = form.errors or form.measure_errors
    status = more.get("status") or (422 if request.method == "POST" and wrong else 200)
    return render(request, "casestudies/adoptions/form.html", context, status=status)


def _changes_asked(adoption: Adoption) -> Decision | None:
    if adoption.state != ContributionState.DRAFT:
        return None
    return Decision.objects.about(adoption).first()


def _trail(adoption: Adoption) -> list[dict[str, str]]:
    from casestudies.contributions import address

    return [
        {"text": adoption.case_study.title, "url": adoption.case_study.get_url() or ""},
        {"text": adoption.organisation.short_name, "url": address(adoption)},
    ]
