"""Reporting something, without an account. The form has its own address, so that public pages set no cookie."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.ratelimit import allow, visitor_key
from moderation import services
from moderation.forms import ReportForm
from moderation.subjects import find_subject, title_of, url_of

PER_HOUR = 10


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """`/report/<kind>/<number>/`; 404 for what the reader may not know of."""
    subject = find_subject(kind=kind, pk=pk, user=request.user)
    if subject is None:
        raise Http404
    reporter = request.user if request.user.is_authenticated else None
    form = ReportForm(request.POST if request.method == "POST" else None, signed_in=reporter is not None)
    status = 200
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["website"]:  # a program filled in what people do not see
            return redirect("report_thanks")
        if allow(f"report:{visitor_key(request)}", PER_HOUR, 3600):
            services.report(
                subject=subject,
                kind=form.cleaned_data["kind"],
                details=form.cleaned_data["details"],
                by=reporter,
                email=form.cleaned_data.get("email", ""),
            )
            return redirect("report_thanks")
        form.add_error(None, _("Many reports came from you in the last hour. Wait an hour and send this one again."))
        status = 429
    elif form.errors:
        status = 422
    breadcrumbs = [{"text": title_of(subject), "url": url_of(subject)}, {"text": _("Report")}]
    context = {"form": form, "title": title_of(subject), "breadcrumbs": breadcrumbs}
    response = render(request, "moderation/report.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def report_thanks(request: HttpRequest) -> HttpResponse:
    """`/report/thanks/`"""
    return render(request, "moderation/report_thanks.html")
