"""How fast mail goes, and what was forgotten: `/cms/mail/upkeep/`."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from digests.models import MailPace, RetentionRun
from digests.services.pace import SITE, per_minute
from digests.staff.access import for_mail_staff

MOST = 50


@for_mail_staff
@require_GET
def upkeep(request: HttpRequest) -> HttpResponse:
    """The domains that wait for their turn or asked for fewer mails, and the last nights' retention."""
    now = timezone.now()
    slowed = MailPace.objects.filter(Q(closed_until__gt=now) | Q(books_at__gt=now) | Q(strikes__gt=0))
    paces = [
        {"row": row, "is_site": row.domain == SITE, "per_minute": per_minute(row.domain, row, now)}
        for row in slowed.order_by("-closed_until", "domain")[:MOST]
    ]
    runs = [
        {"run": run, "done": [(_(name), number) for name, number in run.done.items()]}
        for run in RetentionRun.objects.all()[:MOST]
    ]
    return render(
        request,
        "digests/staff/upkeep.html",
        {"title": _("Pace and retention"), "icon": "cogs", "paces": paces, "runs": runs, "now": now},
    )
