import json

import pytest
from django.test import Client
from django.urls import reverse

from casestudies.choices import Audience
from discussion.asks.services import accept_answer
from discussion.services import add_comment
from moderation.models import ContributionState
from tests.factories import (
    PlaceFactory,
    TopicFactory,
    UserFactory,
    adoption,
    answer,
    ask,
    briefing,
    case_study,
    comment,
    member,
    organisation,
    programme,
)

pytestmark = pytest.mark.django_db

SECRET = "xyzzy-for-members"
LISTS = [
    "/api/case-studies/", "/api/councils/", "/api/topics/", "/api/programmes/", "/api/places/", "/api/asks/",
    "/api/opportunities/", "/api/briefings/", "/api/record/", "/api/comments/",
]  # fmt: skip
ALL = ["/api/", "/api/openapi.json", *LISTS]


@pytest.fixture
def stockport(db):
    return organisation("Stockport", gss_code="E08000007", population=294_773)


def hidden(of, **fields):
    """A members-only case study that holds the secret in every field that only members may read."""
    page = case_study(
        of,
        title="Members’ title",
        summary="Members’ summary",
        audience=Audience.MEMBERS,
        **dict.fromkeys(("problem", "approach", "results", "did_not_work", "advice", "who_for"), f"<p>{SECRET}</p>"),
        **dict.fromkeys(("ended_reason", "cost_note", "funder", "staff_time", "contact_name"), SECRET),
        live=False,
        **fields,
    )
    page.lessons.create(lesson=SECRET, why=SECRET, sort_order=0)
    page.measures.create(indicator=SECRET, unit=SECRET, after=1, sort_order=0)
    page.partners.create(name=SECRET)
    page.tags.add(SECRET)
    page.save_revision().publish()
    page.refresh_from_db()
    return page


def _signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def get(path, status=200, client=None, **query):
    response = (client or Client()).get(path, query)
    assert response.status_code == status, response.content[:500]
    return response.json()


def test_the_list_says_what_it_holds_and_on_which_terms(stockport):
    topic, place = TopicFactory(), PlaceFactory()
    portas = programme()
    page = case_study(stockport, topics=[topic], places=[place], programme=portas, started="2013-03")
    answer = get("/api/case-studies/")
    assert (answer["count"], answer["page"], answer["pages"], answer["next"]) == (1, 1, 1, None)
    assert answer["licence"].endswith("/open-government-licence/version/3/")
    assert "Open Government Licence v3.0" in answer["attribution"]
    [one] = answer["items"]
    assert one["title"] == page.title
    assert one["url"] == f"http://localhost:8000/councils/stockport/{page.slug}/"
    assert one["api_url"] == f"http://localhost:8000/api/case-studies/{page.pk}/"
    assert one["council"]["slug"] == "stockport"
    assert (one["topics"], one["programme"], one["outcome"]) == ([topic.slug], portas.slug, "worked")
    assert one["places"] == [{"slug": place.slug, "name": place.name, "lat": 53.4, "lng": -2.16}]


def test_one_case_study_whole(stockport):
    page = case_study(stockport, live=False, setup_cost=1200, tags=["market"])
    page.lessons.create(lesson="Open in October", why="Nobody came in August.", sort_order=0)
    page.measures.create(indicator="Empty shops", unit="%", before=25, after=12.5, sort_order=0)
    page.save_revision().publish()
    answer = get(f"/api/case-studies/{page.pk}/")
    text = answer["text"]
    assert text["problem"] == "<p>One shop in four was empty.</p>"
    assert (text["setup_cost"], text["yearly_cost"], text["tags"]) == (1200, None, ["market"])
    assert text["lessons"] == [{"lesson": "Open in October", "why": "Nobody came in August."}]
    assert text["measures"][0]["after"] == 12.5
    assert "sam@example.org" not in json.dumps(answer)
    assert "Sam Officer" not in json.dumps(answer)


def test_links_between_pages_become_addresses_and_other_markup_is_dropped(stockport):
    other = case_study(stockport)
    page = case_study(
        stockport,
        problem=f'<p onclick="x()"><a linktype="page" id="{other.pk}">As here</a><script>x()</script></p>',
    )
    assert get(f"/api/case-studies/{page.pk}/")["text"]["problem"] == (
        f'<p><a href="/councils/stockport/{other.slug}/">As here</a></p>'
    )


