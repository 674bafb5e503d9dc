"""Briefings: the list, one of them, one by a trial link, and the links that a lead has given."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail import hooks

from casestudies.briefings import selectors, trials
from casestudies.briefings.errors import CannotGiveTrial
from casestudies.briefings.forms import TrialForm
from casestudies.models import BriefingPage, BriefingTrial
from core.models import Topic
from members.models import Organisation
from members.views.access import for_leads, posted

PAGE_SIZE = 12


@require_safe
def briefing_list(request: HttpRequest) -> HttpResponse:
    """`/briefings/?topic=`: what everybody may know of them, newest first."""
    slug = request.GET.get("topic", "")
    topic = get_object_or_404(Topic.objects.with_parents(), slug=slug) if slug else None
    page = Paginator(selectors.listed(topic=topic), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "topic": topic,
        "topics": selectors.topics_with_briefings(),
        "page_obj": page,
        "cards": selectors.cards(page.object_list),
    }
    return render(request, "casestudies/briefing_list.html", context)


@require_safe
def briefing(request: HttpRequest, slug: str) -> HttpResponseBase:
    """`/briefings/<slug>/`: the page, served as Wagtail serves those whose address is their place in the tree."""
    page = BriefingPage.objects.live().select_related("programme").filter(slug=slug).order_by("pk").first()
    if page is None:
        raise Http404("There is no such briefing.")
    for before in hooks.get_hooks("before_serve_page"):
        answer = before(page, request, [], {})
        if isinstance(answer, HttpResponse):
            return answer
    served: HttpResponseBase = page.serve(request)
    return served


@require_safe
def trial(request: HttpRequest, token: str) -> HttpResponse:
    """`/briefings/trial/<token>/`: one briefing's text for who holds a link that works. 410 for every other link."""
    found = trials.open_trial(token=token, counts=request.method != "HEAD")
    if found is None:
        response = render(request, "casestudies/briefing_trial_over.html", status=410)
    else:
        page = found.briefing
        context = selectors.reading_context(page=page, user=request.user, trial=found)
        response = render(request, "casestudies/briefing_page.html", {"page": page, **context})
    response["Cache-Control"] = "private, no-store"
    # Not “no-referrer”: browsers then send a form without an origin, and it is refused as forged.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


@for_leads
@require_http_methods(["GET", "POST"])
def council_trials(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """`/account/councils/<slug>/people/briefings/`: the links that were given, and the form for another."""
    by: Any = request.user
    offered = BriefingPage.objects.visible_to(by).without_texts().newest()
    form = TrialForm(posted(request), briefings=offered)
    if request.method == "POST" and form.is_valid():
        chosen, note = form.cleaned_data["briefing"], form.cleaned_data["note"]
        try:
            trials.give_trial(briefing=chosen, organisation=organisation, by=by, note=note)
        except CannotGiveTrial as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The link is at the top of the list. Copy it and send it on yourself."))
            return redirect("council_trials", organisation.slug)
    given = BriefingTrial.objects.filter(organisation=organisation).select_related("briefing", "given_by")
    page = Paginator(given, PAGE_SIZE).get_page(request.GET.get("page"))
    working = set(BriefingTrial.objects.open().filter(pk__in=[one.pk for one in page]).values_list("pk", flat=True))
    rows = [(one, trials.trial_url(one) if one.pk in working else "") for one in page]
    context = {"organisation": organisation, "form": form, "page_obj": page, "rows": rows}
    return render(request, "casestudies/briefing_trials.html", context, status=422 if form.errors else 200)


@for_leads
@require_POST
def council_trial(request: HttpRequest, organisation: Organisation, pk: int) -> HttpResponse:
    """`/account/councils/<slug>/people/briefings/<pk>/`: take a link back."""
    trial = get_object_or_404(BriefingTrial, organisation=organisation, pk=pk)
    if trials.take_back_trial(trial=trial):
        messages.success(request, _("The link does not work any more."))
    return redirect("council_trials", organisation.slug)
