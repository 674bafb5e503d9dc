"""What each kind of report asks: first what is wrong, then only what that needs; an address only where it helps."""

from typing import Any
from urllib.parse import unquote, urlsplit

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Site

from core.forms import GovukForm
from moderation.models import Report, ReportKind
from moderation.registry import kind_named
from moderation.report_kinds import ABOUT_A_THING, ABOUT_THE_SITE
from moderation.subjects import PAGE, find_subject

WORDS_LENGTH = 4000
SHORT = 200
# The fields of every kind; the others are the case's `answers`.
COMMON = frozenset({"kind", "details", "email", "website", "case"})
YES_NO = [("yes", _("Yes")), ("no", _("No"))]


def _text(label: Any, help_text: Any = "", *, rows: int = 4, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=WORDS_LENGTH,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class ReportForm(GovukForm):
    """What all kinds ask. `website` is a trap for programs: people never see it.

    `needs_contact`: somebody who is not signed in has to leave an address, because the law has us answer.
    """

    show_error_summary = False
    use_required_attribute = False
    needs_contact = False
    contact_hint: Any = _("Only if you want to hear what we did. It is not shown to anybody else.")

    kind = forms.ChoiceField(label=_("What is wrong?"), widget=forms.HiddenInput)
    details = _text(_("What should we know?"), rows=5, required=False)
    email = forms.EmailField(label=_("Your email address"), required=False)
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))

    def __init__(self, *args: Any, signed_in: bool, about_the_site: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = ABOUT_THE_SITE if about_the_site else ABOUT_A_THING
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in chosen]  # type: ignore[attr-defined]  # a ChoiceField
        if signed_in:
            del self.fields["email"]
        else:
            self.fields["email"].required = self.needs_contact
            self.fields["email"].help_text = self.contact_hint
        self.order_fields([name for name in self.fields if name not in {"details", "email"}] + ["details", "email"])

    @property
    def answers(self) -> dict[str, str]:
        """What this kind asked beside the details."""
        return {
            name: "yes" if value is True else str(value)
            for name, value in self.cleaned_data.items()
            if name not in COMMON and value not in (None, "", False)
        }


class ChildAbuseForm(ReportForm):
    details = _text(
        _("Where is it?"), _("Say where on the page. Do not copy it, and do not describe it."), required=False
    )


class IntimateImageForm(ReportForm):
    needs_contact = True
    contact_hint = _("We write to you what we did, and ask here if we cannot find the picture.")

    standing = forms.ChoiceField(
        label=_("Who is shown?"),
        widget=forms.RadioSelect,
        choices=[
            ("me", _("I am shown")),
            ("acting", _("Somebody for whom I act, with their agreement or as their parent or guardian")),
            ("seen", _("Somebody else: I have seen it and think that they did not agree")),
        ],
    )
    good_faith = forms.BooleanField(label=_("I say this in good faith, and what I have said is true as far as I know"))
    details = _text(_("Which picture is it?"), _("Say where on the page, in a few words."), required=False)


class DefamationForm(ReportForm):
    """A notice of complaint as SI 2013/3028, regulation 2 wants it (with section 5(6) of the Act)."""

    needs_contact = True
    contact_hint = _("The law asks for it. We write to you here.")

    name = forms.CharField(label=_("Your full name"), max_length=SHORT)
    statement = _text(_("Which words are it?"), _("Copy the words that you complain about."))
    where = forms.CharField(
        label=_("Where do they stand?"), help_text=_("For example: in the second comment."), max_length=SHORT
    )
    meaning = _text(_("What do the words say about you?"), _("The meaning that you think a reader takes from them."))
    wrong = _text(
        _("What is untrue, or an opinion without ground?"),
        _("Say which facts are wrong, or which opinions have no basis."),
    )
    no_details = forms.BooleanField(
        label=_("I do not know enough about who wrote this to bring proceedings against them"),
        help_text=_("If you know who they are, the law has you turn to them."),
    )
    give_name = forms.ChoiceField(
        label=_("May we give your name to whoever wrote it?"), choices=YES_NO, widget=forms.RadioSelect
    )
    give_email = forms.ChoiceField(
        label=_("May we give them your email address?"), choices=YES_NO, widget=forms.RadioSelect
    )
    details = _text(_("Anything else that we should know"), required=False)


class PersonalDataForm(ReportForm):
    contact_hint = _(
        "The law gives you an answer from us: within 30 days that we have your complaint, then how it stands and what "
        "came of it. Without an address we cannot give it."
    )

    whose = forms.ChoiceField(
        label=_("Whose details are they?"),
        widget=forms.RadioSelect,
        required=False,
        choices=[("mine", _("Mine")), ("acting", _("Somebody’s for whom I act")), ("other", _("Somebody else’s"))],
    )
    details = _text(_("What is wrong with how they are used?"), required=False, rows=5)