@pytest.mark.parametrize("person", ["anonymous", "subscriber", "member", "administrator"])
def test_members_text_is_in_no_answer_whoever_asks(stockport, person):
    topic, place = TopicFactory(), PlaceFactory()
    page = hidden(stockport, topics=[topic], places=[place], outcome="did_not_work")
    client = Client()
    if person != "anonymous":
        client.force_login(
            {
                "subscriber": UserFactory,
                "member": lambda: member(stockport),
                "administrator": lambda: UserFactory(administrator=True),
            }[person]()
        )
    feeds = ["/feeds/case-studies/", f"/feeds/topics/{topic.slug}/", "/feeds/councils/stockport/"]
    for path in [*ALL, f"/api/case-studies/{page.pk}/", *feeds]:
        response = client.get(path)
        assert response.status_code == 200
        assert SECRET not in response.content.decode(), path
    one = get(f"/api/case-studies/{page.pk}/", client=client)
    assert (one["title"], one["summary"], one["audience"]) == ("Members’ title", "Members’ summary", "members")
    assert (one["text"], one["outcome"], one["topics"], one["places"]) == (None, None, [], [])
    assert get("/api/case-studies/", outcome="did_not_work", client=client)["count"] == 0


def test_drafts_and_withdrawn_case_studies_are_not_there(stockport):
    draft = case_study(stockport, live=False)
    withdrawn = case_study(stockport)
    withdrawn.unpublish()
    assert get("/api/case-studies/")["count"] == 0
    for page in (draft, withdrawn):
        get(f"/api/case-studies/{page.pk}/", status=404)


def test_filters(stockport):
    trafford = organisation("Trafford")
    above = TopicFactory(slug="economy")
    below = TopicFactory(slug="high-streets", parent=above)
    place, portas = PlaceFactory(slug="sale"), programme("Portas Pilots")
    one = case_study(stockport, topics=[below], outcome="worked")
    two = case_study(trafford, topics=[above], places=[place], outcome="did_not_work", programme=portas)

    def found(**query):
        return {item["id"] for item in get("/api/case-studies/", **query)["items"]}

    assert found() == {one.pk, two.pk}
    assert found(topic="economy") == {one.pk, two.pk}
    assert found(topic="high-streets") == {one.pk}
    assert found(council="trafford") == {two.pk}
    assert found(place="sale") == {two.pk}
    assert found(programme=portas.slug) == {two.pk}
    assert found(outcome="worked") == {one.pk}
    assert found(topic="economy", council="stockport") == {one.pk}
    assert found(topic="nothing") == found(council="nothing") == found(place="x") == found(programme="x") == set()


def test_pages(stockport):
    for _ in range(5):
        case_study(stockport)
    first = get("/api/case-studies/", per_page=2, council="stockport")
    assert (first["count"], first["pages"], first["previous"], len(first["items"])) == (5, 3, None, 2)
    second = get(first["next"].removeprefix("http://localhost:8000"))
    third = get(second["next"].removeprefix("http://localhost:8000"))
    assert third["next"] is None
    ids = [item["id"] for answer in (first, second, third) for item in answer["items"]]
    assert len(set(ids)) == 5
    get("/api/case-studies/", status=404, page=4, per_page=2)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "query",
    [
        {"page": "0"},
        {"page": "-1"},
        {"page": "9" * 30},
        {"page": "two"},
        {"page": "1.5"},
        {"page": "\x00"},
        {"per_page": "0"},
        {"per_page": "101"},
        {"per_page": "9" * 30},
    ],
)
def test_a_page_that_cannot_be_is_refused_in_words(path, query):
    response = Client().get(path, query)
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"]
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    "query",
    [
        {"topic": "a\x01b"},
        {"council": "../etc"},
        {"place": "x" * 121},
        {"programme": "' OR 1=1 --"},
        {"outcome": "splendid"},
    ],
)
def test_a_filter_that_cannot_be_is_refused(query):
    assert Client().get("/api/case-studies/", query).status_code == 422


@pytest.mark.parametrize("path", ["/api/case-studies/0/", "/api/case-studies/one/", "/api/nothing/"])
def test_what_is_not_there(path):
    assert Client().get(path).status_code == 404


