"""The reasons that moderators choose from, in the CMS."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from moderation.models import Reason
from moderation.permissions import can_moderate

WORDS = ["label", "label_cy", "rule", "rule_cy"]
FIELDS = [*WORDS, "for_changes", "for_refusing", "for_people", "is_active", "sort_order"]


class ModeratorsNeverDelete(ModelPermissionPolicy):
    """Moderators keep the list. A reason that the log names is switched off, never deleted."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action in {"add", "change", "view"} and can_moderate(user)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class NewReasonForm(WagtailAdminModelForm):
    class Meta:
        model = Reason
        fields = ["code", *FIELDS]


class ReasonForm(WagtailAdminModelForm):
    """Without the code: decisions in the log carry it."""

    class Meta:
        model = Reason
        fields = FIELDS


class ReasonViewSet(ModelViewSet):
    model = Reason
    name = url_prefix = "reasons"
    menu_label = _("Reasons for decisions")
    icon = "list-ul"
    menu_order = 630
    add_to_admin_menu = True
    list_display = ["label", "code", "is_active", "sort_order"]
    search_backend_name = None
    copy_view_enabled = False
    inspect_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> Any:
        return ReasonForm if for_update else NewReasonForm


register_permission_policy(Reason, ModeratorsNeverDelete(Reason))
