"""Memberships in the CMS, for administrators: every change goes through the services, so access follows at once."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.views.generic import CreateView, DeleteView, EditView, IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from accounts.models import User
from members.models import Membership
from members.services import add_member, change_role, end_membership


class NewMembershipForm(WagtailAdminModelForm):
    email = forms.EmailField(label=_("Email address"), help_text=_("Of somebody who has an account already."))

    class Meta:
        model = Membership
        fields = ["organisation", "role"]

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        person = User.objects.filter(email__iexact=email, is_active=True).first()
        if person is None:
            raise forms.ValidationError(_("Nobody has an account with this address. Ask them to sign up first."))
        self.instance.person = person
        return email


class RoleForm(WagtailAdminModelForm):
    class Meta:
        model = Membership
        fields = ["role"]


class Memberships(IndexView):
    def get_base_queryset(self) -> Any:
        return Membership.objects.filter(ended_at=None).select_related("person", "organisation")


class AddMembership(CreateView):
    def save_instance(self) -> Membership:
        row = self.form.instance
        return add_member(organisation=row.organisation, person=row.person, role=row.role, by=self.request.user)


class ChangeRole(EditView):
    def get_queryset(self) -> Any:
        return Membership.objects.filter(ended_at=None)

    def save_instance(self) -> Membership:
        role = self.form.cleaned_data["role"]
        return change_role(membership=Membership.objects.get(pk=self.object.pk), role=role, by=self.request.user)


class EndMembership(DeleteView):
    page_title = _("End")
    confirmation_message = _("End this membership? Access ends at once; what the person wrote stays.")

    def delete_action(self) -> None:
        end_membership(membership=self.object, by=self.request.user)

    def get_success_message(self) -> str:
        return str(_("The membership has ended."))


class MembershipViewSet(ModelViewSet):
    model = Membership
    name = url_prefix = "memberships"
    menu_label = _("Memberships")
    icon = "group"
    menu_order = 610
    add_to_admin_menu = True
    list_display = ["person", "organisation", "role", "started_at"]
    list_filter = ["role"]
    search_backend_name = None
    search_fields = ["person__name", "person__email", "organisation__name"]
    copy_view_enabled = False
    inspect_view_enabled = False
    index_view_class = Memberships
    add_view_class = AddMembership
    edit_view_class = ChangeRole
    delete_view_class = EndMembership

    def get_form_class(self, for_update: bool = False) -> Any:
        return RoleForm if for_update else NewMembershipForm
