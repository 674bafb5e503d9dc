"""What looks like somebody's personal details in a text, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.personal_details import personal_data


def kinds(text):
    return [(str(found.kind), found.text) for found in personal_data(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ring Jo on 07700 900123.", ("phone", "07700 900123")),
        ("Ring +44 7700 900 123 now", ("phone", "+44 7700 900 123")),
        ("Ring +44 (0)161 496 0123", ("phone", "+44 (0)161 496 0123")),
        ("(0161) 496 0123", ("phone", "(0161) 496 0123")),
        ("0161-496-0123", ("phone", "0161-496-0123")),
        ("01632 960123", ("phone", "01632 960123")),
        ("jo.bloggs@stockport.gov.uk", ("email", "jo.bloggs@stockport.gov.uk")),
        ("parks@gmail.com", ("email", "parks@gmail.com")),
        ("j.bloggs2@example.org", ("email", "j.bloggs2@example.org")),
        ("She lives at 12 Acacia Avenue.", ("address", "lives at 12 Acacia Avenue")),
        ("12 Acacia Avenue, Stockport SK1 3XE", ("address", "12 Acacia Avenue, Stockport SK1 3XE")),
        ("Flat 2, 14 High Street", ("address", "Flat 2, 14 High Street")),
        ("22a, SK1 3XE", ("address", "22a, SK1 3XE")),
        ("NI number AB 12 34 56 C", ("ni_number", "AB 12 34 56 C")),
        ("NHS number 943 476 5919", ("nhs_number", "943 476 5919")),
    ],
)
def test_personal_details_are_found(text, found):
    assert kinds(f"<p>Before. {text}</p>") == [found]


@pytest.mark.parametrize(
    "text",
    [
        "Call 0300 123 4567, 0800 111 or 0808 800 1234; for the police 101.",
        "The switchboard is 0161 480 4949.",
        "Customer services: 01625 500500",
        "parks@stockport.gov.uk or high-street.team@kirklees.gov.uk",
        "info@friends-of-the-park.org.uk",
        "The Town Hall, 1 Edward Street, Stockport SK1 3XE",
        "Brinnington Library, 12 Northumberland Road, Stockport SK5 8LL",
        "Shops on the High Street fell from 120 to 98 in SK1.",
        "£1,234,567 over 2019-2020; 0.0161496012 of it; 20,161,496 visits",
        "Grant reference 9434765918 and 1111111111",
        "In 2014 Road closures; 31 December",
        "https://example.org/0161-496-0123",
        "QQ 12 34 56 C is the example that HMRC gives",
        "",
    ],
)
def test_what_is_public_or_only_looks_alike_is_not(text):
    assert kinds(text) == []


def test_each_is_named_once_and_in_its_order():
    text = "<p>07700 900123</p><p>jo.bloggs@example.org</p><p>07700&nbsp;900 123</p>"
    assert [kind for kind, _text in kinds(text)] == ["phone", "email"]


def test_a_tick_is_for_that_text_however_it_is_spaced():
    (first,), (second,), (other,) = (
        personal_data("07700 900123"), personal_data("(07700) 900-123"), personal_data("07700 900124"),
    )  # fmt: skip
    assert first.key == second.key != other.key


def test_two_lines_of_a_table_are_not_one_number():
    assert kinds("<table><tr><td>01614</td><td>960123</td></tr></table>") == []


@given(st.text(max_size=400))
def test_any_text_can_be_searched(text):
    for found in personal_data(text):
        assert found.text
        assert found.key
