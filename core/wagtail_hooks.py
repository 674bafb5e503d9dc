"""What the CMS shows of the machinery."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.rich_text.feature_registry import FeatureRegistry

from core import admin_views
from core.rich_text import register_tables


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [path("reports/parked-deliveries/", admin_views.parked_deliveries, name="parked_deliveries")]


class ForAdministrators(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)


@hooks.register("register_reports_menu_item")
def parked_menu_item() -> MenuItem:
    return ForAdministrators(_("Parked deliveries"), reverse("parked_deliveries"), icon_name="warning", order=900)


@hooks.register("insert_editor_js")
def save_in_order() -> SafeString:
    return format_html('<script type="module" src="{}"></script>', static("js/save-in-order.js"))


@hooks.register("register_rich_text_features")
def tables_in_texts(features: FeatureRegistry) -> None:
    register_tables(features)
