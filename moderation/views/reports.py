"""Reporting something, without an account. The form has its own address, so that public pages set no cookie."""

import re
from contextlib import suppress
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.keeping import forget_form, keep_form, take_form
from core.ratelimit import allow, client_address, seconds_left, visitor_key
from moderation import services
from moderation.errors import AlreadyDecided
from moderation.models import ReportKind
from moderation.report_forms import AddressForm, NoticeAnswerForm, ReportForm, form_for
from moderation.report_kinds import ABOUT_A_THING, ABOUT_THE_SITE, FACTS
from moderation.subjects import find_subject, title_of, url_of

PER_HOUR = 10
HOUR = 3600
OUR_PAGE = re.compile(r"(/[\w-]+){1,6}/")


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """`/report/<kind>/<number>/`: what is wrong, then what that needs. 404 for what the reader may not know of."""
    subject = find_subject(kind=kind, pk=pk, user=request.user)
    if subject is None:
        raise Http404
    trail = [{"text": title_of(subject), "url": url_of(subject)}, {"text": _("Report")}]
    return _report(request, subject, {"title": title_of(subject), "breadcrumbs": trail})


@require_http_methods(["GET", "POST"])
def report_anything(request: HttpRequest) -> HttpResponse:
    """`/report/`: something whose address one has, or a complaint about the network itself."""
    about = request.POST.get("kind") or request.GET.get("kind")
    if about in ABOUT_THE_SITE:
        return _report(request, None, {"title": "", "breadcrumbs": [{"text": _("Report")}]})
    form = AddressForm(request.POST if request.method == "POST" else None, request=request)
    if request.method == "POST" and form.is_valid():
        return redirect("report", *form.cleaned_data["address"])
    context = {"form": form, "choices": _choices(ABOUT_THE_SITE)}
    return _own(render(request, "moderation/report_anything.html", context, status=422 if form.errors else 200))


def _report(request: HttpRequest, subject: Any, context: dict[str, Any]) -> HttpResponse:
    """Both steps: without a kind its choice, with one its form, and what is wrong with it at its field."""
    signed_in, site = request.user.is_authenticated, subject is None
    sent = request.method == "POST"
    data = request.POST if sent else take_form(request)
    kind = (request.GET if data is None else data).get("kind", "")
    known = kind in (ABOUT_THE_SITE if site else ABOUT_A_THING)
    initial = {"kind": kind, "details": _where(request) if site else "", "case": request.GET.get("case", "")[:40]}
    form = form_for(kind if known else "")(data, signed_in=signed_in, about_the_site=site, initial=initial)
    # Written by somebody who was signed in then: they choose whether to send it without an account.
    lost = sent and not signed_in and "account" in request.POST
    if lost:
        keep_form(request)
    status = 422 if lost or (sent and form.errors) else 200
    if sent and not lost and form.is_valid():
        filed = _file(request, subject, form)
        if filed is not None:
            return filed
        status = 429
    context |= {
        "form": form,
        "choices": _choices(ABOUT_THE_SITE if site else ABOUT_A_THING),
        "chosen": kind,
        "lost": lost,
    }
    if known:
        context |= {"kind": ReportKind(kind), "facts": FACTS[kind]}
    return _own(render(request, "moderation/report.html", context, status=status))


def _where(request: HttpRequest) -> str:
    """The address of one of our own pages that is no subject of a case, such as a place’s, as the first line."""
    about = request.GET.get("about", "")
    return f"{about}\n" if OUR_PAGE.fullmatch(about) else ""


def _file(request: HttpRequest, subject: Any, form: ReportForm) -> HttpResponse | None:
    """Open the case and say thank you; None, with the reason in the form, when many came from there."""
    if form.cleaned_data["website"]:  # a program filled in what people do not see
        return redirect("report_thanks")
    if not allow(f"report:{visitor_key(request)}", PER_HOUR, HOUR):
        minutes = max(1, seconds_left(HOUR) // 60)
        form.add_error(
            None,
            _("Many reports came from you in the last hour. Send this one again in %(n)d minutes.") % {"n": minutes},
        )
        return None
    forget_form(request)
    filed = services.report(
        subject=subject,
        kind=form.cleaned_data["kind"],
        details=form.cleaned_data["details"],
        by=request.user if request.user.is_authenticated else None,
        email=form.cleaned_data.get("email", ""),
        answers=form.answers,
        about=form.cleaned_data.get("case"),
        visitor=salted_hmac("moderation.reports", client_address(request)).hexdigest()[:24],
    )
    return redirect("report_made", signing.dumps(filed.reference, salt="moderation.thanks"))


def _choices(kinds: Any) -> list[dict[str, Any]]:
    return [{"value": kind.value, "label": kind.label, "hint": FACTS[kind].hint} for kind in kinds]


def report_thanks(request: HttpRequest, token: str = "") -> HttpResponse:
    """`/report/thanks/`, with the reference where there is one; it is signed, so that nobody shows a made-up one."""
    try:
        reference = signing.loads(token, salt="moderation.thanks", max_age=HOUR) if token else ""
    except signing.BadSignature as error:
        raise Http404 from error
    return _own(render(request, "moderation/report_thanks.html", {"reference": reference}))


@require_http_methods(["GET", "POST"])
def notice_answer(request: HttpRequest, token: str) -> HttpResponse:
    """`/report/notices/<token>/`: whoever wrote the words of a notice of complaint answers it, from the letter."""
    try:
        found = services.report_of_token(token)
    except signing.BadSignature as error:
        raise Http404 from error
    form = NoticeAnswerForm(request.POST if request.method == "POST" else None)
    done = bool(found.poster_answer or found.handled_at)
    if request.method == "POST" and not done and form.is_valid():
        with suppress(AlreadyDecided):  # the same answer, sent twice
            services.answer_notice(report=found, answer=form.answer)
        return redirect(request.path)
    context = {"form": form, "report": found, "done": done}
    return _own(render(request, "moderation/notice_answer.html", context, status=422 if form.errors else 200))


def _own(response: HttpResponse) -> HttpResponse:
    """Nobody else's to keep or to find."""
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
