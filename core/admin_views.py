"""The report on deliveries that were given up, for administrators."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.delivery import requeue
from core.models import Delivery

PAGE_SIZE = 50


def parked_deliveries(request: HttpRequest) -> HttpResponse:
    """`/cms/reports/parked-deliveries/`: what failed, and a button to try it again."""
    if not request.user.is_superuser:
        raise PermissionDenied
    parked = Delivery.objects.parked().select_related("event").order_by("-parked_at")
    if request.method == "POST":
        chosen = [pk for pk in request.POST.getlist("delivery") if pk.isdecimal()]
        again = requeue(list(parked if "all" in request.POST else parked.filter(pk__in=chosen)))
        if again:
            words = ngettext("%(n)s delivery will be tried again.", "%(n)s deliveries will be tried again.", again)
            messages.success(request, words % {"n": again})
        else:
            messages.warning(request, _("Nothing was chosen, or it was tried again already."))
        return redirect(request.path)
    page = Paginator(parked, PAGE_SIZE).get_page(request.GET.get("p"))
    return render(request, "core/cms/parked_deliveries.html", {"page_obj": page})
