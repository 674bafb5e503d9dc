"""The CMS's own pages of this package, and Wagtail's with a guard in front."""

from typing import Any

from django.db.models import F, Q
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.chooser import ChosenMultipleView
from wagtail.models import Page
from wagtail.permissions import policy_registry

# Everybody may link to published pages of others; see `choosable_pages`.
CHOOSER = "wagtailadmin_choose_page_child"


def choosable_pages(user: Any) -> Any:
    """What the person works on, and what is published: but not under a new title that its own people still discuss."""
    own = policy_registry.get_by_type(Page).explorable_instances(user).values("pk")
    return Page.objects.filter(Q(pk__in=own) | Q(live=True, draft_title=F("title")))


@require_admin_access
def chosen_multiple(request: HttpRequest) -> HttpResponseBase:
    """Wagtail's view answers with the title of any page whose number it is given."""
    wanted = {pk for pk in request.GET.getlist("id") if pk.isdecimal()}
    if choosable_pages(request.user).filter(pk__in=wanted).count() != len(wanted):
        raise Http404
    return ChosenMultipleView.as_view()(request)
