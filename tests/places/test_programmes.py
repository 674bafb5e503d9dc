"""What a programme's page sums up from its case studies, and case studies side by side."""

import csv
import io
import json
from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.exports import DATASETS
from casestudies.selectors import compare, programmes_at, programmes_of
from members.services import end_membership
from places.models import Place
from search.documents.places import build_programmes
from tests.factories import (
    PlaceFactory,
    UserFactory,
    case_study,
    member,
    opportunity,
    organisation,
    programme,
    record_entry,
)

pytestmark = pytest.mark.django_db


def soup_of(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def words(element):
    return " ".join(element.get_text(" ").split())


@pytest.fixture
def portas():
    """Three that everybody may read, one for members; a place that took part and has none."""
    page = programme()
    stockport, leeds = organisation("Stockport"), organisation("Leeds")
    bredbury, otley = PlaceFactory(name="Bredbury"), PlaceFactory(name="Otley")
    common = {"programme": page}
    market = case_study(
        stockport, title="A market", places=[bredbury], setup_cost=5000, cost_note="Rent included",
        ended="2020-05", stage="ended", ended_reason="The grant ended", staff_time="One officer",
        results="<p>Three stalls &amp; a café.</p>", did_not_work="<p>Rain.</p><p>More rain.</p>", **common,
    )  # fmt: skip
    market.measures.create(indicator="Empty shops", unit="%", before=14, after=9, after_date="2020")
    market.measures.create(indicator="Stalls", unit="stalls", after=30)
    market.needs.create(kind="people", need="A manager", core=True)
    market.lessons.create(lesson="Start in May")
    market.save()
    film = case_study(
        leeds, title='=HYPERLINK("http://evil.example")', places=[bredbury, otley], outcome="did_not_work",
        setup_cost=90000, **common,
    )  # fmt: skip
    film.measures.create(indicator="empty shops", unit="%", before=10, after=12)
    film.save()
    early = case_study(leeds, title="A festival", outcome="too_early", **common)
    secret = case_study(
        stockport, title="For members", audience="members", places=[PlaceFactory(name="Hidden Vale")],
        results="<p>What only members read.</p>", **common,
    )  # fmt: skip
    page.programme_places.create(place=PlaceFactory(name="Liskeard", slug="liskeard"))
    page.save()
    return {"page": page, "market": market, "film": film, "early": early, "secret": secret, "stockport": stockport}


def test_a_programme_sums_its_case_studies_up_for_whoever_reads(client, portas):
    member_of_another = member(organisation("Kirklees"), "author")
    lapsed = member(portas["stockport"], "author")
    end_membership(membership=lapsed.memberships.get(), by=None)
    rest = "1 did not work and for 1 it is too early to say."
    public = f"3 case studies in 2 places: 1 worked, {rest}"
    for who, person, expected in (
        ("visitor", None, public),
        ("subscriber", UserFactory(), public),
        ("lapsed", lapsed, public),
        (
            "another council’s author",
            member_of_another,
            f"4 case studies in 3 places: 2 worked, {rest}",
        ),
    ):
        client.logout()
        if person:
            client.force_login(person)
        soup = soup_of(client, portas["page"].url)
        section = soup.find("section", attrs={"aria-labelledby": "how-it-went"})
        assert section.p.get_text() == expected, who
        sees = expected != public
        assert ("Hidden Vale" in soup.main.get_text()) is sees, who
        assert ("For members" in soup.main.get_text()) is sees, who
        assert ("everybody may read" in section.get_text()) is not sees, who
    client.logout()
    section = soup_of(client, portas["page"].url).find("section", attrs={"aria-labelledby": "how-it-went"})
    assert "2 have a figure before and after. Setting it up cost between £5,000 and £90,000 (2 say what)." in words(
        section
    )
    went = {words(row.dt): [a.get_text() for a in row.find_all("a")] for row in section.select(".cl-went > div")}
    assert went == {
        "It worked in (1)": ["Bredbury"],
        "It did not work in (2)": ["Bredbury", "Otley"],
        "Took part, no case study yet (1)": ["Liskeard"],
    }
    assert len(section.find("svg", class_="cl-map").select(".cl-map__point")) == 4


def test_what_leaves_the_site_says_the_same_as_the_page_does_to_everybody(client, portas):
    page = portas["page"]
    page.use, page.checked_on, page.kind = "closed", date(2026, 11, 23), "fund"
    page.sources.create(kind="law", title="The Act of Shops", url="https://example.org/act")
    page.save()
    (row,) = json.loads(b"".join(client.get("/data/programmes.json").streaming_content))["items"]
    assert (row["slug"], row["use"], row["checked_on"]) == ("portas-pilots", "closed", "2026-11-23")
    assert (row["case_studies"], row["worked"], row["did_not_work"], row["too_early"]) == (3, 1, 1, 1)
    assert (row["law"], row["places"]) == (["https://example.org/act"], ["liskeard"])
    took_part = Place.objects.values_list("pk", flat=True)
    for reader, of_members in ((AnonymousUser(), []), (member(organisation("Kirklees")), [(page.slug, page.title)])):
        many = programmes_of(took_part, user=reader)
        for place in Place.objects.all():
            one_by_one = [(one.slug, one.title) for one in programmes_at(place, user=reader)]
            expected = of_members if place.name == "Hidden Vale" else [(page.slug, page.title)]
            assert many.get(place.pk, []) == one_by_one == expected, place
    stockport = organisation("Stockport")
    bredbury = Place.objects.get(name="Bredbury")
    bredbury.organisations.add(stockport)
    right = programme("Right to Challenge")
    opportunity(stockport, programme=right, places=[bredbury])
    entry = record_entry(bredbury, words="A café opened.")
    record_entry(bredbury, answers=entry, side="council", organisation=stockport, words="We paid for it.")
    record_entry(bredbury, state="held", words="Not here.")
    rows = {row["name"]: row for row in DATASETS["places"].rows()}
    told = rows["Bredbury"]
    assert (told["councils"], told["nation"], told["lat"]) == (["stockport"], stockport.nation, bredbury.lat)
    assert told["programmes"] == ["portas-pilots", right.slug]
    assert [told[name] for name in ("case_studies", "worked", "did_not_work", "too_early")] == [2, 1, 1, 0]
    assert (told["opportunities"], told["record_entries"], told["is_demonstration"]) == (1, 1, False)
    # What only a case study for members says of a place, nobody reads here.
    assert (rows["Hidden Vale"]["programmes"], rows["Hidden Vale"]["case_studies"]) == ([], 0)
    assert (rows["Liskeard"]["programmes"], rows["Liskeard"]["case_studies"]) == ([page.slug], 0)
    (one,) = (one for one in client.get("/api/programmes/").json()["items"] if one["slug"] == page.slug)
    assert (one["kind"], one["use"], one["checked_on"]) == ("fund", "closed", "2026-11-23")
    (document,) = build_programmes([page.pk])
    assert "Liskeard" in document.context
    assert "The Act of Shops" in document.public_text


def test_the_page_says_whether_it_can_be_used_and_how_old_that_answer_is(client, time_machine):
    page = programme()
    page.use, page.checked_on, page.started, page.kind = "open", "2024-03-01", "2012-06", "right"
    page.steps.create(title="Ask", who="You", takes="Within 30 days")
    for kind in ("law", "guidance", "source"):
        page.sources.create(kind=kind, title=f"On the {kind}", url=f"https://example.org/{kind}")
    page.save_revision().publish()
    time_machine.move_to("2024-06-01")
    soup = soup_of(client, page.url)
    now = soup.find("section", attrs={"aria-labelledby": "now"})
    assert "Can be used now" in now.get_text()
    assert "Looked up on 1 March 2024." in words(now)
    assert "more than a year ago" not in now.get_text()
    assert "Within 30 days" in soup.select_one(".cl-stages li").get_text()
    for part, kind in (("law", "law"), ("guidance", "guidance"), ("sources", "source")):
        links = soup.find("section", attrs={"aria-labelledby": part}).find_all("a")
        assert [a["href"] for a in links] == [f"https://example.org/{kind}"]
    assert "It began in June 2012." in words(now)
    time_machine.move_to("2025-03-02")
    assert "more than a year ago" in soup_of(client, page.url).find(attrs={"aria-labelledby": "now"}).get_text()
    groups = soup_of(client, "/programmes/").select("section")
    assert [words(group.h2) for group in groups] == ["Can be used now (1)"]


def test_what_the_records_of_places_say_of_it_each_side_by_itself(client):
    page, stockport = programme(), organisation("Stockport")
    assert not soup_of(client, page.url).find(id="record")
    bredbury, otley = PlaceFactory(name="Bredbury", slug="bredbury"), PlaceFactory(name="Otley", slug="otley")
    rae = UserFactory(name="Rae Resident")
    for year in range(2011, 2015):
        record_entry(bredbury, programme=page, author=rae, when=str(year), words=f"Shops opened in {year}.")
    theirs = record_entry(otley, programme=page, side="council", organisation=stockport, words="We paid for nine.")
    for fields in ({"state": "hidden"}, {"state": "held"}, {"answers": theirs, "side": "resident"}):
        record_entry(otley, programme=page, author=rae, words="Not here.", **fields)
    record_entry(otley, words="Not here: of no programme.")
    section = soup_of(client, page.url).find("section", attrs={"aria-labelledby": "record"})
    accounts = {words(one.h3): [words(entry) for entry in one.find_all("li")] for one in section.find_all("section")}
    assert accounts == {
        "Residents’ record (4)": [
            f"Bredbury {year} Shops opened in {year}. Rae Resident" for year in (2014, 2013, 2012)
        ],
        "Council’s account (1)": ["Otley March 2013 We paid for nine. Stockport Council"],
    }
    assert "Not here" not in section.get_text()
    more = section.find("a", string="All 5 entries in the records")
    assert more["href"] == "/search/?type=record&programme=portas-pilots"
    call_command("search_rebuild", verbosity=0)
    assert len(soup_of(client, more["href"]).select("article.cl-card")) == 5


def test_chosen_case_studies_stand_side_by_side(client, portas):
    base = f"{portas['page'].url}compare/"
    form = soup_of(client, portas["page"].url).find("form", id="compare")
    assert form["action"] == base
    ticks = soup_of(client, portas["page"].url).select('input[form="compare"][name="case"]')
    assert {tick["value"] for tick in ticks} == {str(portas[name].pk) for name in ("market", "film", "early")}
    market, film, secret = (portas[name].pk for name in ("market", "film", "secret"))
    soup = soup_of(client, f"{base}?case={film}&case={market}&case={market}&case=junk&case=99999999999&case={secret}")
    table = soup.find("table")
    assert [words(th) for th in table.select('thead th[scope="col"]')][1] == "A market Stockport"
    rows = {words(row.th): [words(cell) for cell in row.find_all("td")] for row in table.select("tbody tr")}
    assert rows["Did it work?"] == ["Outcome: Did not work", "Outcome: Worked"]
    assert rows["Stage"][1] == "Ended The grant ended"
    assert rows["When"] == ["From April 2019", "April 2019 to May 2020"]
    assert rows["Where"] == ["Bredbury Otley", "Bredbury"]
    assert rows["Cost"] == ["£90,000 to set up", "£5,000 to set up Rent included"]
    assert rows["What changed"][1] == "Three stalls & a café."
    assert rows["What did not work"][1] == "Rain. More rain."
    assert rows["What you would need"] == ["Not said", "Core: A manager (People)"]
    assert rows["Figure: empty shops"] == [
        "up from 10% to 12% (+2 percentage points)", "down from 14% to 9% (−5 percentage points), 2020",
    ]  # fmt: skip
    assert rows["Other figures"] == ["Not said", "Stalls: 30 stalls"]
    assert "Adopted by" not in rows, "a row that says nothing of any of them"
    assert "What only members read" not in str(soup)
    assert "For members" not in str(soup)
    assert "One that this address asks for is not shown" in soup.main.get_text()
    assert soup.find("meta", attrs={"name": "robots"})["content"].startswith("noindex")
    region = soup.find(class_="cl-compare")
    assert region["tabindex"] == "0"
    assert region["role"] == "region"

    client.force_login(member(organisation("Kirklees"), "author"))
    response = client.get(f"{base}?case={market}&case={secret}")
    assert "What only members read" in response.text
    assert "no-store" in response["Cache-Control"]


def test_a_choice_of_too_few_or_too_many_is_asked_again(client, portas):
    page, stockport = portas["page"], portas["stockport"]
    base = f"{page.url}compare/"
    for query, said in (
        ("", None),
        (f"?case={portas['market'].pk}", "Choose 2 or more."),
        ("?case=", "Choose 2 or more."),
        (f"?case={portas['secret'].pk}&case={portas['market'].pk}", "Choose 2 or more."),
    ):
        soup = soup_of(client, f"{base}{query}")
        assert soup.find("table") is None, query
        summary = soup.find(class_="govuk-error-summary")
        assert (said in summary.get_text()) if said else summary is None, query
        assert {box["value"] for box in soup.select('input[name="case"]')} == {
            str(portas[name].pk) for name in ("market", "film", "early")
        }, query
    many = [case_study(stockport, programme=page) for _ in range(4)]
    query = "&".join(f"case={one.pk}" for one in [*many, portas["market"], portas["film"], portas["early"]])
    soup = soup_of(client, f"{base}?{query}")
    assert "You chose 7. A table takes 6 at most" in soup.find(class_="govuk-error-summary").get_text()
    assert len(soup.select('input[name="case"][checked]')) == 7, "nothing is lost"
    assert client.get("/programmes/none/compare/").status_code == 404
    draft = programme("A draft", live=False)
    assert client.get(f"/programmes/{draft.slug}/compare/").status_code == 404
    # From wherever they are: what is offered is what was asked for.
    elsewhere = case_study(stockport, title="Elsewhere")
    soup = soup_of(client, f"/compare/?case={elsewhere.pk}&case={portas['market'].pk}")
    assert [words(th).split(" Stock")[0] for th in soup.select("thead th")] == ["Elsewhere", "A market"]
    assert "Tick case studies" in soup_of(client, "/compare/").main.get_text()


def test_the_comparison_as_a_spreadsheet_is_no_formula_and_no_leak(client, portas):
    ids = "&".join(f"case={portas[name].pk}" for name in ("film", "market", "secret"))
    response = client.get(f"/compare/case-studies.csv?{ids}")
    assert response["Content-Type"].startswith("text/csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    film, market = csv.DictReader(io.StringIO(text))
    assert film["title"] == '\'=HYPERLINK("http://evil.example")'
    assert market["what_did_not_work"] == "Rain. More rain."
    assert market["needs"] == "Core: A manager (People)"
    assert market["figures"] == (
        "Empty shops: down from 14% to 9% (−5 percentage points), 2020;Stalls: 30 stalls"
    )  # fmt: skip
    assert (market["setup_cost"], market["places"], market["programme"]) == ("5000", "Bredbury", "Portas Pilots")
    assert market["url"].endswith(portas["market"].url)
    assert market["url"].startswith("http")
    assert "What only members read" not in text
    assert "For members" not in text


def test_what_does_not_fit_on_a_page_to_choose_from_is_on_the_next_and_the_choice_is_kept(client, portas, monkeypatch):
    monkeypatch.setattr(compare, "MOST_OFFERED", 2)
    monkeypatch.setattr(compare, "MOST_ASKED", 3)
    base, chosen = f"{portas['page'].url}compare/", set()
    for number, said in (("1", "1 to 2 of 3, by title"), ("2", "3 to 3 of 3, by title")):
        soup = soup_of(client, f"{base}?page={number}&case={portas['market'].pk}")
        assert said in words(soup.find(attrs={"aria-labelledby": "choose"}))
        chosen |= {one["value"] for one in soup.select('input[name="case"]')}
        assert [one["value"] for one in soup.select('input[name="case"][checked]')] == [str(portas["market"].pk)]
    assert chosen == {str(portas[name].pk) for name in ("market", "film", "early")}
    href = soup.find(class_="govuk-pagination__prev").a["href"]
    assert f"case={portas['market'].pk}" in href
    # The file takes more than the page does, and says when that is too much.
    monkeypatch.setattr(compare, "MOST", 2)
    ids = "&".join(f"case={portas[name].pk}" for name in ("film", "market", "early"))
    response = client.get(f"/compare/case-studies.csv?{ids}")
    assert len(b"".join(response.streaming_content).decode().strip().split("\n")) > 3
    response = client.get(f"/compare/case-studies.csv?{ids}&case=999999")
    assert (response.status_code, "3 case studies at most" in response.content.decode()) == (400, True)


def test_a_comparison_costs_the_same_few_queries_however_many_are_chosen(client):
    page, made = programme(), []
    for number in range(6):
        one = case_study(organisation(f"Council {number}"), programme=page, places=[PlaceFactory(), PlaceFactory()])
        one.measures.create(indicator="Empty shops", unit="%", before=2, after=1)
        one.needs.create(kind="people", need="A manager")
        one.lessons.create(lesson="Start in May")
        one.save()
        made.append(one)

    def cost(pages):
        query = "&".join(f"case={one.pk}" for one in pages)
        client.get(f"{page.url}compare/?{query}")
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"{page.url}compare/?{query}").status_code == 200
        return len(asked)

    assert cost(made[:2]) == cost(made) <= 15
