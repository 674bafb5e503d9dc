"""What the CMS says to an editor of a programme."""

import pytest
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from places.models import ProgrammePage
from tests.factories import PlaceFactory, UserFactory, programme

pytestmark = pytest.mark.django_db


TEXTS = ("what_it_is", "current_state", "who_may_use", "legal_basis")


def form_for(page, person, *, steps=(), sources=(), places=(), draft=False, **fields):
    data = nested_form_data(
        {
            **{name: rich_text("<p>Text.</p>") for name in TEXTS},
            "title": "Right to Bid", "slug": "right-to-bid", "summary": "A pause in a sale.", "kind": "right",
            "use": "", "checked_on": "", "started": "", "ended": "", "nation": "England", "in_force": "",
            "steps": inline_formset(list(steps)),
            "sources": inline_formset(list(sources)),
            "programme_places": inline_formset(list(places)),
            "comments": inline_formset([]),
            **fields,
        }
    )  # fmt: skip
    form_class = ProgrammePage.get_edit_handler().get_form_class()
    form = form_class(data, instance=page, for_user=person, parent_page=page.get_parent())
    if draft:
        form.defer_required_fields()
    form.is_valid()
    rows = {f"{name}.{key}": list(errors) for name, rows in form.formsets.items() for row in rows.forms
            for key, errors in row.errors.items()}  # fmt: skip
    return {name: list(errors) for name, errors in form.errors.items()} | rows


def test_an_editor_is_told_plainly_what_is_wrong(time_machine):
    time_machine.move_to("2026-11-23")
    page, person = programme(), UserFactory(administrator=True)
    address = ["Give a web address that begins with https:// or http://."]
    step, link = {"title": "Ask", "text": "", "who": "", "takes": ""}, {"title": "The Act", "kind": "law"}
    place = PlaceFactory().pk
    for case, given, expected in (
        ("all is well", {"use": "open", "checked_on": "2026-11-23", "started": "2012", "steps": [step]}, {}),
        (
            "ends before it starts",
            {"started": "2012-06", "ended": "2011"},
            {"ended": ["The end comes before the start."]},
        ),
        (
            "open and over",
            {"use": "open", "checked_on": "2026-11-01", "ended": "2026-10"},
            {"use": ["It has an end date that has passed. Choose “Closed”, or remove the date."]},
        ),
        ("over this month", {"use": "open", "checked_on": "2026-11-01", "ended": "2026-11"}, {}),
        ("no day", {"use": "ask"}, {"checked_on": ["Say on which day somebody looked: readers rely on it."]}),
        (
            "a day to come",
            {"use": "ask", "checked_on": "2027-01-01"},
            {"checked_on": ["This day lies ahead. When did somebody look?"]},
        ),
        (
            "a stage without a name",
            {"steps": [{**step, "title": "", "text": "Wait."}]},
            {"steps.title": ["Give this stage a name, or delete it."]},
        ),
        ("a script", {"sources": [{**link, "url": "javascript:alert(1)"}]}, {"sources.url": address}),
        ("another protocol", {"sources": [{**link, "url": "ftp://example.org/act"}]}, {"sources.url": address}),
        ("words", {"sources": [{**link, "url": "see the library"}]}, {"sources.url": address}),
        (
            "a row without a place",
            {"places": [{"place": ""}]},
            {"programme_places.place": ["Choose a place, or delete this row."]},
        ),
        ("a place", {"places": [{"place": place}]}, {}),
        ("a draft may contradict itself", {"started": "2012", "ended": "2011", "use": "open", "draft": True}, {}),
    ):
        assert form_for(page, person, **given) == expected, case
