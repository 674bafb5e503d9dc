"""Addresses that get no mail: `/cms/mail/addresses/`."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from digests import services
from digests.models import AllowedAgain, Deed, HeardFrom, HowAllowed, Suppression, WhyNoMail
from digests.staff.access import for_mail_staff, note
from digests.staff.forms import ANY, ListForm

PAGE_SIZE = 50
LATEST = 20


class AddressesForm(ListForm):
    q = forms.CharField(
        label=gettext_lazy("Address or part of it"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Why"), choices=[ANY, *WhyNoMail.choices], required=False)
    source = forms.ChoiceField(label=gettext_lazy("Heard from"), choices=[ANY, *HeardFrom.choices], required=False)


class AllowForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300)


@for_mail_staff
@require_GET
def address_list(request: HttpRequest) -> HttpResponse:
    """`/cms/mail/addresses/?q=…&kind=complaint&source=provider&p=2`. A search for an address is written down."""
    form = AddressesForm(request.GET)
    wish = form.wish()
    if "@" in wish["q"]:
        note(by=request.user, what=Deed.LOOKED, address=wish["q"], words="addresses that get no mail")
    found = Suppression.objects.select_related("mail__person").order_by("-since", "-pk")
    if wish["q"]:
        found = found.filter(address__icontains=wish["q"])
    found = found.filter(**{name: wish[name] for name in ("kind", "source") if wish[name]})
    return render(
        request,
        "digests/staff/addresses.html",
        {
            "title": _("Addresses that get no mail"),
            "icon": "warning",
            "form": form,
            "page_obj": Paginator(found, PAGE_SIZE).get_page(request.GET.get("p")),
            "narrowed": any(wish.values()),
            "here": urlencode({name: value for name, value in wish.items() if value}),
            "allowed": AllowedAgain.objects.all()[:LATEST],
            "by_staff": HowAllowed.STAFF,
        },
    )


@for_mail_staff
@require_http_methods(["GET", "POST"])
def allow_address(request: HttpRequest, pk: int) -> HttpResponse:
    """`/cms/mail/addresses/<pk>/`: what is known, and a form to let it get mail again, with a reason that is kept."""
    found = get_object_or_404(Suppression.objects.select_related("mail"), pk=pk)
    person = User.objects.filter(email__iexact=found.address).first()
    form = AllowForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        services.allow_again(suppression=found, by=request.user, reason=reason)  # type: ignore[arg-type]  # not anonymous: see `for_mail_staff`
        note(by=request.user, what=Deed.RELEASED, person=person, address=found.address, words=reason)
        messages.success(request, _("%(address)s gets mail again.") % {"address": found.address})
        return redirect("mail_addresses")
    note(by=request.user, what=Deed.LOOKED, person=person, address=found.address, words="address that gets no mail")
    context = {"title": found.address, "icon": "warning", "found": found, "person": person, "form": form}
    return render(request, "digests/staff/address.html", context)
