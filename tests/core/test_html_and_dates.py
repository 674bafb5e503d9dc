import re
from html.parser import HTMLParser

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from core import dates
from core.html import PROSE_TAGS, clean_prose, without_controls


class Reader(HTMLParser):
    """What a browser would make of it: elements and their attributes."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.text = [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    handle_startendtag = handle_starttag

    def handle_data(self, data):
        self.text += data


FRAGMENTS = st.sampled_from(
    [
        "<p>", "</p>", "<script>", "</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<a href='",
        "javascript:alert(1)'>", "</a>", "<b", ">", "<!--", "-->", "<style>", "</style>", "<math><mi//xlink:href=",
        "<textarea>", "<noscript>", "<iframe src=", "<ul><li>", "&lt;script&gt;", "&#x3c;", "\x00", "\ud800",
        "<p/onclick=x>", "<template>", "<xmp>", "<title>", '"', "'", "\n\n", " ", "text",
    ]
)  # fmt: skip
SOUP = st.one_of(st.text(), st.lists(st.one_of(FRAGMENTS, st.text(max_size=5)), max_size=30).map("".join))


@given(SOUP)
def test_prose_holds_only_what_is_allowed(text):
    for tag, attributes in Reader(clean_prose(text)).elements:
        assert tag in PROSE_TAGS
        assert set(attributes) <= {"href"}
        assert re.match(r"(?i)https?:|mailto:|(?![a-z0-9+.-]*:)", attributes.get("href") or "")


@given(SOUP)
def test_cleaning_twice_is_cleaning_once(text):
    once = clean_prose(text)
    assert clean_prose(once) == once


@given(SOUP)
def test_prose_can_be_stored_and_sent(text):
    clean = clean_prose(text)
    clean.encode()
    assert without_controls(clean) == clean


@given(st.text(alphabet=st.characters(exclude_characters="<>", exclude_categories=["Cc", "Cs"])))
def test_plain_text_is_kept_as_it_is(text):
    read = "".join(Reader(clean_prose(text)).text.split())
    assert read == "".join(without_controls(text).split())


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("One.\nTwo.\n\nThree.", "<p>One.<br>Two.</p><p>Three.</p>"),
        ("3 < 5 & 7 > 2", "<p>3 &lt; 5 &amp; 7 &gt; 2</p>"),
        ("<p>One</p><script>alert(1)</script>", "<p>One</p>"),
        ("<p onclick=x>One", "<p>One</p>"),
        ('<p><a href="javascript:x">One</a></p>', "<p><a>One</a></p>"),
        ('<p><a href="https://x.org/" target=_blank>One</a></p>', '<p><a href="https://x.org/">One</a></p>'),
    ],
)
def test_examples_of_prose(text, html):
    assert clean_prose(text) == html


MONTHS = st.builds("{:04d}-{:02d}".format, st.integers(1900, 2099), st.integers(1, 12))
YEARS = st.builds("{:04d}".format, st.integers(1900, 2099))
PARTIAL = st.one_of(MONTHS, YEARS)


@given(PARTIAL)
def test_partial_dates_are_accepted_and_read(value):
    dates.partial_date(value)
    assert dates.year_of(value) == int(value[:4])
    assert dates.first_day(value).isoformat().startswith(value)
    assert str(dates.year_of(value)) in dates.display(value)


@given(st.text())
def test_anything_else_is_refused_and_shown_as_it_is(value):
    if dates.PARTIAL_DATE.fullmatch(value):
        return
    with pytest.raises(ValidationError):
        dates.partial_date(value)
    assert dates.year_of(value) is None
    assert dates.first_day(value) is None
    assert dates.display(value) == value


@given(PARTIAL, PARTIAL)
def test_order_is_judged_at_the_precision_that_both_have(start, end):
    length = min(len(start), len(end))
    wrong = end[:length] < start[:length]
    if wrong:
        with pytest.raises(ValidationError):
            dates.check_order(start, end)
    else:
        dates.check_order(start, end)
