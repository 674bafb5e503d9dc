"""Does it travel? What became of the adoptions: in a sentence, in a list, and whom they are ranked for."""

from itertools import product
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import Site

from casestudies.choices import AdoptionStatus, Outcome, StopReason, WrittenBy
from casestudies.models import Adoption, AdoptionMeasure
from casestudies.travel import adoption_dates, outcome_summary, tally
from discussion.models import Comment
from members.models import Organisation
from tests.factories import PlaceFactory, UserFactory, adoption, case_study, member, organisation

db = pytest.mark.django_db


def tried(outcome="", status="running", *reasons, other_reason=""):
    return SimpleNamespace(outcome=outcome, status=status, reasons=list(reasons), other_reason=other_reason)


def look(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


WORKED, PARTLY, FAILED, EARLY = "worked", "partly_worked", "did_not_work", "too_early"


@pytest.mark.parametrize(
    ("adoptions", "sentence"),
    [
        ([], ""),
        ([tried(WORKED)], "Tried in 1 place: worked in 1."),
        (
            [
                *[tried(WORKED)] * 4,
                tried(PARTLY),
                tried("", "stopped", "money"),
                tried(FAILED, "stopped", "money", "rules"),
            ],
            "Tried in 7 places: worked in 4, partly in 1, stopped in 2, most often because of money.",
        ),
        ([tried(FAILED), tried(WORKED, "stopped")], "Tried in 2 places: worked in 1, did not work in 1."),
        (
            [tried(FAILED, "stopped", "people", "money")],
            "Tried in 1 place: stopped in 1, because of money and because of people.",
        ),
        (
            [tried(FAILED, "stopped", "money", "people", "rules")],
            "Tried in 1 place: stopped in 1.",
        ),
        ([tried(FAILED, "stopped", "other", other_reason="A flood")], "Tried in 1 place: stopped in 1."),
        ([tried("", "interested")], "1 place is interested or planning."),
        ([tried("", "planning"), tried("", "interested")], "2 places are interested or planning."),
        (
            [tried(EARLY, "trying"), tried(), tried("", "planning")],
            "Tried in 2 places: too early to say in 2. 1 more is interested or planning.",
        ),
        (
            [tried(FAILED, "stopped", "context"), tried(PARTLY, "running", "context")],
            "Tried in 2 places: partly in 1, stopped in 1, most often because the place is different.",
        ),
    ],
)
def test_the_sentence(adoptions, sentence):
    assert outcome_summary(adoptions) == sentence


any_adoption = st.builds(
    tried,
    st.sampled_from(["", *Outcome.values]),
    st.sampled_from(AdoptionStatus.values),
    st.sampled_from(StopReason.values),
)


@given(st.lists(any_adoption, max_size=30))
def test_each_adoption_counts_once_and_the_order_does_not_matter(adoptions):
    found = tally(adoptions)
    assert found.tried + found.ahead == len(adoptions)
    assert outcome_summary(adoptions) == outcome_summary(adoptions[::-1])


@pytest.mark.parametrize(
    ("started", "ended", "status", "words"),
    [
        ("2024-03", "2024-09", "stopped", "March 2024 to September 2024"),
        ("2024", "2024", "stopped", "2024"),
        ("2024-03", "", "running", "Since March 2024"),
        ("2027", "", "planning", "From 2027"),
        ("", "2024", "stopped", "Until 2024"),
        ("", "", "running", ""),
    ],
)
def test_dates_in_words(started, ended, status, words):
    assert adoption_dates(SimpleNamespace(started=started, ended=ended, status=status)) == words


@pytest.fixture
def origin(db):
    return case_study(organisation("Stockport", lat=53.41, lng=-2.16), title="A market in empty shops")


def test_the_page_lists_who_adopted_it_and_how_it_went(client, origin):
    leeds, derby = organisation("Leeds"), organisation("Derby")
    own = case_study(derby, title="Derby’s market")
    stopped = adoption(
        origin, leeds, status="stopped", outcome=FAILED, started="2024-03", ended="2024-09", reasons=["money", "other"],
        other_reason="The hall was sold", changed="We let by the day.", place=PlaceFactory(name="Otley", slug="otley"),
    )  # fmt: skip
    adoption(origin, derby, outcome=WORKED, own_case_study=own, verified=False)
    panel = look(client, origin.url).find(id="does-it-travel")
    assert panel.find(class_="cl-travel__summary").get_text() == (
        "Tried in 2 places: worked in 1, stopped in 1, because of money."
    )
    row = panel.find(id=f"adoption-{stopped.pk}")
    words = " ".join(row.get_text().split())
    assert row.find("a", href="/councils/leeds/")
    assert row.find("a", href="/places/otley/")
    for text in (
        "Did not work",
        "Stopped",
        "March 2024 to September 2024",
        "Money, The hall was sold",
        "let by the day",
    ):
        assert text in words
    assert "Recorded or confirmed by Leeds" in words
    other = panel.find_all("li", class_="cl-adopter")[1]
    assert other.find("a", href=own.url)
    assert "Derby has not confirmed it yet" in " ".join(other.get_text().split())
    glance = look(client, origin.url).find(class_="cl-glance")
    assert "2 other places" in glance.get_text()


def test_what_the_editors_wrote_names_its_source_and_examples_say_so(client, origin):
    adoption(
        origin, organisation("Leeds"), verified=False, written_by=WrittenBy.EDITORS, source_title="The evaluation",
        source_url="https://example.org/evaluation", outcome=WORKED,
    )  # fmt: skip
    adoption(origin, organisation("Exampleford", is_demonstration=True))
    first, second = look(client, origin.url).select(".cl-adopter")
    assert "Written up by the network’s editors" in first.get_text()
    assert first.find("a", href="https://example.org/evaluation").get_text() == "The evaluation"
    assert "An example" in second.get_text()


def test_without_an_adoption_the_page_says_so(client, origin):
    panel = look(client, origin.url).find(id="does-it-travel")
    assert "Nobody has told us yet" in panel.get_text()
    assert "Adopted by" not in look(client, origin.url).find(class_="cl-glance").get_text()


@pytest.mark.parametrize("state", ["draft", "held", "hidden", "removed"])
def test_only_published_adoptions_are_there(client, origin, state):
    adoption(origin, organisation("Leeds"), state=state, outcome=WORKED)
    assert "Leeds" not in look(client, origin.url).find(id="does-it-travel").get_text()
    assert "Leeds" not in look(client, f"/adoptions/of/{origin.pk}/").main.get_text()


def test_a_members_case_study_tells_only_members_who_adopted_it(client, db):
    stockport, leeds = organisation("Stockport"), organisation("Leeds")
    page = case_study(stockport, audience="members", title="For members")
    adoption(page, leeds, outcome=WORKED)
    client.force_login(UserFactory())
    assert "Leeds" not in client.get(page.url).content.decode()
    assert client.get(f"/adoptions/of/{page.pk}/").status_code == 404
    client.force_login(member(stockport))
    assert "Leeds" in look(client, page.url).find(id="does-it-travel").get_text()
    assert "Leeds" in look(client, f"/adoptions/of/{page.pk}/").main.get_text()


def test_an_own_account_is_linked_for_those_who_may_read_it(client, origin):
    leeds, derby, hull = organisation("Leeds"), organisation("Derby"), organisation("Hull")
    secret = case_study(leeds, title="For members of Leeds", audience="members")
    adoption(origin, leeds, own_case_study=secret)
    adoption(origin, hull, own_case_study=case_study(hull, title="Hull’s draft", live=False))
    page = look(client, origin.url).get_text()
    assert "For members of Leeds" not in page
    assert "Hull’s draft" not in page
    client.force_login(member(derby))
    page = look(client, origin.url).get_text()
    assert "For members of Leeds" in page
    assert "Hull’s draft" not in page


def test_known_outcomes_come_first_then_the_newest(client, origin):
    for name, fields in {
        "Leeds": {"outcome": "", "started": "2026"},
        "Derby": {"outcome": WORKED, "started": "2020"},
        "Hull": {"outcome": FAILED, "started": "2024"},
    }.items():
        adoption(origin, organisation(name), **fields)
    rows = look(client, origin.url).select(".cl-adopter__who")
    assert [row.get_text(strip=True) for row in rows] == ["Hull", "Derby", "Leeds"]


def test_a_member_sees_the_adopters_most_like_their_own_council_first(client, origin):
    facts = {"tier": "unitary", "nation": "England", "rural_urban": "Urban", "deprivation_score": 20.0}
    own = organisation("York", **facts, population=200_000, density=800)
    near = organisation("Derby", **facts, population=210_000, density=850)
    far = organisation("Cornwall", **{**facts, "rural_urban": "Rural"}, population=570_000, density=160)
    adoption(origin, near, outcome="")
    adoption(origin, far, outcome=WORKED)
    adoption(origin, organisation("Nowhere"), outcome=WORKED)
    assert "Beside York" not in look(client, origin.url).get_text()
    client.force_login(member(own))
    panel = look(client, origin.url).find(id="does-it-travel")
    assert [row.get_text(strip=True) for row in panel.select(".cl-adopter__who")] == ["Derby", "Cornwall", "Nowhere"]
    assert "Those most like York come first" in panel.get_text()
    assert "similar size" in panel.select(".cl-adopter")[0].get_text()
    assert "Beside York" not in panel.select(".cl-adopter")[2].get_text()


def test_anybody_may_have_the_adopters_ranked_for_a_council(client, origin):
    facts = {"tier": "unitary", "nation": "England", "rural_urban": "Rural", "density": 60}
    reader = organisation("Rutland", population=41_000, **facts)
    near = organisation("Herefordshire", population=45_000, **facts)
    far = organisation("Leeds", **{**facts, "rural_urban": "Urban", "density": 1500}, population=800_000)
    page = origin
    adoption(page, near)
    adoption(page, far, outcome="worked")
    address = f"/adoptions/of/{page.pk}/"

    def ranked(**asked):
        answer = client.get(address, asked)
        found = BeautifulSoup(answer.content, "html.parser").main
        return [row.get_text(strip=True) for row in found.select(".cl-adopter__who")], found.get_text(" ", strip=True)

    assert ranked()[0] == ["Leeds", "Herefordshire"]  # the known outcome first
    names, text = ranked(like=reader.slug)
    assert names == ["Herefordshire", "Leeds"]
    assert "Those most like Rutland come first" in text
    assert "Beside Rutland: similar size" in text
    names, text = ranked(like="<b>atlantis</b>")
    assert names == ["Leeds", "Herefordshire"]
    assert "We know no council called “<b>atlantis</b>”" in text


def test_twelve_stand_on_the_page_and_all_on_pages_of_their_own(client, origin, django_assert_max_num_queries):
    for n in range(30):
        adoption(origin, organisation(f"Council {n}"), outcome=WORKED)
    panel = look(client, origin.url).find(id="does-it-travel")
    assert len(panel.select(".cl-adopter")) == 12
    everything = panel.find("a", href=f"/adoptions/of/{origin.pk}/")
    assert everything.get_text() == "All 30 adoptions"
    with django_assert_max_num_queries(9):
        first = look(client, everything["href"])
    assert len(first.select(".cl-adopter")) == 24
    assert len(look(client, everything["href"] + "?page=2").select(".cl-adopter")) == 6


# --- The page's budget -------------------------------------------------------------------------------


@pytest.fixture
def much(origin):
    """200 adoptions with two figures each, 40 measures, 500 comments, a family, and something alike."""
    councils = [organisation(f"Council {n}") for n in range(20)]
    places = [PlaceFactory() for _ in range(10)]
    for n in range(40):
        origin.measures.create(
            sort_order=n, indicator=f"Indicator {n}", unit="a year", better="lower", before=40, after=30
        )
    origin.save()
    origin.save_revision().publish()
    own = case_study(councils[0])
    made = Adoption.objects.bulk_create(
        Adoption(
            case_study=origin, organisation=council, place=place, state="published", status="running", verified=True,
            outcome=[WORKED, PARTLY, FAILED, EARLY][n % 4], reasons=["money"] if n % 4 == 2 else [], started="2024-03",
            own_case_study=own if n == 0 else None,
        )
        for n, (council, place) in enumerate(product(councils, places))
    )  # fmt: skip
    AdoptionMeasure.objects.bulk_create(
        AdoptionMeasure(
            adoption=one, sort_order=n, indicator=f"Indicator {n}", unit="a year", better="lower", before=40, after=50
        )
        for one in made
        for n in range(2)
    )
    writer = UserFactory()
    Comment.objects.bulk_create(
        Comment(page=origin, author=writer, body=f"Comment {n}", state="published") for n in range(500)
    )
    call_command("search_rebuild", verbosity=0)
    return origin


def test_the_page_keeps_to_twelve_queries_with_200_adoptions(client, much):
    Site.get_site_root_paths()
    client.get(much.url)
    with CaptureQueriesContext(connection) as captured:
        page = look(client, much.url)
    assert len(captured) <= 12, [query["sql"][:120] for query in captured]
    assert len(page.select(".cl-adopter")) == 12
    assert len(page.select("#does-it-travel .cl-map__point")) == 201 + 5
    assert len(page.select(".cl-comment")) >= 500
    assert page.find(id="compare").select("tbody tr")
    assert page.find(id="family-tree")
    assert page.find(id="more")


def test_a_member_costs_the_same_few_more_however_many_adopted_it(client, much):
    council = Organisation.objects.get(short_name="Council 3")
    alone = case_study(organisation("Hull"))
    adoption(alone, council, outcome=WORKED)
    call_command("search_rebuild", verbosity=0)
    client.force_login(member(council))
    counts = []
    for path in (alone.url, much.url):
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            look(client, path)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 24


# --- Elsewhere ---------------------------------------------------------------------------------------


def test_the_home_page_leads_with_the_adoptions_whose_outcome_is_known(client, origin):
    headline = look(client, "/").find(class_="cl-headline")
    assert headline.find(class_="cl-stat__value").get_text() == "0"
    assert "begins with the first council" in headline.get_text()
    leeds = organisation("Leeds")
    adoption(origin, leeds, outcome=WORKED)
    adoption(origin, organisation("Derby"), outcome="")
    adoption(origin, organisation("Exampleford", is_demonstration=True), outcome=WORKED)
    headline = look(client, "/").find(class_="cl-headline")
    assert headline.find(class_="cl-stat__value").get_text() == "1"
    assert headline.find("a", href=leeds.page.url)
    assert headline.find("a", href=f"{origin.url}#does-it-travel")
    assert "Derby" not in headline.get_text()


def test_a_council_page_lists_what_it_took_over(client, origin):
    leeds = organisation("Leeds")
    adoption(origin, leeds, outcome=FAILED, status="stopped", reasons=["money"])
    secret = case_study(organisation("Derby"), title="For members", audience="members")
    adoption(secret, leeds)
    adoption(case_study(organisation("Hull"), title="Hidden one"), leeds, state="hidden")
    section = look(client, leeds.page.url).find(id="adopted").parent
    assert section.find("a", href=f"{origin.url}#does-it-travel")
    assert "Money" in section.get_text()
    assert "For members" not in section.get_text()
    assert "Hidden one" not in section.get_text()
    assert look(client, origin.get_parent().url).find(id="adopted") is None


def test_the_api_gives_the_adoptions_of_a_public_case_study(client, origin):
    leeds = organisation("Leeds")
    own = case_study(leeds, title="For members", audience="members")
    made = adoption(origin, leeds, outcome=WORKED, own_case_study=own, place=PlaceFactory(name="Otley", slug="otley"))
    made.measures.create(indicator="Empty shops", unit="%", before=20, after=10)
    adoption(origin, organisation("Derby"), state="held")
    found = client.get(f"/api/case-studies/{origin.pk}/").json()["adoptions"]
    assert [one["organisation"]["slug"] for one in found] == ["leeds"]
    assert found[0]["url"].endswith(f"/adoptions/{made.pk}/")
    assert found[0]["place"]["slug"] == "otley"
    assert found[0]["own_case_study"] is None
    assert found[0]["measures"][0]["after"] == 10
    adoption(own, organisation("Hull"))
    assert client.get(f"/api/case-studies/{own.pk}/").json()["adoptions"] == []


@pytest.mark.parametrize("path", ["/", "/councils/leeds/"])
def test_lists_of_adoptions_keep_home_and_council_within_fifteen_queries(client, origin, path):
    leeds = organisation("Leeds")
    for n in range(8):
        adoption(case_study(organisation(f"Council {n}")), leeds, outcome=WORKED)
    Site.get_site_root_paths()
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert look(client, path).select(".cl-adopter")
    assert len(captured) <= 15, [query["sql"][:120] for query in captured]
