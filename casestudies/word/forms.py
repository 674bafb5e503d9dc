"""The two steps of an import: choose a file, then say where each part of it belongs."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from casestudies.forms import OfOrganisation
from casestudies.models.case_study import SUMMARY_LENGTH
from casestudies.word.composing import Composed, compose
from casestudies.word.errors import UnreadableFile
from casestudies.word.headings import TARGETS
from casestudies.word.reading import Section, Understood, title_from, understand
from casestudies.word.safety import MAX_BYTES, too_big

DOCX = ".docx,application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class WordFileForm(OfOrganisation):
    """After validation `understood` holds what the file says."""

    file = forms.FileField(
        label=_("Word file (.docx)"),
        help_text=_(
            "Up to 10 MB. Headings are matched to our questions; tables, lists, links and footnotes are kept. The file "
            "itself is not."
        ),
        widget=forms.FileInput(attrs={"accept": DOCX}),
    )
    understood: Understood

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        try:
            if upload.size > MAX_BYTES:
                raise UnreadableFile(too_big())
            self.understood = understand(upload.name, upload.read())
        except UnreadableFile as error:
            raise ValidationError(str(error)) from error
        return upload


class PreviewForm(forms.Form):
    """Title, summary, and a choice of field for each part (`goes_<number>`)."""

    title = forms.CharField(label=_("Title"), max_length=255)
    summary = forms.CharField(
        label=_("Summary"),
        max_length=SUMMARY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was tried, where, and what came of it: 300 characters at most."),
    )

    def __init__(self, data: Any = None, *, understood: Understood, file_name: str) -> None:
        self.understood = understood
        super().__init__(data, initial=self._initial(file_name))
        for number, section in enumerate(understood.sections):
            self.fields[f"goes_{number}"] = forms.ChoiceField(
                label=_("“%(heading)s” becomes") % {"heading": section.heading or _("The beginning")},
                choices=list(TARGETS.items()),
                initial=section.target,
                required=False,
            )

    def _initial(self, file_name: str) -> dict[str, str]:
        return {
            "title": self.understood.title or title_from(file_name),
            "summary": compose(self.understood).lines.get("summary", ""),
        }

    @property
    def targets(self) -> list[str]:
        """Where each part goes, as far as the form says; where its heading says otherwise."""
        chosen = []
        for number, section in enumerate(self.understood.sections):
            value = self[f"goes_{number}"].value()
            chosen.append(value if value in TARGETS else section.target)
        return chosen

    @property
    def composed(self) -> Composed:
        return compose(self.understood, self.targets)

    @property
    def parts(self) -> list[tuple[Section, Any, str]]:
        """Each part with its choice, and the other fields that its heading names, in words."""
        return [
            (section, self[f"goes_{number}"], ", ".join(str(TARGETS[name]) for name in section.fields[1:]))
            for number, section in enumerate(self.understood.sections)
        ]
