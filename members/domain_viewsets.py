"""Email domains in the CMS, for administrators: many came with open data, and wait for somebody to look."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.views.generic import CreateView, DeleteView, EditView
from wagtail.admin.viewsets.model import ModelViewSet

from members.domains import why_refused
from members.models import EmailDomain
from members.services import add_domain, remove_domain, verify_domain

WARNING = _("Everybody with a confirmed address there can then join as a member, without asking.")


class NewDomainForm(WagtailAdminModelForm):
    class Meta:
        model = EmailDomain
        fields = ["organisation", "domain", "with_subdomains"]

    def clean_domain(self) -> str:
        name = str(self.cleaned_data["domain"])
        if reason := why_refused(name):
            raise forms.ValidationError(reason)
        return name


class VerifyForm(WagtailAdminModelForm):
    verified = forms.BooleanField(label=_("I have looked: it belongs to them"), help_text=WARNING)

    class Meta:
        model = EmailDomain
        fields = ["with_subdomains"]

    def clean(self) -> dict[str, Any]:
        if reason := why_refused(self.instance.domain):
            raise forms.ValidationError(reason)
        return super().clean() or {}


class AddDomain(CreateView):
    def save_instance(self) -> EmailDomain:
        row = self.form.instance
        return add_domain(
            organisation=row.organisation,
            domain=row.domain,
            with_subdomains=row.with_subdomains,
            by=self.request.user,
        )


class VerifyDomain(EditView):
    def save_instance(self) -> EmailDomain:
        below = self.form.cleaned_data["with_subdomains"]
        found = EmailDomain.objects.select_related("organisation").get(pk=self.object.pk)
        return verify_domain(domain=found, with_subdomains=below, by=self.request.user)


class RemoveDomain(DeleteView):
    confirmation_message = _("Remove this domain? Nobody joins by it any more; who has joined stays.")

    def delete_action(self) -> None:
        remove_domain(domain=self.object, by=self.request.user)


class EmailDomainViewSet(ModelViewSet):
    model = EmailDomain
    name = url_prefix = "email-domains"
    menu_label = _("Email domains")
    icon = "mail"
    menu_order = 630
    add_to_admin_menu = True
    list_display = ["domain", "organisation", "with_subdomains", "verified_at", "verified_by"]
    list_filter = {"verified_at": ["isnull"]}
    ordering = ["domain"]
    search_backend_name = None
    search_fields = ["domain", "organisation__name"]
    copy_view_enabled = False
    inspect_view_enabled = False
    add_view_class = AddDomain
    edit_view_class = VerifyDomain
    delete_view_class = RemoveDomain

    def get_form_class(self, for_update: bool = False) -> Any:
        return VerifyForm if for_update else NewDomainForm
