"""What people type comes out as paragraphs, lists and links, and nothing else."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.plain_text import tidy
from discussion.text import render

ALLOWED = {"blockquote", "p", "br", "ul", "ol", "li", "a"}


class Seen(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def elements(html):
    seen = Seen()
    seen.feed(str(html))
    return seen.found


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("One\n\nTwo", "<p>One</p><p>Two</p>"),
        ("One\nTwo", "<p>One<br>Two</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("We saw:\n* a\n• b\nand left", "<p>We saw:</p><ul><li>a</li><li>b</li></ul><p>and left</p>"),
        ("1. a\n2) b", "<ol><li>a</li><li>b</li></ol>"),
        ("2013 was good. -3 degrees", "<p>2013 was good. -3 degrees</p>"),
        ("Fish & chips < £5", "<p>Fish &amp; chips &lt; £5</p>"),
        ("Llŷn ac Eryri 🏴󠁧󠁢󠁷󠁬󠁳󠁿 日本", "<p>Llŷn ac Eryri 🏴󠁧󠁢󠁷󠁬󠁳󠁿 日本</p>"),
    ],
)
def test_plain_text_becomes_paragraphs_and_lists(typed, html):
    assert render(typed) == html


@pytest.mark.parametrize(
    ("typed", "href", "rest"),
    [
        ("See https://example.org/a. Next", "https://example.org/a", ". Next"),
        ("(https://example.org/a) yes", "https://example.org/a", ") yes"),
        ("On example.gov.uk today", "https://example.gov.uk", " today"),
        ('https://example.org/?q="><script>', "https://example.org/?q=", ""),
    ],
)
def test_addresses_become_links_that_pass_nothing_on(typed, href, rest):
    html = render(typed)
    links = [attrs for tag, attrs in elements(html) if tag == "a"]
    assert [link["href"] for link in links] == [href]
    assert links[0]["rel"] == "nofollow ugc noopener"
    assert rest in html


@pytest.mark.parametrize("typed", ["readme.md", "e.g. this", "a@b.example", "javascript:alert(1)", "ftp://x.org/y"])
def test_what_is_no_web_address_is_no_link(typed):
    assert "<a" not in render(typed)


HOSTILE = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    '<a href="https://example.org" onclick="alert(1)">x</a>',
    "<p style='position:fixed'>x",
    "<b><i><u>unclosed",
    "</p></div></section><h1>big",
    "<svg/onload=alert(1)>",
    "<!--<img src=x onerror=alert(1)>-->",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "https://example.org/<script>alert(1)</script>",
    "https://example.org/'onmouseover='alert(1)",
    "- <iframe src=//evil.example>\n1. <style>*{display:none}</style>",
    "[x](javascript:alert(1))",
    "{{ 7*7 }} {% load x %} ${7*7}",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_html_is_shown_not_obeyed(typed):
    _is_harmless(render(tidy(typed)))


@given(st.text(alphabet=st.sampled_from("<>&\"'/=- \n*1.:abcjavscripthtps@{}%\u202e\u200b"), max_size=200))
def test_no_text_makes_another_element_or_attribute(typed):
    _is_harmless(render(tidy(typed)))


def _is_harmless(html):
    for tag, attrs in elements(html):
        assert tag in ALLOWED
        assert set(attrs) <= ({"href", "rel"} if tag == "a" else set())
        assert tag != "a" or re.match(r"https?://", attrs["href"], re.I)


@pytest.mark.parametrize("typed", ["", " ", "\n\n\t", "\u200b\u200b", "\u00a0", "\u202e", "\x00\x01", "\ufeff \u2060"])
def test_what_cannot_be_seen_is_nothing(typed):
    assert tidy(typed) == ""


def test_tidying_keeps_words_and_drops_what_misleads():
    assert tidy("a\r\nb\r\n\r\n\r\n\r\nc\x00 \u202egnp.exe") == "a\nb\n\nc gnp.exe"
