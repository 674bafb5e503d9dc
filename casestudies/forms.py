"""The editor's form: lenient while it is a draft, exact when it goes to a reviewer."""

from typing import Any

from django import forms
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from casestudies.checks import Found, found_in, is_file_name
from casestudies.choices import MAX_TOPICS, Outcome, WrittenBy
from casestudies.completeness import Missing, anchor
from members.files import may_use_file
from members.models import Organisation

FILES = {"photos": "image", "documents": "document"}


class KeptTicks(forms.MultipleChoiceField):
    """Ticks for what the text holds. What that is turns out after all fields are read, so any value passes here."""

    def valid_value(self, value: str) -> bool:
        return True


class OwnFilesForm(WagtailAdminPageForm):
    """A page uses what its author may use."""

    def _uses_own_files(self) -> bool:
        """A photo's number from another council's collection would publish what that council has not."""
        all_ours = True
        for rows, field in FILES.items():
            for row in self.formsets[rows].forms if rows in self.formsets else ():
                file = getattr(row, "cleaned_data", {}).get(field)
                if file is None or file.pk == row.initial.get(field) or may_use_file(self.for_user, file):
                    continue
                row.add_error(field, _("Choose a file from your own organisation’s collection."))
                # The form is shown again: without the number, it does not show the file either.
                row.data = row.data.copy()
                row.data[row.add_prefix(field)] = ""
                all_ours = False
        return all_ours


class CaseStudyForm(OwnFilesForm):
    public_details = KeptTicks(
        required=False,
        label=_("Personal details in the text"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "These look like somebody’s. Remove them from the text, or tick those that are meant to be public, for "
            "example a shop’s number. After you change one, you are asked again."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._checked = False
        if not self.is_bound:
            self._offer_ticks()

    def defer_required_fields(self) -> None:
        super().defer_required_fields()
        self._let_rows_wait(wait=True)

    def restore_required_fields(self) -> None:
        super().restore_required_fields()
        self._let_rows_wait(wait=False)

    def _let_rows_wait(self, *, wait: bool) -> None:
        """A draft may contradict itself for a while: its clean() asks again when it goes to a reviewer."""
        self.instance.checks_wait = wait
        for formset in self.formsets.values():
            for row in formset.forms:
                row.instance.checks_wait = wait

    def is_valid(self) -> bool:
        valid = super().is_valid()
        if self.is_bound and not self._checked:
            self._checked = True
            found = self._offer_ticks()
            self._remember_ticks({one.key for one in found})
            if not self.is_deferred_validation:
                self._check_personal_data(found)
                self._check_photos()
                valid = bool(valid) and not self.errors and not any(self._row_errors())
        return self._uses_own_files() and bool(valid)

    def _row_errors(self) -> list[Any]:
        return [row.errors for formset in self.formsets.values() for row in formset.forms if row.errors]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.is_deferred_validation:
            self._check_that_it_can_be_judged(cleaned)
        return cleaned

    def save(self, commit: bool = True) -> Any:
        """With each figure linked to the indicator that its words name, so that the revision knows it."""
        from casestudies.services.indicators import link_to_indicators  # it knows the models, whose page has this form

        rows = self.formsets["measures"].forms if "measures" in self.formsets else ()
        link_to_indicators([row.instance for row in rows], propose=False)
        return super().save(commit=commit)

    def needed(self) -> list[Missing]:
        """What a reviewer would send back, as the page stands: each with its place in the editor."""
        page = self.instance
        needs: list[tuple[Any, str]] = []
        if not (page.pk and page.topics.all()):
            needs.append((_("a topic, so that people find it"), "topics"))
        if not strip_tags(page.did_not_work or "").strip():
            needs.append((_("what did not work"), "did_not_work"))
        if page.pk and not all(measure.is_measured for measure in page.measures.all()):
            needs.append((_("the figure after, wherever you name a measure"), "measures"))
        if page.written_by == WrittenBy.ORGANISATION and not (page.contact_name and page.contact_email):
            needs.append((_("a contact"), "contact_email" if page.contact_name else "contact_name"))
        if page.pk and any(not photo.alternative_text.strip() for photo in page.photos.all()):
            needs.append((_("words for a photo, for people who do not see it"), "photos"))
        if set(dict(self.fields["public_details"].choices)) - set(page.public_details or []):
            needs.append((_("a decision about personal details in the text"), "public_details"))
        return [Missing(name=name, anchor=anchor(field)) for name, field in needs]

    def _offer_ticks(self) -> list[Found]:
        found = found_in(self)
        choices = list({one.key: one.choice for one in found}.items())
        self.fields["public_details"].choices = choices
        return found

    def _remember_ticks(self, keys: set[str]) -> None:
        """A tick is for a text: when the text has gone, so has the tick."""
        kept = [key for key in self.cleaned_data.get("public_details") or [] if key in keys]
        self.cleaned_data["public_details"] = self.instance.public_details = kept

    def _check_personal_data(self, found: list[Found]) -> None:
        ticked = set(self.cleaned_data.get("public_details") or [])
        for one in found:
            if one.key not in ticked and one.error not in one.form.errors.get(one.field, []):
                one.form.add_error(one.field, one.error)

    def _check_photos(self) -> None:
        for row in self.formsets["photos"].forms if "photos" in self.formsets else ():
            cleaned = getattr(row, "cleaned_data", {})
            text = cleaned.get("alternative_text", "")
            if text and not cleaned.get("DELETE") and is_file_name(text, cleaned.get("image")):
                row.add_error(
                    "alternative_text",
                    _("This is the name of a file. Say what the photo shows, for people who do not see it."),
                )

    def _check_that_it_can_be_judged(self, cleaned: dict[str, Any]) -> None:
        """What every case study owes its readers before a reviewer sees it."""
        if "topics" in self.fields and "topics" not in self.errors:
            chosen = len(cleaned.get("topics") or [])
            if not 1 <= chosen <= MAX_TOPICS:
                self.add_error("topics", _("Choose between one and five topics, so that people find it."))
        if not strip_tags(str(cleaned.get("did_not_work") or "")).strip():
            self.add_error(
                "did_not_work",
                _("Say what did not work, or what you would do differently. It is what others learn most from."),
            )
        if self.instance.written_by == WrittenBy.ORGANISATION:
            if not cleaned.get("contact_name"):
                self.add_error("contact_name", _("Name somebody whom another council may ask."))
            if not cleaned.get("contact_email") and "contact_email" not in self.errors:
                self.add_error("contact_email", _("Give the contact’s email address. Only signed-in people see it."))


class OfOrganisation(forms.Form):
    """For whom something is started: not asked of who writes for one organisation only."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Organisation"), empty_label=None)

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        field.queryset = organisations  # type: ignore[attr-defined]  # a ModelChoiceField
        if organisations.count() == 1:
            field.widget, field.initial = forms.HiddenInput(), organisations.get().pk


class StartForm(OfOrganisation):
    """The short form: enough for a draft that its author recognises tomorrow."""

    title = forms.CharField(
        label=_("Title"),
        max_length=255,
        help_text=_("Say what happened, not what it was called: “Regulars buy the pub that was to become flats”."),
    )
    summary = forms.CharField(
        label=_("Summary"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was tried, where, and what came of it, with a number if you have one."),
    )
    problem = forms.CharField(
        label=_("The problem"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What was wrong, for whom, and how you knew."),
    )
    outcome = forms.ChoiceField(
        label=_("Did it work?"), required=False, choices=[("", _("I will say later")), *Outcome.choices]
    )
