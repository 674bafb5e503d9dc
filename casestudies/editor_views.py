"""Wagtail's editor for case studies: when it cannot save by itself, it says which field is in the way."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import JsonResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.viewsets.pages import PageViewSet

from casestudies.models import CaseStudyPage

VALIDATION_ERROR = "validation_error"  # Wagtail's name for it, which its scripts know


class SaysWhatIsInTheWay:
    """A draft is saved while it grows, but not with half an address in a field: the words beside “Autosave is paused”
    name that field, so that its author need not send the form to learn why nothing is kept.
    """

    form: Any

    def json_error_response(self, error_code: str, error_message: str) -> JsonResponse:
        if error_code == VALIDATION_ERROR:
            error_message = what_is_in_the_way(self.form) or error_message
        response: JsonResponse = super().json_error_response(error_code, error_message)  # type: ignore[misc]  # a mixin
        return response


def what_is_in_the_way(form: Any) -> str:
    """The first field that has an error, and the error, in a sentence; empty if none has."""
    for where, error in _errors(form):
        return _("Your latest changes are not saved yet. %(field)s: %(error)s") % {"field": where, "error": error}
    return ""


def _errors(form: Any) -> Iterator[tuple[str, str]]:
    for name in form.errors:
        if name in form.fields:
            yield _named(form, name), str(form.errors[name][0])
    for formset in form.formsets.values():
        rows = capfirst(str(formset.model._meta.verbose_name_plural))
        shown = [row for row in formset.forms if not (formset.can_delete and formset._should_delete_form(row))]
        for number, row in enumerate(shown, start=1):
            for name in row.errors:
                where = _named(row, name) if name in row.fields else ""
                yield f"{rows} {number}" + (f", {where}" if where else ""), str(row.errors[name][0])
    for error in form.non_field_errors():
        yield _("The whole page"), str(error)


def _named(form: forms.BaseForm, name: str) -> str:
    return f"“{form[name].label}”"


class AddCaseStudy(SaysWhatIsInTheWay, CreateView):
    pass


class EditCaseStudy(SaysWhatIsInTheWay, EditView):
    pass


class CaseStudyViewSet(PageViewSet):
    model = CaseStudyPage
    add_view_class = AddCaseStudy
    edit_view_class = EditCaseStudy
