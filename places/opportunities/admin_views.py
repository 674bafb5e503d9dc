"""Beginning an opportunity in the CMS, calling one off, and taking that back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from members.models import Organisation
from moderation.locked_cases import can_open
from places.models import OpportunityPage
from places.opportunities import services
from places.opportunities.forms import WithdrawForm
from places.permissions import can_withdraw_opportunity


def start(request: HttpRequest) -> HttpResponse:
    """`/cms/opportunities/start/`: for which organisation, where somebody writes for several."""
    organisations = may_start_for(request.user)
    if not organisations:
        raise PermissionDenied
    if len(organisations) == 1:
        return redirect("wagtailadmin_pages:add", "places", "opportunitypage", organisations[0].page.pk)
    context = {"organisations": organisations, "page_title": _("Publish an opportunity"), "header_icon": "date"}
    return render(request, "places/cms/start_opportunity.html", context)


def may_start_for(user: object) -> list[Organisation]:
    """Of an administrator none: they write below any page, from the explorer."""
    if not getattr(user, "is_authenticated", False) or getattr(user, "is_superuser", False):
        return []
    return list(Organisation.objects.writable_by(user).listed().select_related("page").order_by("short_name"))


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """`/cms/opportunities/<pk>/withdraw/`: why; then it is off at once."""
    page = _page(request, pk)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.withdraw_opportunity(page=page, reason=form.cleaned_data["reason"], by=request.user)  # type: ignore[arg-type]  # asked in `_page`
        messages.success(request, _("It is withdrawn. Readers see so, and calendars are told."))
        return redirect("wagtailadmin_pages:edit", page.pk)
    context = {
        "form": form,
        "opportunity": page,
        "page_title": _("Withdraw this opportunity"),
        "header_icon": "no-view",
    }
    context |= {"submit_button_label": _("Withdraw it"), "action_url": request.path, "media": form.media}
    return render(request, "places/cms/withdraw_opportunity.html", context)


def reinstate(request: HttpRequest, pk: int) -> HttpResponse:
    """`/cms/opportunities/<pk>/reinstate/`: the question, and on yes it stands again."""
    page = _page(request, pk)
    if request.method == "POST":
        services.reinstate_opportunity(page=page, by=request.user)  # type: ignore[arg-type]  # asked in `_page`
        messages.success(request, _("It stands again, with the dates that it had."))
        return redirect("wagtailadmin_pages:edit", page.pk)
    context = {"opportunity": page, "page_title": _("Take the withdrawal back"), "header_icon": "undo"}
    return render(request, "places/cms/reinstate_opportunity.html", context)


def _page(request: HttpRequest, pk: int) -> OpportunityPage:
    page: OpportunityPage = get_object_or_404(OpportunityPage.objects.listed(), pk=pk)
    # What a locked case is about stays as it was, and is seen by nobody else.
    if not can_open(request.user, page) or not can_withdraw_opportunity(request.user, page):
        raise PermissionDenied
    return page
