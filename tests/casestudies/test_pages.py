"""The case study as a reader meets it, and the pages of topics."""

import json
import re

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction, Site

from casestudies.models import CaseStudyPage
from tests.factories import PlaceFactory, TopicFactory, UserFactory, case_study, member, organisation, programme

pytestmark = pytest.mark.django_db

SECRETS = {
    "problem": "<p>secret-problem</p>",
    "who_for": "<p>secret-who</p>",
    "approach": "<p>secret-approach</p>",
    "results": "<p>secret-results</p>",
    "did_not_work": "<p>secret-failure</p>",
    "advice": "<p>secret-advice</p>",
    "what_next": "<p>secret-next</p>",
    "ended_reason": "secret-reason",
    "cost_note": "secret-cost",
    "funder": "secret-funder",
    "staff_time": "secret-staff",
    "time_to_first_result": "secret-time",
    "contact_name": "secret-contact",
    "contact_role": "secret-role",
    "contact_email": "secret@example.org",
    "source_url": "https://secret.example.org/",
}


def look(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    return response, BeautifulSoup(response.content, "html.parser")


def headings(soup):
    return [heading.get_text(strip=True) for heading in soup.article.find_all("h2")]


def full(of, n=3, **fields):
    """A case study with `n` rows of every kind."""
    page = case_study(
        of,
        live=False,
        topics=[TopicFactory(name=f"secret-topic {i}") for i in range(n)],
        places=[PlaceFactory(name=f"secret-place {i}") for i in range(n)],
        tags=[f"secret-tag-{i}" for i in range(n)],
        **fields,
    )
    for i in range(n):
        page.measures.create(
            sort_order=i, indicator=f"secret-measure {i}", unit="%", better="lower", before=25 + i, after=12.5,
            before_date="2018-03", after_date="2020", comparison="before_and_after", source="https://secret.example.org/m",
        )  # fmt: skip
        page.lessons.create(sort_order=i, lesson=f"secret-lesson {i}", why="secret-why")
        page.milestones.create(sort_order=i, date=f"2019-0{i % 9 + 1}", text=f"secret-milestone {i}")
        page.risks.create(sort_order=i, risk=f"secret-risk {i}", response="secret-response")
        page.needs.create(sort_order=i, kind="money", need=f"secret-need {i}", core=i % 2 == 0)
        page.partners.create(sort_order=i, name=f"secret-partner {i}")
        page.sources.create(sort_order=i, title=f"secret-source {i}", url="https://secret.example.org/s", kind="press")
    page.programme = programme("secret-programme")
    page.save()
    page.save_revision().publish()
    return CaseStudyPage.objects.get(pk=page.pk)


def test_the_page_answers_first_and_keeps_the_order_of_the_convention(client):
    page = full(organisation("Stockport"), title="A market in empty shops", **SECRETS, yearly_cost=12000, setup_cost=0)
    response, soup = look(client, page.url)
    assert [h1.get_text() for h1 in soup.find_all("h1")] == ["A market in empty shops"]
    assert "Worked" in soup.header.find_next("header").get_text()
    assert soup.article.header.find("a", href="/councils/stockport/")
    assert headings(soup) == [
        "At a glance",
        "What it is about",
        "Who to ask",
        "On this page",
        "The problem",
        "Who it is for",
        "What was done",
        "What changed",
        "What did not work",
        "Lessons",
        "Risks",
        "What you would need",
        "What happens next",
        "Sources",
    ]
    glance = soup.find(class_="cl-glance").get_text(" ", strip=True)
    assert "£0 to set up, £12,000 a year" in glance
    assert "secret-partner 0, secret-partner 1" in glance
    links = {a["href"] for a in soup.find("nav", {"aria-label": "On this page"}).find_all("a")}
    assert all(soup.find(id=link.removeprefix("#")) for link in links)
    assert not response.cookies
    assert response["Cache-Control"].startswith("public")


def test_failure_weighs_as_much_as_success(client):
    page = case_study(organisation())
    _response, soup = look(client, page.url)
    changed, failed = soup.find(id="results"), soup.find(id="did-not-work")
    assert changed.h2["class"] == failed.h2["class"]
    assert changed.name == failed.name == "section"


def test_measures_are_charts_with_their_table(client):
    page = full(organisation(), 1)
    _response, soup = look(client, page.url)
    figure = soup.find(id="results").find("figure")
    assert figure.find("svg")["role"] == "img"
    cells = [cell.get_text(strip=True) for cell in figure.table.find_all("td")]
    assert {"25", "12.5", "March 2018", "2020"} <= set(cells)


def test_what_nobody_wrote_is_left_out(client):
    page = case_study(
        organisation(), problem="<p></p>", approach="", results="", did_not_work="", contact_name="", contact_email=""
    )
    _response, soup = look(client, page.url)
    assert headings(soup) == ["At a glance"]
    assert not soup.find("nav", {"aria-label": "On this page"})


def test_what_the_editors_wrote_says_so_before_anything_else(client):
    stockport = organisation("Stockport")
    _response, soup = look(client, case_study(stockport, written_by="editors").url)
    note = soup.article.find("aside")
    assert "Written by the network’s editors from public sources" in note.get_text()
    assert "Stockport Council did not write or check this page" in note.get_text()
    assert note.find_next("h1")
    _response, soup = look(client, case_study(stockport).url)
    assert "network’s editors" not in soup.main.get_text()


def test_the_contact_is_for_signed_in_people_and_for_no_cache(client):
    page = case_study(organisation())
    response, soup = look(client, page.url)
    assert "sam@example.org" not in response.content.decode()
    assert "Sam Officer" not in response.content.decode()
    assert soup.find("a", href=f"/account/login/?next={page.url}", string="Sign in")
    client.force_login(UserFactory())
    response, soup = look(client, page.url)
    assert soup.find("a", href="mailto:sam@example.org")
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("who", ["anonymous", "subscriber"])
def test_of_a_members_case_study_outsiders_see_title_summary_council_and_the_invitation(client, who):
    page = full(
        organisation("Stockport"), 2, audience="members", title="Behind the door", summary="What it is.",
        outcome="did_not_work", started="1987-05", setup_cost=98765, **SECRETS,
    )  # fmt: skip
    if who == "subscriber":
        client.force_login(UserFactory())
    response, soup = look(client, page.url)
    text = response.content.decode()
    assert soup.h1.get_text() == "Behind the door"
    assert "What it is." in soup.article.get_text()
    assert soup.article.find("a", href="/councils/stockport/")
    assert "The rest is for members" in soup.article.get_text()
    if who == "anonymous":
        assert soup.article.find("a", href=f"/account/login/?next={page.url}")
    assert "secret" not in text
    assert "98,765" not in text
    assert "1987" not in text
    assert "Did not work" not in text
    assert "application/ld+json" not in text


def test_a_member_sees_all_of_it_and_that_it_is_for_members(client):
    stockport = organisation("Stockport")
    page = full(stockport, 2, audience="members", **SECRETS)
    client.force_login(member(organisation("Leeds")))
    response, soup = look(client, page.url)
    text = response.content.decode()
    for secret in ("secret-problem", "secret-failure", "secret-lesson 1", "secret-measure 1", "secret-contact"):
        assert secret in text
    assert "Members only" in soup.article.header.get_text()
    assert response["Cache-Control"] == "private, no-store"
    assert "application/ld+json" not in text


def test_lists_do_not_tell_outsiders_the_facts_of_a_members_case_study(client):
    stockport = organisation("Stockport")
    page = full(stockport, 1, audience="members", outcome="did_not_work", title="Behind the door")
    topic, place = page.topics.get(), page.case_study_places.get().place
    for path in (topic.url, place.url, page.programme.url, "/"):
        response, _soup = look(client, path)
        assert "Behind the door" not in response.content.decode(), path
    _response, soup = look(client, "/councils/stockport/")
    card = soup.find("article", class_="cl-card")
    assert "Behind the door" in card.get_text()
    assert "Members only" in card.get_text()
    assert "Did not work" not in soup.main.get_text()
    assert "secret" not in soup.main.get_text().replace(place.name, "")
    client.force_login(member(stockport))
    for path in (topic.url, place.url, page.programme.url):
        response, soup = look(client, path)
        assert "Behind the door" in soup.main.get_text(), path
        assert "Did not work" in soup.main.get_text()


def test_machines_read_the_same_and_no_text_leaves_its_block(client):
    page = case_study(organisation("Stockport"), title="</script><script>alert(1)</script> & more", tags=["<b>"])
    response, soup = look(client, page.url)
    assert response.content.decode().count("<script") == 2  # the site's own, and the data
    data = json.loads(soup.find("script", type="application/ld+json").string)
    assert data["headline"] == "</script><script>alert(1)</script> & more"
    assert data["author"]["name"] == "Stockport Council"
    page = case_study(organisation("Leeds"), written_by="editors")
    _response, soup = look(client, page.url)
    data = json.loads(soup.find("script", type="application/ld+json").string)
    assert data["author"]["name"] == "Connected Localism"
    assert data["mentions"]["name"] == "Leeds Council"


def test_hostile_text_is_shown_and_never_obeyed(client):
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    page = case_study(organisation(), live=False, summary=evil, funder=evil, contact_name=evil)
    page.lessons.create(lesson=evil, why=evil)
    page.milestones.create(date="2020", text=evil)
    page.needs.create(need=evil)
    page.sources.create(title=evil, url="https://example.org/")
    page.save_revision().publish()
    client.force_login(UserFactory())
    response, soup = look(client, page.url)
    assert not soup.article.find("script")
    assert not soup.article.find("img")
    assert "&lt;img src=x" in response.content.decode()


def test_a_preview_shows_what_the_editor_has_and_looks_like_the_page(client):
    """The published page is filled from one query, the preview from memory: a reader sees no difference."""
    page = full(organisation(), 3, **SECRETS)
    live = BeautifulSoup(client.get(page.url).content, "html.parser")
    draft = page.get_latest_revision_as_object()
    response = draft.make_preview_request()
    preview = BeautifulSoup(response.render().content if not response.is_rendered else response.content, "html.parser")

    def parts(soup):
        return [re.sub(r"\s+", " ", part.get_text()) for part in soup.article.select(".cl-section, .cl-glance")]

    assert parts(preview) == parts(live)
    draft.title = "Another title"
    draft.lessons.set([])
    assert b"secret-lesson" not in draft.make_preview_request().render().content


@pytest.mark.parametrize("path", ["", "nothing/", "nothing/at/all/"])
def test_addresses_below_a_case_study_are_nobodys(client, path):
    page = case_study(organisation())
    assert client.get(page.url + path).status_code == (200 if not path else 404)


def test_a_draft_is_not_there(client):
    page = case_study(organisation(), live=False)
    assert client.get(page.url).status_code == 404


def test_a_restriction_above_the_page_still_closes_it(client):
    """We ask for no such privacy, yet what Wagtail was told to close stays closed, however the page is found."""
    stockport = organisation("Stockport")
    page = case_study(stockport)
    PageViewRestriction.objects.create(page=stockport.page, restriction_type=PageViewRestriction.LOGIN)
    assert client.get(page.url).status_code == 302
    assert client.get(case_study(organisation("Leeds")).url).status_code == 200


def test_the_page_speaks_welsh_around_the_text(client):
    page = case_study(organisation("Stockport"))
    english = page.url
    _response, soup = look(client, f"/cy{english}")
    assert soup.html["lang"] == "cy"
    assert soup.article.header.find("a", href="/cy/councils/stockport/")
    assert soup.h1["lang"] == "en"
    assert {prose.get("lang") for prose in soup.article.select(".prose")} == {"en"}
    _response, soup = look(client, english)
    assert not soup.article.select("[lang]")


def queries(client, path):
    Site.get_site_root_paths()
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_a_case_study_costs_at_most_twelve_queries_however_long_it_is(client):
    stockport = organisation("Stockport")
    few, many = full(stockport, 3), full(organisation("Leeds"), 12, **SECRETS)
    call_command("search_rebuild", verbosity=0)
    _response, soup = look(client, few.url)
    assert soup.find(id="more").find("a", href=many.url), "what is like it is counted too"
    assert queries(client, few.url) == queries(client, many.url) <= 12


@pytest.mark.parametrize("kind", ["council", "topic", "place", "programme", "home", "councils", "topics", "programmes"])
def test_lists_cost_at_most_fifteen_queries_however_long_they_are(client, kind):
    topic, place, portas = TopicFactory(), PlaceFactory(), programme()
    councils = [organisation(name) for name in ("Stockport", "Leeds", "Derby")]
    path = {
        "council": "/councils/stockport/", "topic": topic.url, "place": place.url, "programme": portas.url,
        "home": "/", "councils": "/councils/", "topics": "/topics/", "programmes": "/programmes/",
    }[kind]  # fmt: skip

    def write(how_many):
        for n in range(how_many):
            page = case_study(
                councils[0] if kind == "council" else councils[n % 3],
                topics=[topic, TopicFactory(parent=topic)], places=[place, PlaceFactory()],
                outcome=["worked", "did_not_work"][n % 2], programme=portas,
            )  # fmt: skip
            page.measures.create(indicator="Empty shops", unit="%", before=2, after=1)
            page.save()

    def asked():
        # What stands on the map is in the index.
        call_command("search_rebuild", verbosity=0)
        return queries(client, path)

    write(6)
    few = asked()
    write(6)
    assert asked() == few <= 15


# --- Topics ------------------------------------------------------------------------------------------


def test_the_topic_list_has_two_levels_with_counts(client):
    top = TopicFactory(name="High streets")
    below = TopicFactory(name="Markets", parent=top)
    case_study(organisation(), topics=[below])
    case_study(organisation("Leeds"), topics=[top, below])
    response, soup = look(client, "/topics/")
    item = soup.find("a", href=top.url).find_parent("li")
    assert item.h2.get_text(" ", strip=True) == "High streets 2 case studies"
    assert "2" in item.find("a", href=below.url).parent.get_text()
    assert not response.cookies


def test_a_topic_says_what_is_known_and_counts_each_case_study_once(client):
    top = TopicFactory(name="High streets", known="Markets hold longer than pop-up shops.")
    below = TopicFactory(name="Markets", parent=top)
    stockport = organisation("Stockport")
    for n, outcome in enumerate(["worked", "worked", "partly_worked", "did_not_work"]):
        case_study(stockport, title=f"Case {n}", topics=[top, below], outcome=outcome)
    _response, soup = look(client, top.url)
    assert [h1.get_text() for h1 in soup.find_all("h1")] == ["High streets"]
    assert "Markets hold longer" in soup.find(class_="cl-known").get_text()
    counts = {a["href"]: a.find(class_="cl-counts__n").get_text() for a in soup.select(".cl-counts a")}
    assert counts == {
        f"/search/?topic={top.slug}&outcome=worked": "2",
        f"/search/?topic={top.slug}&outcome=partly_worked": "1",
        f"/search/?topic={top.slug}&outcome=did_not_work": "1",
    }
    worked, did_not = soup.find_all("h3", class_="cl-side")
    assert len(worked.parent.find_all("a")) == 2
    assert {a.get_text() for a in did_not.parent.find_all("a")} == {"Case 2", "Case 3"}
    assert len(soup.find_all("article", class_="cl-card")) == 4
    assert soup.find("a", href=f"/search/?topic={top.slug}")
    _response, soup = look(client, below.url)
    assert soup.find("nav", {"aria-label": "Breadcrumb"}).find("a", href=top.url)


def test_an_empty_topic_says_so_and_offers_a_way_on(client):
    _response, soup = look(client, TopicFactory().url)
    empty = soup.find(class_="cl-empty")
    assert "No case studies yet" in empty.get_text()
    assert empty.find("a", href="/search/")


@pytest.mark.parametrize("page", ["0", "-1", "999", "x", "1' OR 1=1", ""])
def test_a_page_number_that_makes_no_sense_is_no_error(client, page):
    topic = TopicFactory()
    case_study(organisation(), topics=[topic])
    assert client.get(topic.url, {"page": page}).status_code == 200


def test_long_lists_have_pages(client):
    topic = TopicFactory()
    stockport = organisation()
    for n in range(13):
        case_study(stockport, title=f"Case {n}", topics=[topic])
    _response, soup = look(client, topic.url)
    assert len(soup.select("article.cl-card")) == 12
    _response, soup = look(client, topic.url + soup.select_one(".govuk-pagination__next a")["href"])
    assert [card.h3.get_text(strip=True) for card in soup.select("article.cl-card")] == ["Case 0"]


def test_an_unknown_topic_is_not_found(client):
    assert client.get("/topics/no-such-topic/").status_code == 404


def test_a_table_in_a_text_has_headings_and_scrolls_by_itself(client):
    table = (
        '<table><thead><tr><th scope="col">Year</th><th scope="col">Shops &amp; stalls</th></tr></thead>'
        "<tbody><tr><td>2019</td><td>4</td></tr></tbody></table>"
    )
    page = case_study(
        organisation(), results=f"<p>Before</p>{table}<p>After</p>", other_text="<h3>Awards</h3><p>One.</p>"
    )
    _response, soup = look(client, page.url)
    box = soup.find(id="results").find(role="region")
    assert (box["tabindex"], box["aria-label"]) == ("0", "Table: Year, Shops & stalls")
    assert [cell.get_text() for cell in box.find_all("th", scope="col")] == ["Year", "Shops & stalls"]
    assert soup.find(id="other-text").h3.get_text() == "Awards"
