"""Our forms as a reader meets them: labels, hints, errors tied to their fields, and the summary that leads to them."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.template import Context, Template

from core.forms import DatePartsWidget, GovukForm


class Visit(GovukForm):
    name = forms.CharField(label="Your name", help_text="As you want it shown.")
    outcome = forms.ChoiceField(
        label="What happened?", choices=[("a", "Worked"), ("b", "Not")], widget=forms.RadioSelect
    )
    topics = forms.MultipleChoiceField(label="Topics", choices=[("p", "Pubs")], widget=forms.CheckboxSelectMultiple)
    tier = forms.ChoiceField(label="Tier", choices=[("", "Choose"), ("c", "County")], required=False)
    started = forms.DateField(label="When did it start?", widget=DatePartsWidget(), help_text="For example, 27 3 2024")
    story = forms.CharField(label="What did not work?", widget=forms.Textarea, required=False)
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    photo = forms.FileField(label="Photo", required=False)
    agree = forms.BooleanField(label="I agree to the rules")
    where = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self):
        raise forms.ValidationError("The form as a whole is wrong.")


def soup_of(form):
    return BeautifulSoup(str(form), "html.parser")


def words(soup):
    return " ".join(soup.get_text(" ").split())


@pytest.fixture
def wrong():
    return soup_of(Visit({"started_0": "31", "started_1": "2", "started_2": "2024", "tier": "c"}))


def test_every_control_has_a_label():
    soup = soup_of(Visit())
    for control in soup.find_all(["input", "select", "textarea"]):
        if control.get("type") != "hidden":
            assert soup.find("label", {"for": control["id"]}), control
    for group in soup.find_all("fieldset"):
        assert words(group.legend)


def test_hints_are_read_with_their_field():
    soup = soup_of(Visit())
    assert words(soup.find(id=soup.find(id="id_name")["aria-describedby"])) == "As you want it shown."
    dates = soup.find(id="id_started_0").find_parent("fieldset")
    assert words(soup.find(id=dates["aria-describedby"])) == "For example, 27 3 2024"


def test_optional_fields_say_so():
    labels = {label["for"]: words(label) for label in soup_of(Visit()).find_all("label")}
    assert labels["id_story"] == "What did not work? (optional)"
    assert labels["id_name"] == "Your name"


def test_errors_are_read_with_their_field(wrong):
    name = wrong.find(id="id_name")
    assert name["aria-invalid"] == "true"
    described = [words(wrong.find(id=part)) for part in name["aria-describedby"].split()]
    assert described == ["As you want it shown.", "Error: This field is required."]


def test_the_summary_leads_to_every_field_that_is_wrong(wrong):
    summary = wrong.find(class_="govuk-error-summary")
    assert summary.find(role="alert")
    assert "The form as a whole is wrong." in words(summary)
    links = {a["href"]: words(a) for a in summary.find_all("a")}
    assert links["#id_name"] == "Your name: This field is required."
    assert links["#id_started_0"] == "When did it start? Enter a valid date."
    assert set(links) == {"#id_name", "#id_outcome_0", "#id_topics_0", "#id_started_0", "#id_password", "#id_agree"}
    for href in links:
        assert wrong.find(id=href[1:]), href


def test_what_was_typed_is_kept(wrong):
    assert [wrong.find(id=f"id_started_{n}")["value"] for n in range(3)] == ["31", "2", "2024"]
    assert wrong.find("option", selected=True)["value"] == "c"


def test_a_form_that_nobody_sent_has_no_summary():
    assert soup_of(Visit()).find(class_="govuk-error-summary") is None


@pytest.mark.parametrize(
    ("parts", "expected"),
    [(("7", "3", "2024"), date(2024, 3, 7)), (("07", " 03 ", "2024"), date(2024, 3, 7)), (("", "", ""), None)],
)
def test_a_date_in_three_parts(parts, expected):
    class Start(GovukForm):
        started = forms.DateField(widget=DatePartsWidget(), required=False)

    form = Start({f"started_{n}": part for n, part in enumerate(parts)})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["started"] == expected


@pytest.mark.parametrize("parts", [("31", "2", "2024"), ("", "3", "2024"), ("x", "y", "z"), ("1", "1", "99999")])
def test_half_a_date_is_refused(parts):
    class Start(GovukForm):
        started = forms.DateField(widget=DatePartsWidget(), required=False)

    assert not Start({f"started_{n}": part for n, part in enumerate(parts)}).is_valid()


def test_a_date_that_is_known_is_shown_in_its_parts():
    soup = soup_of(Visit(initial={"started": date(2024, 3, 7)}))
    assert [soup.find(id=f"id_started_{n}")["value"] for n in range(3)] == ["7", "3", "2024"]


def test_hostile_text_stays_text():
    soup = soup_of(Visit({"name": '"><script>alert(1)</script>', "story": "</textarea><script>x</script>"}))
    assert soup.find("script") is None
    assert soup.find(id="id_story").get_text().strip() == "</textarea><script>x</script>"


def test_a_library_form_can_wear_our_templates():
    class Theirs(forms.Form):
        email = forms.EmailField(label="Email")

    soup = BeautifulSoup(
        Template("{% load components %}{% govuk_form form %}").render(Context({"form": Theirs({"email": ""})})),
        "html.parser",
    )
    assert soup.find("input", {"type": "email"})["aria-invalid"] == "true"
    assert words(soup.find(class_="govuk-error-summary").a) == "Email: This field is required."


def test_forms_that_are_not_ours_keep_djangos_templates():
    class Plain(forms.Form):
        email = forms.EmailField()

    assert "govuk" not in str(Plain())