class ComplaintForm(ReportForm):
    contact_hint = _("We answer here.")
    case = forms.CharField(
        label=_("Reference of the report that you complain about"),
        help_text=_("For example R-7KQ4-M2XP. It stands in our letters. Leave it empty if it is about something else."),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
    )
    details = _text(_("What is your complaint?"), _("What happened, and what would put it right."), rows=6)

    def clean_case(self) -> Report | None:
        """The case, however its reference is written; somebody else than decided it answers."""
        typed = "".join(letter for letter in self.cleaned_data["case"].upper() if letter.isalnum())
        if not typed:
            return None
        letters = typed[-8:]
        found = Report.objects.filter(reference=f"R-{letters[:4]}-{letters[4:]}").first()
        if found is None or typed.removesuffix(letters) not in {"", "R"}:
            raise forms.ValidationError(_("We have no report with this reference. Check it, or leave it empty."))
        return found


FORMS: dict[str, type[ReportForm]] = {
    ReportKind.CHILD_ABUSE: ChildAbuseForm,
    ReportKind.INTIMATE_IMAGE: IntimateImageForm,
    ReportKind.DEFAMATION: DefamationForm,
    ReportKind.PERSONAL_DATA: PersonalDataForm,
    ReportKind.COMPLAINT: ComplaintForm,
}


def form_for(kind: str) -> type[ReportForm]:
    return FORMS.get(kind, ReportForm)


def answers_in_words(kind: str, answers: dict[str, str]) -> list[tuple[Any, str]]:
    """A case's answers with the questions, for whoever works on it."""
    fields = form_for(kind).base_fields
    rows = []
    for name, value in answers.items():
        field = fields.get(name)
        choices = dict(getattr(field, "choices", ()) or ())
        said = _("Yes") if isinstance(field, forms.BooleanField) else choices.get(value, value)
        rows.append((field.label if field else name, str(said)))
    return rows


class AddressForm(GovukForm):
    """Which thing it is, by the address of its page; nothing for a complaint about the network itself."""

    show_error_summary = False
    use_required_attribute = False

    address = forms.CharField(
        label=_("Where is it?"),
        help_text=_("The address of the page, for example from the top of your browser."),
        max_length=500,
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_address(self) -> tuple[str, int]:
        """The kind and the number of the thing."""
        found = thing_at(self.cleaned_data["address"], self.request)
        if found is None:
            raise forms.ValidationError(
                _("We have nothing at this address that can be reported. Check it, or choose a complaint below.")
            )
        return found


def thing_at(address: str, request: HttpRequest) -> tuple[str, int] | None:
    """What stands at an address of ours: `#comment-7` names a comment; else the page, ask or record itself."""
    address = address.strip()
    ours = {urlsplit(settings.BASE_URL).hostname, request.get_host().partition(":")[0]}
    first = address.partition("/")[0].partition(":")[0]
    if "//" not in address and (first in ours or "." in first):  # “example.org/ask/1/”, as people copy it
        address = f"//{address}"
    parts = urlsplit(address)
    if parts.hostname and parts.hostname not in ours:
        return None
    name, _dash, number = parts.fragment.rpartition("-")
    if number.isdecimal() and kind_named(name) and find_subject(kind=name, pk=int(number), user=request.user):
        return name, int(number)
    path = unquote(parts.path) or "/"
    path = path if path.endswith("/") else f"{path}/"
    found = _registered(path) or _page(path, request)
    return found if found and find_subject(kind=found[0], pk=found[1], user=request.user) else None


def _registered(path: str) -> tuple[str, int] | None:
    """A kind of contribution whose address has its own name (`ask`, `adoption`) and begins with its number."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    numbers = [one for one in (*match.args, *match.kwargs.values()) if isinstance(one, int)]
    return (match.url_name, numbers[0]) if match.url_name and kind_named(match.url_name) and numbers else None


def _page(path: str, request: HttpRequest) -> tuple[str, int] | None:
    site = Site.find_for_request(request)
    if site is None:
        return None
    paths = [site.root_page.url_path.rstrip("/") + one for one in (path, path.removeprefix("/cy"))]
    found = Page.objects.live().filter(url_path__in=paths).values_list("pk", flat=True).first()
    return (PAGE, found) if found else None


class NoticeAnswerForm(GovukForm):
    """What the law lets the writer of reported words say: that they go, or that they stay, and who says so."""

    show_error_summary = False
    use_required_attribute = False

    remove = forms.ChoiceField(
        label=_("May we take your words away?"),
        widget=forms.RadioSelect,
        choices=[("yes", _("Yes, take them away")), ("no", _("No, they should stay"))],
    )
    name = forms.CharField(label=_("Your full name"), required=False, max_length=SHORT)
    postal = _text(_("Your postal address"), rows=3, required=False)
    give = forms.ChoiceField(
        label=_("May we give your name and address to the complainant?"),
        widget=forms.RadioSelect,
        choices=YES_NO,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("remove") == "no":
            for name in ("name", "postal", "give"):
                if not cleaned.get(name):
                    self.add_error(name, _("The law asks for this if your words are to stay."))
        return cleaned

    @property
    def answer(self) -> dict[str, str]:
        """Of somebody who agrees, nothing but that is kept."""
        if self.cleaned_data["remove"] == "yes":
            return {"remove": "yes"}
        return {name: str(self.cleaned_data[name]) for name in ("remove", "name", "postal", "give")}
