"""What the CMS shows of the machinery."""

from typing import ClassVar

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.permissions import register_permission_policy
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from core import admin_views, staff_views
from core.models import ProviderRecord
from core.permission_policies import AdministratorsOnly
from core.rich_text import register_tables


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [
        path("reports/parked-deliveries/", admin_views.parked_deliveries, name="parked_deliveries"),
        path("duties/", staff_views.duties, name="duties"),
        path("duties/looks/", staff_views.looks, name="staff_looks"),
        path("duties/records.zip", staff_views.records_export, name="provider_records_export"),
    ]


class ForAdministrators(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)


@hooks.register("register_reports_menu_item")
def parked_menu_item() -> MenuItem:
    return ForAdministrators(_("Parked deliveries"), reverse("parked_deliveries"), icon_name="warning", order=900)


@hooks.register("register_reports_menu_item")
def duties_menu_item() -> MenuItem:
    return ForAdministrators(_("Duties"), reverse("duties"), icon_name="clipboard-list", order=10)


class ProviderRecordViewSet(SnippetViewSet):
    """The provider's records, with every version of each."""

    model = ProviderRecord
    icon = "clipboard-list"
    menu_label = _("Provider’s records")
    list_display: ClassVar[list[str]] = ["title", "kind", "dated", "next_review"]
    list_filter: ClassVar[list[str]] = ["kind"]


register_permission_policy(ProviderRecord, AdministratorsOnly(ProviderRecord))
register_snippet(ProviderRecordViewSet)


@hooks.register("insert_editor_js")
def save_in_order() -> SafeString:
    return format_html('<script type="module" src="{}"></script>', static("js/save-in-order.js"))


@hooks.register("register_rich_text_features")
def tables_in_texts(features: FeatureRegistry) -> None:
    register_tables(features)