def test_a_number_that_no_database_holds():
    assert Client().get(f"/api/case-studies/{'9' * 30}/").status_code == 422


@pytest.mark.parametrize("path", ALL)
def test_answers_are_public_and_cacheable_and_set_no_cookie(stockport, path):
    case_study(stockport)
    response = Client().get(path)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/json")
    assert "public" in response["Cache-Control"]
    assert "max-age=300" in response["Cache-Control"]
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies
    again = Client().get(path, headers={"if-none-match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", LISTS)
def test_it_is_for_reading_only(path):
    for method in ("post", "put", "patch", "delete"):
        assert getattr(Client(), method)(path).status_code == 405


def fill(of, count):
    topic, place = TopicFactory(), PlaceFactory()
    for _ in range(count):
        page = case_study(of, topics=[topic], places=[place], live=False)
        page.lessons.create(lesson="One", sort_order=0)
        page.measures.create(indicator="One", unit="%", after=1, sort_order=0)
        page.save_revision().publish()
    TopicFactory.create_batch(count, parent=topic)
    for one in PlaceFactory.create_batch(count):
        one.organisations.add(of)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_costs_the_same_however_long(stockport, path, django_assert_max_num_queries):
    Client().get(path)  # what is read once a process
    fill(stockport, 2)
    with django_assert_max_num_queries(8) as few:
        Client().get(path)
    fill(organisation("Trafford"), 4)
    with django_assert_max_num_queries(len(few)):
        Client().get(path)


def test_a_case_study_costs_the_same_however_many_rows(stockport, django_assert_max_num_queries):
    page = case_study(stockport, live=False)
    page.save_revision().publish()
    Client().get(f"/api/case-studies/{page.pk}/")
    for number in range(5):
        page.lessons.create(lesson=f"Lesson {number}", sort_order=number)
        page.sources.create(title=f"Source {number}", url="https://example.org/", sort_order=number)
        page.case_study_places.create(place=PlaceFactory())
    page.save_revision().publish()
    with django_assert_max_num_queries(15):
        answer = get(f"/api/case-studies/{page.pk}/")
    assert len(answer["text"]["lessons"]) == 5


def test_councils_topics_programmes_and_places(stockport):
    above = TopicFactory(slug="economy", name="Economy")
    TopicFactory(slug="high-streets", parent=above)
    PlaceFactory(slug="sale").organisations.add(stockport)
    programme("Portas Pilots")
    programme("A draft", live=False)
    [council] = get("/api/councils/")["items"]
    assert (council["slug"], council["gss_code"], council["population"]) == ("stockport", "E08000007", 294773)
    assert council["url"] == "http://localhost:8000/councils/stockport/"
    assert {one["slug"]: one["parent"] for one in get("/api/topics/")["items"]} == {
        "economy": None,
        "high-streets": "economy",
    }
    assert [one["title"] for one in get("/api/programmes/")["items"]] == ["Portas Pilots"]
    [place] = get("/api/places/")["items"]
    assert (place["slug"], place["councils"]) == ("sale", ["stockport"])


def references(node):
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_the_description_describes_every_address():
    document = get("/api/openapi.json")
    assert document["openapi"].startswith("3.")
    assert document["info"]["title"] == "Connected Localism"
    assert document["info"]["license"]["url"].endswith("/version/3/")
    assert set(document["paths"]) == {"/api/", *LISTS, "/api/case-studies/{number}/"}
    ids = []
    for path, operations in document["paths"].items():
        assert set(operations) == {"get"}
        operation = operations["get"]
        ids.append(operation["operationId"])
        assert operation["summary"]
        named = {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"}
        assert named == ({"number"} if "{" in path else set())
        assert operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert len(set(ids)) == len(ids)
    for reference in references(document):
        node = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
    page = next(one for one in document["paths"]["/api/topics/"]["get"]["parameters"] if one["name"] == "page")
    assert (page["schema"]["minimum"], page["schema"]["default"]) == (1, 1)


def test_the_index_leads_everywhere():
    answer = get(reverse("api:index"))
    for address in [answer["openapi"], *answer["lists"].values(), *answer["feeds"].values()]:
        assert Client().get(address.removeprefix("http://localhost:8000")).status_code == 200


def test_asks_as_everybody_may_read_them(stockport, django_assert_num_queries):
    above, asker = TopicFactory(), UserFactory(name="Nia New")
    topic = TopicFactory(parent=above)
    one = ask(author=asker, organisation=stockport, topics=[topic])
    ask(author=asker, state="held", title=SECRET)
    helped = answer(one, UserFactory(name="Mo Member"))
    found = get("/api/asks/", topic=above.slug, council="stockport")
    [told] = found["items"]
    assert (told["author"], told["helped"]) == ("Nia New", None)
    assert get("/api/asks/", place="sale")["count"] == get("/api/asks/", topic=TopicFactory().slug)["count"] == 0
    accept_answer(answer=helped, by=asker)
    assert get("/api/asks/")["items"][0]["helped"] == helped.pk
    asker.delete()
    assert get("/api/asks/")["items"][0]["author"] is None
    asker = UserFactory()
    assert told["title"] == one.title
    assert told["url"] == f"http://localhost:8000{one.get_absolute_url()}"
    assert (told["topics"], told["council"], told["answers"], told["settled"]) == ([topic.slug], "stockport", 1, False)
    assert SECRET not in json.dumps(found)
    for _ in range(10):
        ask(author=asker, topics=[topic])
    with django_assert_num_queries(3):
        get("/api/asks/")


def test_comments_and_answers_where_everybody_may_read_them(stockport, django_assert_num_queries):
    writer, place = member(stockport, name="Mo Member"), PlaceFactory(slug="sale")
    page, closed = case_study(stockport), hidden(stockport)
    one, waiting = ask(author=UserFactory(name="Ann")), ask(author=UserFactory(), state="held")
    gone = ask(author=UserFactory(), state="hidden")
    body = f"See http://localhost:8000{page.get_url()} and http://localhost:8000{closed.get_url()}"
    first = add_comment(ask=one, body=body, by=writer)[0]
    reply = add_comment(ask=one, body="Thank you.", by=one.author, reply_to=first)[0]
    reply.state = ContributionState.PUBLISHED
    reply.save()
    about, there = (
        comment(page=page, author=writer, body="How much?"),
        comment(place=place, author=writer, body="Here."),
    )
    on_adoption = comment(page=page, adoption=adoption(page, organisation("Bury")), author=writer, body="And you?")
    for state in set(ContributionState) - {ContributionState.PUBLISHED}:
        comment(page=page, author=writer, body=SECRET, state=state)
        answer(one, writer, SECRET, state=state)
    comment(page=closed, author=writer, body=SECRET)
    comment(page=closed, adoption=adoption(closed, organisation("Hull")), author=writer, body=SECRET)
    comment(page=briefing(stockport), author=writer, body=SECRET)
    comment(page=case_study(stockport, live=False), author=writer, body=SECRET)
    comment(page=page, adoption=adoption(page, organisation("Wigan"), state="held"), author=writer, body=SECRET)
    for other in (waiting, gone):
        answer(other, writer, SECRET)
    for client in (None, _signed_in(writer), _signed_in(UserFactory(administrator=True))):
        found = get("/api/comments/", client=client)
        assert SECRET not in json.dumps(found)
        assert [told["id"] for told in found["items"]] == [one.pk for one in (on_adoption, there, about, reply, first)]
    answers = get(get("/api/asks/")["items"][0]["answers_url"].removeprefix("http://localhost:8000"))["items"]
    assert [(told["author"], told["thread"], told["reply_to"]) for told in answers] == [
        ("Ann", first.pk, first.pk),
        ("Mo Member", None, None),
    ]
    assert (answers[1]["cites"], answers[1]["body"], answers[1]["ask"]) == ([page.pk, closed.pk], body, one.pk)
    assert answers[1]["url"] == f"http://localhost:8000{one.get_absolute_url()}#comment-{first.pk}"
    assert {told["id"] for told in get("/api/comments/", case_study=page.pk)["items"]} == {about.pk, on_adoption.pk}
    assert [told["place"] for told in get("/api/comments/", place="sale")["items"]] == ["sale"]
    for number in (waiting.pk, gone.pk, 2**40):
        assert get("/api/comments/", ask=number)["count"] == 0
    assert get("/api/comments/", case_study=closed.pk)["count"] == 0
    for _ in range(5):
        answer(one, UserFactory())
    with django_assert_num_queries(3):
        get("/api/comments/")
