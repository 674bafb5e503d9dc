"""Synonyms in the CMS, for moderators and administrators."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import CreateView, DeleteView, EditView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log

from search.models import SynonymGroup
from search.services.synonyms import delete_synonyms, save_synonyms
from search.synonym_rules import check, unified


class SynonymForm(WagtailAdminModelForm):
    merge = forms.BooleanField(
        label=_("Make one group of this and those that share a word with it"),
        help_text=_("The other group’s words are added to this one, and the other group is removed."),
        required=False,
    )

    class Meta:
        model = SynonymGroup
        fields = ["words", "also_finds", "language"]
        widgets = {"words": forms.Textarea(attrs={"rows": 6}), "also_finds": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merged: list[SynonymGroup] = []
        if not self.is_bound or not self._overlapping():
            # An offer for whoever is told that a word is in another group already.
            self.fields["merge"].widget = forms.HiddenInput()

    def _group(self) -> SynonymGroup:
        """What is asked for, beside the one that is stored."""
        asked = {name: str(self.data.get(self.add_prefix(name), "")) for name in self.Meta.fields}
        return SynonymGroup(pk=self.instance.pk, **asked)

    def _others(self) -> list[SynonymGroup]:
        return list(SynonymGroup.objects.exclude(pk=self.instance.pk))

    def _overlapping(self) -> list[SynonymGroup]:
        return check(self._group(), self._others()).overlapping

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        group, others = self._group(), self._others()
        problems = check(group, others)
        if cleaned.get("merge") and problems.overlapping:
            self.merged = problems.overlapping
            problems = check(unified(group, self.merged), [one for one in others if one not in self.merged])
        for name, sentences in problems.by_field.items():
            self.add_error(name, [forms.ValidationError(one) for one in sentences])
        return cleaned


class AddSynonyms(CreateView):
    def save_instance(self) -> SynonymGroup:
        group = save_synonyms(group=self.form.instance, merged=self.form.merged, by=self.request.user)
        log(group, "wagtail.create", user=self.request.user)
        return group


class ChangeSynonyms(EditView):
    def save_instance(self) -> SynonymGroup:
        group = save_synonyms(group=self.form.instance, merged=self.form.merged, by=self.request.user)
        log(group, "wagtail.edit", user=self.request.user)
        return group


class DeleteSynonyms(DeleteView):
    confirmation_message = _("Delete this group? Searches for one of its words no longer find the others.")

    def delete_action(self) -> None:
        log(self.object, "wagtail.delete", user=self.request.user)
        delete_synonyms(group=self.object)


class SynonymViewSet(ModelViewSet):
    model = SynonymGroup
    name = url_prefix = "synonyms"
    menu_label = _("Synonyms")
    icon = "list-ul"
    menu_order = 100
    list_display = [
        "__str__",
        Column("language", label=_("Language"), accessor="get_language_display", sort_key="language"),
    ]
    list_filter = ["language"]
    search_backend_name = None
    search_fields = ["words", "also_finds"]
    copy_view_enabled = False
    inspect_view_enabled = False
    add_view_class = AddSynonyms
    edit_view_class = ChangeSynonyms
    delete_view_class = DeleteSynonyms

    def get_form_class(self, for_update: bool = False) -> Any:
        return SynonymForm
