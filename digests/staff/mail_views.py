"""Mails: `/cms/mail/mails/`."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from digests.models import Deed, OutgoingEmail
from digests.staff import mails
from digests.staff.access import for_mail_staff, note
from digests.staff.forms import ChangeForm, MailsForm

DEEDS = {"again": Deed.RETRIED, "aside": Deed.SET_ASIDE}


@for_mail_staff
@require_GET
def mail_list(request: HttpRequest) -> HttpResponse:
    """`/cms/mail/mails/?state=failed&kind=digest&domain=example.org&since=…&until=…&q=…&run=…`"""
    form = MailsForm(request.GET)
    wish = form.wish()
    if "@" in wish["q"]:
        note(by=request.user, what=Deed.LOOKED, address=wish["q"], words="list of mails")
    found = mails.mails(wish)
    page = mails.page_of(found, before=_number(request, "before"), after=_number(request, "after"))
    here = urlencode({name: value for name, value in wish.items() if value})
    return render(
        request,
        "digests/staff/mails.html",
        {
            "title": _("Mails"),
            "form": form,
            "page": page,
            "rows": [(mail, mails.in_words(mail)) for mail in page.rows],
            "most": mails.MOST_COUNTED,
            "held_back": mails.held_back(),
            "here": here,
            "narrowed": any(wish.values()),
            "wish": wish,
        },
    )


@for_mail_staff
@require_GET
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """`/cms/mail/mails/<pk>/`: whom, when and what the server said; never what is in it."""
    rows = OutgoingEmail.objects.select_related("person", "digest_recipient__run").defer("text", "html", "payload")
    found = get_object_or_404(rows, pk=pk)
    note(by=request.user, what=Deed.LOOKED, person=found.person, address=found.to, words=f"mail {found.key}")
    may = OutgoingEmail.objects.filter(pk=pk)
    now = timezone.now()
    return render(
        request,
        "digests/staff/mail.html",
        {
            "title": found.subject or found.get_kind_display(),
            "mail": found,
            "run": getattr(found, "digest_recipient", None) and found.digest_recipient.run,
            "words": mails.in_words(found),
            "headers": mails.shown_headers(found),
            "reports": found.reports.order_by("at"),
            "may_retry": mails.may_be_retried(may, now=now).exists(),
            "may_set_aside": mails.may_be_set_aside(may, now=now).exists(),
            "late": found.worthless_after is not None and found.worthless_after <= now,
        },
    )


@for_mail_staff
@require_http_methods(["GET", "POST"])
def change_mail(request: HttpRequest, pk: int, do: str) -> HttpResponse:
    """`/cms/mail/mails/<pk>/again/` and `…/aside/`: a GET asks, a POST does it."""
    what = DEEDS[do]
    found = get_object_or_404(OutgoingEmail.objects.select_related("person").defer("text", "html"), pk=pk)
    form = ChangeForm(request.POST if request.method == "POST" else None, what=what)
    if request.method == "POST" and form.is_valid():
        if mails.change_one(what=what, mail=found, words=form.cleaned_data["words"], by=request.user):
            messages.success(request, _("It is tried again.") if do == "again" else _("It is set aside."))
        else:
            messages.error(request, _("This can no longer be done: it was sent, or it is worth nothing any more."))
        return redirect("mail_mail", pk=pk)
    context = {
        "title": _title(do),
        "do": do,
        "form": form,
        "count": 1,
        "mail": found,
        "back": reverse("mail_mail", args=[pk]),
    }
    return render(request, "digests/staff/change.html", context)


@for_mail_staff
@require_http_methods(["GET", "POST"])
def change_mails(request: HttpRequest, do: str) -> HttpResponse:
    """`/cms/mail/mails/again/?…` and `…/aside/?…`: for all mails of a filter, in the background."""
    what = DEEDS[do]
    wish = MailsForm(request.GET).wish()
    if not any(wish.values()):
        raise Http404
    form = ChangeForm(request.POST if request.method == "POST" else None, what=what)
    back = f"{reverse('mail_mails')}?{urlencode({name: value for name, value in wish.items() if value})}"
    if request.method == "POST" and form.is_valid():
        mails.ask_for(what=what, wish=wish, words=form.cleaned_data["words"], by=request.user)
        messages.success(request, _("It is being done in the background. “What staff did” says how far it is."))
        return redirect(back)
    count = mails.counted(mails.affected(what, wish))
    context = {"title": _title(do), "do": do, "form": form, "count": count, "most": mails.MOST_COUNTED, "back": back}
    return render(request, "digests/staff/change.html", context)


def _title(do: str) -> str:
    return _("Try again") if do == "again" else _("Set aside")


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else None
