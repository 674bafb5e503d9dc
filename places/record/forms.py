"""The forms of the residents' record: one page, two minutes on a phone. What an entry may say is `words`'s."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from core.forms import GovukForm, MonthWidget
from core.images import CleanImageField
from core.models import Topic
from members.models import Organisation
from places.errors import RecordError
from places.models import Place, ProgrammePage, ProgrammePlace, RecordPhoto, Side
from places.photos import keep_photo, photo_of, ticket_of
from places.record import words
from places.record.services import NAME_LENGTH, EntryFacts

PHOTO_TYPES = "image/jpeg,image/png,image/webp,image/avif,image/heic,image/heif"
SIDES = {
    Side.RESIDENT: _("For myself, as somebody who lives or works there"),
    Side.EDITORS: _("As the network’s editor, from a public source"),
}


class WordsForm(GovukForm):
    """What a visitor can fill in before they have signed in: everything but a photo. No length is told to the browser,
    which would cut off what is pasted.
    """

    show_error_summary = False
    field_order = ("words", "when", "photo", "photo_ticket", "no_photo", "alt", "photo_ok", "source_url", "lesson")

    words = forms.CharField(
        label=_("What changed?"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What you saw, in your own words, for better or worse. Name nobody who has not agreed."),
        error_messages={"required": _("Say what changed.")},
    )
    when = forms.CharField(
        label=_("When?"),
        widget=MonthWidget(),
        help_text=_("The year will do. For example, 3 2013"),
        error_messages={"required": _("Say when it changed. The year will do.")},
    )
    source_url = forms.CharField(
        label=_("Is there something to read about it?"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"}),
        help_text=_("The address of a page, for example of a newspaper."),
    )
    lesson = forms.CharField(
        label=_("What could another place learn from it?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    topic = forms.ModelChoiceField(
        Topic.objects.none(),
        label=_("What is it about?"),
        required=False,
        to_field_name="slug",
        empty_label=_("No topic"),
    )
    programme = forms.ModelChoiceField(
        ProgrammePage.objects.none(),
        label=_("Is it about a programme?"),
        required=False,
        to_field_name="slug",
        empty_label=_("No, or I do not know"),
    )

    def __init__(self, *args: Any, place: Place, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topic: Any = self.fields["topic"]
        topic.queryset = Topic.objects.top_level().order_by("order", "name")
        programme: Any = self.fields["programme"]
        # All of them: which places used one is known of few, and those with a case study have no row of their own.
        here = ProgrammePlace.objects.filter(page=OuterRef("pk"), place=place)
        programme.queryset = ProgrammePage.objects.live().order_by(~Exists(here), "title")
        if not programme.queryset.exists():
            del self.fields["programme"]

    def clean_words(self) -> str:
        return _told(words.checked_words, self.cleaned_data["words"])

    def clean_when(self) -> str:
        return _told(words.checked_when, self.cleaned_data["when"])

    def clean_source_url(self) -> str:
        return _told(words.checked_source, self.cleaned_data["source_url"])

    def clean_lesson(self) -> str:
        return _told(words.checked_lesson, self.cleaned_data["lesson"])

    @property
    def to_keep(self) -> dict[str, str]:
        """As `initial` of the same form takes it."""
        told = self.cleaned_data
        kept = {name: told.get(name) or "" for name in ("words", "when", "source_url", "lesson")}
        return kept | {name: told[name].slug for name in ("topic", "programme") if told.get(name)}


class AsksAboutPeople(GovukForm):
    """Where the words look as if they told of somebody, the form asks before it sends; ticking answers."""

    people_ok = forms.BooleanField(
        label=_("Everybody whom my words tell of has agreed, or it is public already"), required=False
    )
    read: tuple[str, ...] = ("words", "lesson", "alt")

    def ask_about_people(self) -> None:
        found = words.details_in(*(str(self.cleaned_data.get(name) or "") for name in self.read))
        if found and not self.cleaned_data.get("people_ok"):
            text = _("Your words seem to hold %(what)s. Take it out, or say here that it may stand.")
            self.add_error("people_ok", text % {"what": ", ".join(found)})

    @property
    def asks_about_people(self) -> bool:
        return self.is_bound and ("people_ok" in self.errors or bool(self["people_ok"].value()))


class EntryForm(WordsForm, AsksAboutPeople):
    """The whole of it. A photo that came with a slip in the text is kept: `photo_ticket` says which it is."""

    photo = CleanImageField(
        label=_("A photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": PHOTO_TYPES}),
    )
    photo_ticket = forms.CharField(widget=forms.HiddenInput, required=False)
    no_photo = forms.BooleanField(label=_("Leave the photo out"), required=False)
    alt = forms.CharField(
        label=_("What does the photo show?"),
        required=False,
        help_text=_("For people who cannot see it, if you add one. For example: four shops with lit windows."),
    )
    photo_ok = forms.BooleanField(
        label=_(
            "I took this photo or may use it, everybody whose face can be recognised has agreed, and no child’s face, "
            "name badge or number plate can be read"
        ),
        required=False,
    )
    side = forms.ChoiceField(
        label=_("For whom do you write?"), choices=list(SIDES.items()), widget=forms.RadioSelect, initial=Side.EDITORS
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("For which council?"), empty_label=None, to_field_name="slug"
    )
    name = forms.CharField(label=_("Your name, as others will see it"), max_length=NAME_LENGTH)
    read = ("words", "lesson", "alt")

    def __init__(
        self,
        *args: Any,
        person: Any,
        sides: list[Side],
        councils: list[Organisation],
        photo: RecordPhoto | None = None,
        ask_name: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.sides, self.kept = person, sides, photo
        # The field says in Wagtail's words what it takes; this says more, and shorter.
        told = _("We take out where and when it was taken. At most %(most)s MB.")
        self.fields["photo"].help_text = told % {"most": settings.IMAGE_MAX_MEGABYTES}
        if len(sides) < 2:
            del self.fields["side"]
        organisation: Any = self.fields["organisation"]
        organisation.queryset = Organisation.objects.filter(pk__in=[one.pk for one in councils])
        if len(councils) < 2:
            del self.fields["organisation"]
        if not ask_name:
            del self.fields["name"]
        if photo is not None:
            self.initial.setdefault("alt", photo.alt)

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        self._take_photo(told)
        if self.kept is not None:
            if "alt" not in self.errors:
                try:
                    told["alt"] = words.checked_alt(told.get("alt", ""))
                except RecordError as error:
                    self.add_error("alt", str(error))
            if not told.get("photo_ok"):
                self.add_error(
                    "photo_ok", _("Look at the photo once more, and say that it may be shown. Or leave it out.")
                )
        self.ask_about_people()
        return told

    def _take_photo(self, told: dict[str, Any]) -> None:
        """A new one wins over the one that was sent before; it is kept at once, whatever else is wrong."""
        if upload := told.get("photo"):
            try:
                self.kept = keep_photo(upload=upload, by=self.person)
            except ValueError:
                self.add_error("photo", _("This photo cannot be read. Save it as JPEG and try again."))
        elif told.get("no_photo"):
            self.kept = None
        elif ticket := told.get("photo_ticket"):
            self.kept = photo_of(ticket, by=self.person) or self.kept

    @property
    def ticket(self) -> str:
        """For the hidden field of a form that comes back."""
        return ticket_of(self.kept) if self.kept is not None and self.kept.entry_id is None else ""

    @property
    def chosen_side(self) -> str:
        return str(self.cleaned_data.get("side") or self.sides[0])

    @property
    def facts(self) -> EntryFacts:
        told = self.cleaned_data
        return EntryFacts(
            words=told["words"],
            when=told["when"],
            lesson=told["lesson"],
            source_url=told["source_url"],
            topic=told.get("topic"),
            programme=told.get("programme"),
            photo=self.kept,
            alt=told.get("alt", ""),
        )


class ReplyForm(AsksAboutPeople):
    """A reply: words, and perhaps where to read about it."""

    show_error_summary = False

    words = forms.CharField(
        label=_("Your reply"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Plain text. There is one reply for each side, so say what matters."),
        error_messages={"required": _("Write your reply.")},
    )
    source_url = forms.CharField(
        label=_("Is there something to read about it?"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"}),
    )
    name = forms.CharField(label=_("Your name, as others will see it"), max_length=NAME_LENGTH)
    field_order = ("words", "source_url", "people_ok", "name")
    read = ("words",)

    def __init__(self, *args: Any, ask_name: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ask_name:
            del self.fields["name"]

    def clean_words(self) -> str:
        return _told(words.checked_words, self.cleaned_data["words"])

    def clean_source_url(self) -> str:
        return _told(words.checked_source, self.cleaned_data["source_url"])

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        self.ask_about_people()
        return told


def _told(check: Callable[[str], str], text: str) -> str:
    try:
        return check(text)
    except RecordError as error:
        raise forms.ValidationError(str(error)) from error
