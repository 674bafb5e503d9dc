"""Whatever a file says, the page that comes of it runs nothing of it."""

import json
import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from casestudies.models import CaseStudyPage
from places.models import Place
from tests.casestudies.importing import bring_in, checked, neighbours, row

pytestmark = pytest.mark.django_db

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<p>One <a href=\"javascript:alert(1)\">two</a> <a href='jAvAsCrIpT&colon;alert(1)'>three</a></p>",
    '<p><a href="data:text/html,<script>alert(1)</script>">one</a></p>',
    "<svg onload=alert(1)><animate onbegin=alert(1)>",
    "<p><b onmouseover=alert(1)>unclosed <i",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "</script></title></style></textarea><script>alert(1)</script><p>",
    "<p style=\"background:url(javascript:alert(1))\">x</p><iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "{{ 7|add:35 }}{% debug %}<embed linktype='page' id='1'><embed embedtype='media' url='https://evil.example/'>",
]
ATTACK = " ".join(ATTACKS)

PLACE = {"lat": 53.4, "lng": -2.3}
MEASURE = {"indicator": "x", "unit": "%", "before": 2, "after": 1, "comparison": "before_and_after"}
# Every text of the format, as a row that carries the attack in it. Short ones carry one attack each.
FIELDS = {
    **{name: lambda a, name=name: {name: a} for name in ("problem", "who_for", "approach", "results", "did_not_work")},
    **{name: lambda a, name=name: {name: a} for name in ("what_next", "advice", "summary", "title", "funder")},
    **{name: lambda a, name=name: {name: a[:120]} for name in ("staff_time", "time_to_first_result", "cost_note")},
    "ended_reason": lambda a: {"ended_reason": a, "stage": "ended"},
    "tags": lambda a: {"tags": [a[:100]]},
    "partners": lambda a: {"partners": [a]},
    "places.name": lambda a: {"places": [PLACE | {"name": a[:120]}]},
    "lessons.lesson": lambda a: {"lessons": [{"lesson": a, "why": "x"}]},
    "lessons.why": lambda a: {"lessons": [{"lesson": "x", "why": a}]},
    "risks.risk": lambda a: {"risks": [{"risk": a, "response": "x"}]},
    "risks.response": lambda a: {"risks": [{"risk": "x", "response": a}]},
    "milestones.text": lambda a: {"milestones": [{"date": "2013", "text": a}]},
    "advice.need": lambda a: {"advice": [{"kind": "people", "need": a}]},
    "sources.title": lambda a: {"sources": [{"title": a, "url": "https://example.org/"}]},
    "measures.indicator": lambda a: {"measures": [MEASURE | {"indicator": a}]},
    "measures.unit": lambda a: {"measures": [MEASURE | {"unit": a[:40]}]},
    "measures.sample": lambda a: {"measures": [MEASURE | {"sample": a[:160]}]},
    "measures.note": lambda a: {"measures": [MEASURE | {"note": a}]},
    "id": lambda a: {"id": a[:120]},
}


class Page(HTMLParser):
    """The elements that a browser would make of the page, less the data blocks that it does not run."""

    def __init__(self, html):
        super().__init__()
        self.found, self.data, self._in_data = [], [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self._in_data = tag == "script" and attributes.get("type") == "application/ld+json"
        if not self._in_data:
            self.found.append((tag, attributes))

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag):
        self._in_data = False

    def handle_data(self, data):
        if self._in_data:
            self.data.append(data)


def assert_harmless(html):
    page = Page(html)
    for tag, attributes in page.found:
        assert not [name for name in attributes if name.startswith("on") or name in {"srcdoc", "formaction"}], (
            tag,
            attributes,
        )
        assert tag not in {"iframe", "object", "embed", "animate", "style", "base"}, tag
        if tag == "script":
            assert attributes["src"].startswith("/static/"), attributes
        for name in ("href", "src", "action", "xlink:href"):
            address = re.sub(r"[\x00-\x20]", "", attributes.get(name) or "").lower()
            assert re.match(r"https?://|mailto:|[/#?]|$", address), (tag, attributes)
            assert "evil.example" not in address
    for block in page.data:
        json.loads(block)


@pytest.fixture
def reader():
    neighbours()
    return Client()


LONG = {"problem", "who_for", "approach", "results", "did_not_work", "what_next", "advice", "lessons.why"}
LONG |= {"risks.response"}


def rows_of(attack, number):
    """Two case studies with the attack in every text of the format at once: advice is a text, or a list of needs."""
    for name, left_out in (("text", "advice.need"), ("needs", "advice")):
        values = {}
        for field, made in FIELDS.items():
            if field != left_out:
                for key, value in made(ATTACK if field in LONG else attack).items():
                    both = isinstance(value, list) and isinstance(value[0], dict) and key in values
                    values[key] = [values[key][0] | changed(value[0], attack)] if both else value
        yield row(**values | {"id": f"{name} {number} {attack[:80]}"})


def changed(part, attack):
    """What this field puts into the part that it shares with others."""
    return {key: value for key, value in part.items() if value != "x" and value != MEASURE.get(key)}


def test_hostile_text_is_harmless_wherever_it_is_shown(reader):
    """Every text of the format with every attack, on its own page, in lists, and on the pages of its places."""
    rows = [one for number, attack in enumerate(ATTACKS) for one in rows_of(attack, number)]
    bring_in(*rows)
    pages = CaseStudyPage.objects.live()
    assert len(pages) == len(rows)
    told = str(list(CaseStudyPage.objects.values_list("summary", "staff_time", "funder", "title"))) + str(
        [[one.lesson for one in page.lessons.all()] + [one.unit for one in page.measures.all()] for page in pages]
    )
    assert told.count("onerror=alert(1)") >= 10, "it has come as far as the database"
    paths = ["/", "/councils/stockport/", "/topics/", "/places/", *(page.get_url() for page in pages)]
    for path in paths + [place.get_absolute_url() for place in Place.objects.all()]:
        response = reader.get(path)
        assert response.status_code == 200, path
        assert_harmless(response.content.decode())


@pytest.mark.parametrize("field", ["source_url", "sources.url", "measures.source"])
@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example/",
        "https://",
        "vbscript:x",
        "https://ex ample.org/",
        ATTACK,
    ],
)
def test_an_address_that_is_none_is_refused(field, address):
    neighbours()
    fields = {
        "source_url": {"source_url": address},
        "sources.url": {"sources": [{"title": "x", "url": address}]},
        "measures.source": {"measures": [MEASURE | {"source": address}]},
    }[field]
    _, rejection = checked(row(**fields))[0]
    assert "write a whole address" in rejection.reasons[0]


def test_quotes_in_an_address_stay_in_the_address(reader):
    address = 'https://example.org/?q="><script>alert(1)</script>'
    bring_in(
        row(source_url=address, sources=[{"title": "x", "url": address}], measures=[MEASURE | {"source": address}])
    )
    assert_harmless(reader.get(CaseStudyPage.objects.get().get_url()).content.decode())
