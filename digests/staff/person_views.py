"""One person's mail: `/cms/mail/people/`."""

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import User
from digests.models import Deed, StaffDeed, Suppression
from digests.permissions import can_read_deeds
from digests.staff import history
from digests.staff.access import for_mail_staff, note

PAGE_SIZE = 50


@for_mail_staff
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """`/cms/mail/people/?q=address`: to the person with this address, or what is known of it without an account."""
    address = request.GET.get("q", "").strip()[:254]
    found = history.found_by(address) if address else None
    if found:
        return redirect("mail_person", pk=found.pk)
    if address:
        note(by=request.user, what=Deed.LOOKED, address=address, words="nobody has an account with it")
    return render(
        request,
        "digests/staff/people.html",
        {
            "title": _("Somebody’s mail"),
            "icon": "user",
            "q": address,
            "suppression": Suppression.objects.filter(address__iexact=address).first() if address else None,
            "mails_url": f"{reverse('mail_mails')}?{urlencode({'q': address})}",
        },
    )


class DayForm(forms.Form):
    day = forms.DateField(required=False)


@for_mail_staff
@require_GET
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """`/cms/mail/people/<pk>/?day=2026-11-24`. Every look is written down."""
    found = get_object_or_404(User, pk=pk)
    form = DayForm(request.GET)
    day = form.cleaned_data["day"] if form.is_valid() else None
    note(by=request.user, what=Deed.LOOKED, person=found, address=found.email, words="mail history")
    told = history.of(found, day=day)
    return render(
        request,
        "digests/staff/person.html",
        {
            "title": _("Mail of %(who)s") % {"who": found.display_name},
            "icon": "user",
            "history": told,
            "cadence": history.cadence_of(told.preference),
            "day": day,
            "latest": history.LATEST,
            "mails_url": f"{reverse('mail_mails')}?{urlencode({'q': found.email})}",
        },
    )


@for_mail_staff
@require_GET
def deeds(request: HttpRequest) -> HttpResponse:
    """`/cms/mail/deeds/`: who looked at whose mail and did what with it; all of it, or one's own."""
    rows = StaffDeed.objects.select_related("by", "person").order_by("-pk")
    if not can_read_deeds(request.user):
        rows = rows.filter(by=request.user.pk)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("p"))
    return render(
        request,
        "digests/staff/deeds.html",
        {"title": _("What staff did"), "icon": "history", "page_obj": page, "here": ""},
    )
