"""Memberships and the facts of organisations in the CMS, for administrators.

Every change goes through the services: access follows at once, and so does what is worked out from the facts.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.views.generic import CreateView, DeleteView, EditView, IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from accounts.models import User
from members.models import Membership, Organisation
from members.services import add_member, change_facts, change_role, end_membership, leave_network
from members.services.facts import EDITABLE
from members.similarity import RURALITY


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


class FactsForm(WagtailAdminModelForm):
    """What is not known stays empty: a guess would be compared with others' facts."""

    website = forms.URLField(label=_("website"), required=False, max_length=300, assume_scheme="https")

    class Meta:
        model = Organisation
        fields = [*EDITABLE, "left_at"]
        help_texts = {
            "density": _("Number of people by the area; one is not worked out from the other here."),
            "rural_urban": _("One of: %(classes)s.") % {"classes": ", ".join(name.capitalize() for name in RURALITY)},
            "deprivation_score": _("mySociety’s composite index; higher is more deprived."),
            "deprivation_decile": _("1 (the most deprived tenth of the United Kingdom) to 10."),
        }

    def clean_rural_urban(self) -> str:
        value = str(self.cleaned_data["rural_urban"]).strip()
        if value and value.casefold() not in RURALITY:
            raise forms.ValidationError(_("Use one of the four classes, or leave it empty."))
        return value.capitalize()

    def clean_deprivation_decile(self) -> int | None:
        value: int | None = self.cleaned_data["deprivation_decile"]
        if value is not None and not 1 <= value <= 10:
            raise forms.ValidationError(_("A tenth is a number from 1 to 10."))
        return value

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("density", "area_km2", "deprivation_score"):
            value = cleaned.get(name)
            if value is not None and not 0 <= value <= 1_000_000:
                self.add_error(name, _("This cannot be less than nought, or more than a million."))
        return cleaned


class ChangeFacts(EditView):
    def save_instance(self) -> Organisation:
        facts = {name: self.form.cleaned_data[name] for name in EDITABLE}
        changed = change_facts(organisation=self.form.instance, facts=facts, by=self.request.user)
        return leave_network(organisation=changed, left_at=self.form.cleaned_data["left_at"], by=self.request.user)


class OrganisationViewSet(ModelViewSet):
    model = Organisation
    name = url_prefix = "organisation-facts"
    menu_label = _("Facts of organisations")
    icon = "site"
    menu_order = 620
    add_to_admin_menu = True
    list_display = ["short_name", "tier", "population", "rural_urban", "deprivation_decile"]
    list_filter = ["tier", "nation"]
    search_backend_name = None
    search_fields = ["name", "short_name", "gss_code"]
    copy_view_enabled = False
    inspect_view_enabled = False
    edit_view_class = ChangeFacts

    def get_form_class(self, for_update: bool = False) -> Any:
        return FactsForm
