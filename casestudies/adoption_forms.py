"""The form of an adoption: five minutes on a phone, without JavaScript, and nothing lost when something is wrong.

The rules are the services'; the form asks, understands and puts their messages beside their fields.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from casestudies.adoption_facts import AdoptionFacts, MeasureFacts, wrong_with
from casestudies.choices import AdoptionStatus, Better, Outcome, StopReason
from casestudies.models import Adoption, CaseStudyPage
from casestudies.permissions import can_record_for, can_record_from_source
from casestudies.selectors.adoptions import case_studies_of
from core.dates import partial_date
from core.forms import GovukForm, MonthWidget
from members.models import Organisation, OrganisationKind
from members.selectors import organisation_of
from places.models import Place
from places.points import check_point
from places.services import find_place

ANOTHER = "another"
ANOTHER_ROWS = 2
MOST_ROWS = 40


class MonthField(forms.CharField):
    """A year, or a month of a year, as two short fields."""

    widget = MonthWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=7,
            error_messages={"max_length": _("Write the month as a number from 1 to 12, and the year in four figures.")},
            **{"required": False, **kwargs},
        )

    def clean(self, value: Any) -> str:
        said: str = super().clean(value)
        if said:
            try:
                partial_date(said)
            except ValidationError:
                raise ValidationError(
                    _("Write the month as a number from 1 to 12, and the year in four figures.")
                ) from None
        return said


class MeasureForm(GovukForm):
    """One figure. A row of the original's own indicators asks only for the adopter's numbers."""

    show_error_summary = False

    indicator = forms.CharField(label=_("What you measured"), max_length=160, required=False)
    unit = forms.CharField(
        label=_("Unit"), max_length=40, required=False, help_text=_("For example: %, £, people, visits a year")
    )
    better = forms.ChoiceField(label=_("Which way is better"), choices=Better.choices, required=False)
    before = forms.FloatField(label=_("Before"), required=False, widget=forms.TextInput({"inputmode": "decimal"}))
    before_date = MonthField(label=_("When was that?"))
    after = forms.FloatField(label=_("After"), required=False, widget=forms.TextInput({"inputmode": "decimal"}))
    after_date = MonthField(label=_("When was that?"))
    source = forms.URLField(
        label=_("Where it can be checked"), required=False, max_length=500, assume_scheme="https",
        help_text=_("The address of a report or a table, if there is one."),
    )  # fmt: skip

    def __init__(self, *args: Any, of: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of = of
        if of is not None:
            for name in ("indicator", "unit", "better"):
                del self.fields[name]

    @property
    def title(self) -> str:
        if self.of:
            return f"{self.of.indicator} ({self.of.unit})"
        return _now("Something else that you measured") if self.prefix == "more-0" else _now("And something else")

    @property
    def is_open(self) -> bool:
        """Whether something stands in it, so that nobody has to look for it."""
        return bool(self.errors) or any(self[name].value() for name in self.fields if name != "better")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.says_something(cleaned):
            return cleaned
        if cleaned.get("after") is None and "after" not in self.errors:
            self.add_error("after", _("Give the figure after, or empty the other fields of this figure."))
        if self.of is None:
            for name, message in (
                ("indicator", _("Say what you measured.")),
                ("unit", _("Say what the numbers count: %, £, people, visits a year.")),
            ):
                if not cleaned.get(name):
                    self.add_error(name, message)
        if not self.errors:
            for name, wrong in wrong_with(self.facts(cleaned)).items():
                self.add_error(name, wrong)
        return cleaned

    def says_something(self, cleaned: dict[str, Any]) -> bool:
        return any(cleaned.get(name) not in (None, "") for name in self.fields if name != "better") or bool(self.errors)

    def facts(self, cleaned: dict[str, Any]) -> MeasureFacts:
        told = {name: value for name, value in cleaned.items() if value not in (None, "")}
        if self.of is not None:
            told |= {name: getattr(self.of, name) for name in ("indicator", "unit", "better", "standard_id")}
            told |= {
                name: getattr(self.of, name, "")
                for name in ("note", "sample", "sample_size", "comparison")
                if self.is_own
            }
        return MeasureFacts(**told)

    @property
    def is_own(self) -> bool:
        """Whether the row is of a figure that the adoption has already."""
        return hasattr(self.of, "adoption_id")


class AdoptionForm(GovukForm):
    """For a new record, or with `adoption` for a change of one."""

    organisation = forms.ChoiceField(label=_("Who tried it"))
    other_organisation = forms.CharField(
        label=_("Name of the council or community"),
        required=False,
        max_length=160,
        help_text=_("As its page on this site has it, for example: Stockport."),
    )
    place = forms.ModelChoiceField(
        Place.objects.none(),
        label=_("Where"),
        required=False,
        empty_label=_("The whole area, or a place that is not in this list"),
    )
    new_place = forms.CharField(
        label=_("A town, parish or neighbourhood that is not in the list"), required=False, max_length=120
    )
    lat = forms.FloatField(
        label=_("Latitude"), required=False, help_text=_("For example 53.41"), widget=forms.TextInput
    )
    lng = forms.FloatField(
        label=_("Longitude"), required=False, help_text=_("For example -2.16"), widget=forms.TextInput
    )
    point_is_right = forms.BooleanField(label=_("This point is right"), required=False)
    status = forms.ChoiceField(
        label=_("Where does it stand?"), choices=AdoptionStatus.choices, widget=forms.RadioSelect
    )
    started = MonthField(label=_("When did it start?"), help_text=_("For example 3 2024. The year alone will do."))
    ended = MonthField(label=_("When did it stop?"), help_text=_("Only if it has stopped."))
    outcome = forms.ChoiceField(
        label=_("Did it work for you?"),
        required=False,
        choices=[*Outcome.choices, ("", _("I cannot say"))],
        widget=forms.RadioSelect,
    )
    reasons = forms.MultipleChoiceField(
        label=_("Why did it stop, or not work?"),
        required=False,
        choices=StopReason.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only if it stopped or did not work. Choose all that apply."),
    )
    other_reason = forms.CharField(label=_("If something else: what was it?"), required=False, max_length=200)
    changed = forms.CharField(
        label=_("What did you do differently?"), required=False, max_length=2000, widget=forms.Textarea({"rows": 3})
    )
    words = forms.CharField(
        label=_("What happened, in a few sentences?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("What you would tell a colleague who is about to try it."),
    )
    own_case_study = forms.ModelChoiceField(
        CaseStudyPage.objects.none(),
        label=_("Your own case study about it"),
        required=False,
        empty_label=_("We have not written one"),
    )
    source_url = forms.URLField(
        label=_("Address of the public source"), required=False, max_length=500, assume_scheme="https"
    )
    source_title = forms.CharField(label=_("Title of the source"), required=False, max_length=200)

    def __init__(
        self, *args: Any, person: Any, case_study: CaseStudyPage, adoption: Adoption | None = None, **kwargs: Any
    ) -> None:
        if adoption is not None:
            kwargs["initial"] = _initial(adoption)
        super().__init__(*args, **kwargs)
        self.person, self.case_study, self.adoption = person, case_study, adoption
        self.origin = organisation_of(case_study)
        self.own = [adoption.organisation] if adoption else self._organisations_of(person)
        self._ask_for_the_organisation()
        self._offer_what_they_have()
        if not can_record_from_source(person) or (adoption is not None and not adoption.source_url):
            del self.fields["source_url"], self.fields["source_title"]
        self.measures = list(self._measure_forms())

    # --- what is asked ---------------------------------------------------------------------------

    def _organisations_of(self, person: Any) -> list[Organisation]:
        found = Organisation.objects.with_role(person).exclude(kind=OrganisationKind.NETWORK).order_by("short_name")
        return [one for one in found if self.origin is None or one.pk != self.origin.pk]

    def _ask_for_the_organisation(self) -> None:
        if self.adoption is not None:
            del self.fields["organisation"], self.fields["other_organisation"]
        elif not self.own:
            del self.fields["organisation"]
            self.fields["other_organisation"].required = True
            self.fields["other_organisation"].label = _("Who tried it: the name of the council or community")
            self.fields["other_organisation"].error_messages["required"] = _(
                "Write the name of the council or community that tried it."
            )
        else:
            ours = [(str(one.pk), one.name) for one in self.own]
            field: Any = self.fields["organisation"]
            field.choices = [*ours, (ANOTHER, _("Another council or community"))]
            self.fields["other_organisation"].label = _("If another: its name")

    def _offer_what_they_have(self) -> None:
        place: Any = self.fields["place"]
        known = Q(organisations__in=self.own)
        if self.adoption is not None and self.adoption.place_id:
            known |= Q(pk=self.adoption.place_id)
        place.queryset = Place.objects.filter(known).distinct()
        own: Any = self.fields["own_case_study"]
        mine = case_studies_of(self.own).visible_to(self.person).exclude(pk=self.case_study.pk)
        own.queryset = mine.without_texts().order_by("title")
        if not self.own:
            del self.fields["place"], self.fields["own_case_study"]

    def _measure_forms(self) -> Iterator[MeasureForm]:
        """First the figures that the record has, then the original's that it has not, then room for others."""
        data = self.data if self.is_bound else None
        own = list(self.adoption.measures.all()) if self.adoption else []
        theirs = {one.same_as for one in own}
        rows = [(f"own-{one.pk}", one) for one in own]
        rows += [(f"of-{one.pk}", one) for one in self.case_study.measures.all() if one.same_as not in theirs]
        for prefix, one in rows[:MOST_ROWS]:
            start = None
            if prefix.startswith("own"):
                start = {
                    name: getattr(one, name) for name in ("before", "before_date", "after", "after_date", "source")
                }
            yield MeasureForm(data, prefix=prefix, of=one, initial=start)
        for number in range(ANOTHER_ROWS):
            yield MeasureForm(data, prefix=f"more-{number}")

    # --- what was answered -----------------------------------------------------------------------

    def is_valid(self) -> bool:
        figures = [form.is_valid() for form in self.measures]
        return super().is_valid() and all(figures)

    @property
    def measure_errors(self) -> list[dict[str, str]]:
        """For the summary at the top of the page."""
        from core.forms import error_in_context, focus_id

        return [
            {
                "text": f"{form.title}: {error_in_context(field, str(text))}",
                "href": f"#{focus_id(field)}",
            }
            for form in self.measures
            for field in form
            for text in field.errors
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["adopter"] = self._adopter(cleaned)
        if cleaned["adopter"] is not None:
            self._understand_the_place(cleaned)
            self._ask_editors_for_the_source(cleaned)
        return cleaned

    def _adopter(self, cleaned: dict[str, Any]) -> Organisation | None:
        if self.adoption is not None:
            return self.adoption.organisation
        chosen, name = cleaned.get("organisation"), (cleaned.get("other_organisation") or "").strip()
        if chosen and chosen != ANOTHER:
            return next(one for one in self.own if str(one.pk) == chosen)
        if not name:
            if chosen == ANOTHER:
                self.add_error("other_organisation", _("Write its name."))
            return None
        return self._named(name)

    def _named(self, name: str) -> Organisation | None:
        listed = Organisation.objects.listed().exclude(kind=OrganisationKind.NETWORK)
        found = list(listed.filter(Q(name__iexact=name) | Q(short_name__iexact=name) | Q(slug__iexact=name))[:5])
        if len(found) == 1:
            return found[0]
        if found:
            names = [one.name for one in found]
            exact = [one for one in found if one.name.casefold() == name.casefold()]
            if len(exact) == 1:
                return exact[0]
            message = _("There is more than one of that name. Write one of these: %(names)s.")
        else:
            known = {one.casefold(): one for pair in listed.values_list("name", "short_name") for one in pair}
            names = [known[one] for one in get_close_matches(name.casefold(), known, n=3, cutoff=0.6)]
            message = (
                _("We do not know a council or community of that name. Did you mean %(names)s?")
                if names
                else _("We do not know a council or community of that name. Look for it on the page of councils.")
            )
        self.add_error("other_organisation", message % {"names": ", ".join(names)})
        return None

    def _understand_the_place(self, cleaned: dict[str, Any]) -> None:
        """A place from the list, one that we know by name, or a new one that its organisation vouches for."""
        adopter: Organisation = cleaned["adopter"]
        cleaned["point"] = None
        chosen, name = cleaned.get("place"), " ".join((cleaned.get("new_place") or "").split())
        if name and chosen:
            self.add_error("new_place", _("Choose a place from the list, or write a new one: not both."))
        elif name:
            known = find_place(name=name, organisation=adopter)
            if known is not None:
                cleaned["place"] = known
            elif can_record_for(self.person, adopter) or can_record_from_source(self.person):
                self._understand_the_point(cleaned, adopter)
            else:
                self.add_error(
                    "new_place",
                    _("We do not know this place of %(organisation)s. Leave it empty, and say where in your own words.")
                    % {"organisation": adopter.short_name},
                )
        elif (
            chosen
            and adopter.pk not in {one.pk for one in chosen.organisations.all()}
            and not (self.adoption and self.adoption.place_id == chosen.pk)
        ):
            self.add_error("place", _("Choose a place of the organisation that tried it."))

    def _understand_the_point(self, cleaned: dict[str, Any], adopter: Organisation) -> None:
        lat, lng = cleaned.get("lat"), cleaned.get("lng")
        if {"lat", "lng"} & set(self.errors):
            return
        if lat is None and lng is None:
            lat, lng = adopter.lat, adopter.lng
        if lat is None or lng is None:
            self.add_error("lat", _("Give both numbers of the point, so that the place can stand on the map."))
            return
        try:
            check_point(lat=lat, lng=lng, is_right=bool(cleaned.get("point_is_right")))
        except ValidationError as wrong:
            take_errors(self, wrong)
            return
        cleaned["point"] = (lat, lng)

    def _ask_editors_for_the_source(self, cleaned: dict[str, Any]) -> None:
        missing = not cleaned.get("source_url") and "source_url" not in self.errors
        if self.adoption is None and self.from_source and missing:
            self.add_error("source_url", _("You do not speak for it, so give the public source."))

    @property
    def from_source(self) -> bool:
        """Whether an editor writes up what a public source says of somebody else."""
        adopter = self.cleaned_data.get("adopter")
        return can_record_from_source(self.person) and not (adopter and can_record_for(self.person, adopter))

    def facts(self, *, place: Place | None) -> AdoptionFacts:
        """The answers as the services take them."""
        said = self.cleaned_data
        names = ("status", "started", "ended", "outcome", "reasons", "other_reason", "changed", "words")
        return AdoptionFacts(
            **{name: said[name] for name in names},
            place=place,
            own_case_study=said.get("own_case_study"),
            measures=[one.facts(one.cleaned_data) for one in self.measures if one.says_something(one.cleaned_data)],
        )


def take_errors(form: forms.BaseForm, wrong: ValidationError) -> None:
    """Put a service's messages beside their fields; what has no field here goes to the top."""
    instead = {"organisation": "other_organisation"}
    for name, messages in wrong.message_dict.items():
        field = name if name in form.fields else instead.get(name, "")
        form.add_error(field if field in form.fields else None, messages)


def _initial(adoption: Adoption) -> dict[str, Any]:
    names = (
        "status", "started", "ended", "outcome", "reasons", "other_reason", "changed", "words", "source_url",
        "source_title",
    )  # fmt: skip
    told = {name: getattr(adoption, name) for name in names}
    return told | {"place": adoption.place_id, "own_case_study": adoption.own_case_study_id}
