"""What the next run would do: `/cms/mail/dry-run/`."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from digests import services
from digests.models import Cadence, Deed
from digests.staff import history
from digests.staff.access import for_mail_staff, note
from digests.staff.forms import RehearsalForm

# A page has to answer within seconds; the command looks at everybody.
MOST_PEOPLE = 5000


@for_mail_staff
@require_GET
def dry_run(request: HttpRequest) -> HttpResponse:
    """`/cms/mail/dry-run/?cadence=weekly&at=2026-11-24T08:05&person=…`; nothing is planned, written or sent."""
    asked = "cadence" in request.GET
    form = RehearsalForm(request.GET if asked else None, initial={"cadence": Cadence.WEEKLY})
    told, why = None, ""
    ready = asked and form.is_valid()
    if ready:
        wish = form.cleaned_data
        person = wish["person"]
        words = f"{wish['cadence']}: " + ("one person" if person else f"the first {services.SHOWN}")
        note(by=request.user, what=Deed.REHEARSED, person=person, address=person.email if person else "", words=words)
        told = services.rehearse(cadence=wish["cadence"], at=wish["at"], person=person, most=MOST_PEOPLE)
        if told and person and not told.shown:
            why = history.why(person, told.run, state="nothing" if told.people else "")
    return render(
        request,
        "digests/staff/dry_run.html",
        {
            "title": _("Dry run"),
            "icon": "view",
            "form": form,
            "told": told,
            "ready": ready,
            "why": why,
            "rest": told.mails - len(told.shown) if told else 0,
        },
    )
