"""Every address of search, asked for whatever nobody should ask for."""

import pytest

from core.delivery import deliver_all
from tests.factories import PlaceFactory, TopicFactory, case_study, organisation

pytestmark = pytest.mark.django_db

ADDRESSES = ("/search/", "/map/", "/search/results.csv", "/feeds/search/", "/search/suggest/", "/map/embed/")
PARAMETERS = (
    "q",
    "type",
    "topic",
    "council",
    "tier",
    "region",
    "place",
    "programme",
    "outcome",
    "stage",
    "evidence",
    "cost",
    "year",
    "access",
    "like",
    "near",
    "sort",
    "page",
    "exact",
    "view",
)
VALUES = {
    "nothing": "",
    "nul": "%00",
    "controls": "%01%02%03%1F%7F",
    "bytes that are no text": "%FF%FE%C0%AF%ED%A0%80",
    "half a character": "%E2%82",
    "a broken escape": "%ZZ%",
    "very long": "a" * 20_000,
    "very many letters": "%C3%A9" * 3_000,
    "negative": "-1",
    "huge": "9" * 400,
    "fraction": "1.5",
    "exponent": "1e309",
    "not a number": "NaN",
    "infinite": "-Infinity",
    "other digits": "%D9%A1%D9%A2",
    "raised digits": "%C2%B2",
    "not a point": "NaN,NaN",
    "beyond the poles": "91,181",
    "a far point": "-90,180",
    "a point too many": "51,0,7",
    "a part of no map": "51.5,-0.1,99",
    "sql": "%27%20OR%201%3D1%20--",
    "json": "%7B%22match_all%22%3A%7B%7D%7D",
    "html": "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "template": "%7B%7B%20settings.SECRET_KEY%20%7D%7D%7B%25%20debug%20%25%7D",
    "lines": "a%0D%0ASet-Cookie:%20a=b",
    "path": "..%2F..%2Fetc%2Fpasswd",
    "right to left": "%E2%80%AEabc",
    "wildcards": "*%25_%3F",
}


@pytest.fixture
def world():
    stockport = organisation("Stockport", region="North West", tier="metropolitan", lat=53.41, lng=-2.16)
    page = case_study(
        stockport,
        title="Empty shops filled",
        topics=[TopicFactory(name="Shops", slug="shops")],
        places=[PlaceFactory(name="Old Town", slug="old-town")],
    )
    deliver_all()
    return page


def body(response):
    return b"".join(response.streaming_content if response.streaming else [response.content]).decode()


def is_sane(response):
    shown = body(response)
    assert response.status_code == 200
    assert "<script>alert(1)" not in shown
    assert "SECRET_KEY }}" in shown or "SECRET_KEY" not in shown
    assert not response.cookies
    return True


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_value_of_any_parameter_breaks_a_page(client, world, address):
    for value in VALUES.values():
        assert is_sane(client.get(f"{address}?" + "&".join(f"{name}={value}" for name in PARAMETERS)))
    for name in PARAMETERS:
        for value in ("nul", "huge", "not a point"):
            assert is_sane(client.get(f"{address}?q=shops&{name}={VALUES[value]}"))


@pytest.mark.parametrize("address", ADDRESSES)
def test_repeated_nested_and_unknown_parameters_break_nothing(client, world, address):
    for query in (
        "&".join(f"{name}[]=1&{name}[0]=1&{name}[$ne]=1&{name}.x=1" for name in PARAMETERS),
        "&".join(f"{name}=1&{name}=2" for name in PARAMETERS),
        "&".join(f"topic=t{number}" for number in range(2_000)),
        "&".join(f"x{number}=1" for number in range(2_000)),
        "&&&===&q&q=&=q&%3D=%26",
        "q=shops&q=other&sort=newest&sort=x&page=1&page=-5&near=old-town&near=51,0",
        "?q=shops",
        "q=shops#fragment",
        "q=shops;sort=newest",
    ):
        assert is_sane(client.get(f"{address}?{query}")), query


@pytest.mark.parametrize("address", ADDRESSES[:4])
def test_a_filter_that_nothing_can_have_never_finds_everything(client, world, address):
    """The value is left out and said to be unknown, or it finds nothing; it is no key to more."""
    everything = body(client.get(address)).count("Empty shops filled")
    assert everything
    for value in ("no-such-value", "shops%27", "shops%00"):
        shown = body(client.get(f"{address}?q=unfindable&topic={value}"))
        assert "Empty shops filled" not in shown


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_header_breaks_a_page(client, world, address):
    for headers in (
        {"Referer": "http://[", "Accept-Language": "x" * 5_000},
        {"Referer": "http://testserver:port/search/?q=%FF%00", "Accept": "\x80\xff"},
        {"Referer": "//[::1", "HX-Request": "true", "HX-Current-URL": "http://["},
        {"If-None-Match": '"x', "If-Modified-Since": "never", "Range": "bytes=9-1"},
        {
            "User-Agent": "x" * 20_000,
            "X-Forwarded-For": "'; DROP TABLE x",
            "Referer": "http://testserver/search/?q=" + "&" * 9_000,
        },
    ):
        response = client.get(f"{address}?q=shops", headers={"User-Agent": "Mozilla/5.0", **headers})
        assert is_sane(response), headers


def test_a_case_study_is_shown_wherever_its_reader_says_they_come_from(client, world):
    for referrer in ("http://[", "//[::1", "http://testserver/search/?q=%FF%00", "x" * 5_000):
        headers = {"User-Agent": "Mozilla/5.0", "Referer": referrer}
        assert client.get(world.url, headers=headers).status_code == 200


def test_no_value_reaches_a_header(client, world):
    response = client.get("/search/results.csv?q=a%0D%0ASet-Cookie:%20a=b")
    assert "Set-Cookie" not in response
    assert response["Content-Disposition"] == 'attachment; filename="search-results.csv"'
