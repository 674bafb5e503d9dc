"""The form, the record's page and the list, as people meet them."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from casestudies.models import Adoption
from core.models import Event
from places.models import Place
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def origin():
    return factories.organisation("Stockport")


@pytest.fixture
def market(origin):
    page = factories.case_study(origin, live=False, title="Market in an empty shop")
    page.measures.create(indicator="Empty shops", unit="%", better="lower", before=25, after=12)
    page.save_revision().publish()
    page.refresh_from_db()
    return page


@pytest.fixture
def kirklees():
    return factories.organisation("Kirklees", lat=53.6, lng=-1.8)


@pytest.fixture
def author(kirklees, client):
    person = factories.member(kirklees, "author", name="Ada Author")
    client.force_login(person)
    return person


def form_of(page):
    return f"{reverse('adoption_new')}?case_study={page.pk}"


def soup_of(response):
    return BeautifulSoup(response.content, "html.parser")


def answers(kirklees, **more):
    return {
        "organisation": kirklees.pk, "status": "stopped", "started_0": "3", "started_1": "2024", "ended_0": "9",
        "ended_1": "2024", "outcome": "did_not_work", "reasons": ["money", "people"], "words": "Nobody came.", **more,
    }  # fmt: skip


def errors_of(response):
    soup = soup_of(response)
    return {a["href"]: a.get_text() for a in soup.select(".govuk-error-summary a")}


def test_a_visitor_is_led_through_the_sign_in_and_back(client, market):
    button = soup_of(client.get(market.url)).find("a", string="We tried this too")
    assert button["href"] == form_of(market)
    response = client.get(button["href"])
    assert response["Location"] == f"{reverse('account_login')}?next=/adoptions/new/%3Fcase_study%3D{market.pk}"


def test_an_author_records_what_stopped_for_two_reasons_with_own_figures(client, market, kirklees, author):
    form = client.get(form_of(market))
    row = form.context["form"].measures[0]
    assert "In the original: 25% before, 12% after." in form.content.decode()
    figures = {f"{row.prefix}-before": "30", f"{row.prefix}-after": "28", f"{row.prefix}-after_date_1": "2024"}
    response = client.post(form_of(market), answers(kirklees, **figures))
    adoption = Adoption.objects.get()
    assert response["Location"] == reverse("adoption_done", args=[adoption.pk])
    assert (adoption.started, adoption.ended, adoption.outcome) == ("2024-03", "2024-09", "did_not_work")
    assert adoption.reasons == ["money", "people"]
    measure = adoption.measures.get()
    assert (measure.indicator, measure.unit, measure.better, measure.before, measure.after) == (
        "Empty shops", "%", "lower", 30, 28,
    )  # fmt: skip
    assert "The record is published" in client.get(response["Location"]).content.decode()
    words = soup_of(client.get(reverse("adoption", args=[adoption.pk]))).get_text(" ", strip=True)
    for told in ("Kirklees Council", "Stockport", "Stopped", "Money", "People", "Nobody came.", "Empty shops"):
        assert told in words


def test_nothing_is_lost_when_something_is_wrong(client, market, kirklees, author):
    row = client.get(form_of(market)).context["form"].measures[0].prefix
    response = client.post(
        form_of(market),
        answers(kirklees, ended_1="2023", reasons=[], **{f"{row}-after": "many", "new_place": "Batley", "lat": "x"}),
    )
    assert response.status_code == 422
    assert not Adoption.objects.exists()
    soup = soup_of(response)
    assert soup.title.get_text().strip().startswith("Error:")
    assert soup.find("textarea", {"name": "words"}).get_text().strip() == "Nobody came."
    assert soup.find("input", {"name": f"{row}-after"})["value"] == "many"
    assert soup.find("input", {"name": f"{row}-after"}).find_parent("details").has_attr("open")
    assert soup.find("input", {"name": "new_place"}).find_parent("details").has_attr("open")
    for href in errors_of(response):
        assert soup.find(id=href.removeprefix("#")), href


def test_what_the_services_refuse_stands_beside_its_field(client, market, kirklees, author):
    response = client.post(form_of(market), answers(kirklees, ended_1="2023", reasons=[]))
    assert errors_of(response) == {
        "#id_ended_0": "The end comes before the start.",
        "#id_reasons_0": "Choose at least one reason. It is what others learn most from.",
    }


def test_a_second_record_of_the_same_place_leads_to_the_first(client, market, kirklees, author):
    client.post(form_of(market), answers(kirklees))
    response = client.post(form_of(market), answers(kirklees))
    first = Adoption.objects.get()
    assert soup_of(response).find("a", href=reverse("adoption", args=[first.pk]))


def test_a_practitioner_names_the_council_and_waits(client, market, kirklees):
    client.force_login(factories.UserFactory())
    said = {**answers(kirklees), "other_organisation": "kirklees"}
    del said["organisation"]
    response = client.post(form_of(market), said)
    adoption = Adoption.objects.get()
    assert (adoption.organisation, adoption.state) == (kirklees, "held")
    assert "a moderator looks at it first" in client.get(response["Location"]).content.decode()
    assert client.get(reverse("adoption", args=[adoption.pk])).status_code == 200
    client.logout()
    assert client.get(reverse("adoption", args=[adoption.pk])).status_code == 404


@pytest.mark.parametrize(
    ("name", "told"),
    [("", "Write the name"), ("Kirkless", "Did you mean Kirklees"), ("Zzz", "We do not know a council")],
)
def test_an_unknown_council_is_refused_with_help(client, market, kirklees, name, told):
    client.force_login(factories.UserFactory())
    response = client.post(form_of(market), {"status": "trying", "other_organisation": name})
    assert told in errors_of(response)["#id_other_organisation"]


# --- places ---------------------------------------------------------------------------------------


def test_a_new_place_stands_where_its_council_does_unless_a_point_is_given(client, market, kirklees, author):
    client.post(form_of(market), answers(kirklees, new_place="Batley"))
    client.post(form_of(market), answers(kirklees, new_place="Dewsbury", lat="53.69", lng="-1.63"))
    places = {one.name: (one.lat, one.lng) for one in Place.objects.filter(organisations=kirklees)}
    assert places == {"Batley": (53.6, -1.8), "Dewsbury": (53.69, -1.63)}
    again = client.post(form_of(market), answers(kirklees, new_place="batley"))
    assert again.status_code == 422
    assert Place.objects.count() == 2


@pytest.mark.usefixtures("author")
@pytest.mark.parametrize(
    ("point", "field"),
    [
        (("48.85", "2.35"), "#id_lat"),
        (("-1.8", "53.6"), "#id_lat"),
        (("53.35", "-6.26"), "#id_point_is_right"),
        (("55.0", "1.5"), "#id_point_is_right"),
        (("53.6", ""), "#id_lat"),
    ],
)
def test_a_point_in_the_sea_or_abroad_is_asked_about(client, market, kirklees, point, field):
    lat, lng = point
    said = answers(kirklees, new_place="Batley", lat=lat, lng=lng)
    assert next(iter(errors_of(client.post(form_of(market), said)))) == field
    assert not Place.objects.exists()
    if field == "#id_point_is_right":
        client.post(form_of(market), {**said, "point_is_right": "on"})
        assert Place.objects.get().lng == float(lng)


def test_a_practitioner_adds_no_places(client, market, kirklees):
    factories.PlaceFactory(name="Batley").organisations.add(kirklees)
    client.force_login(factories.UserFactory())
    said = {"status": "trying", "other_organisation": "Kirklees", "new_place": "Buy pills here"}
    assert list(errors_of(client.post(form_of(market), said))) == ["#id_new_place"]
    client.post(form_of(market), {**said, "new_place": "BATLEY"})
    assert Adoption.objects.get().place.name == "Batley"
    assert Place.objects.count() == 1


# --- the record's page and what can be done there ----------------------------------------------


def test_a_change_shows_what_is_there_and_saves_it(client, market, kirklees, author):
    client.post(form_of(market), answers(kirklees))
    adoption = Adoption.objects.get()
    address = reverse("adoption_change", args=[adoption.pk])
    soup = soup_of(client.get(address))
    assert soup.find("input", {"name": "ended_0"})["value"] == "9"
    assert {one["value"] for one in soup.select("input[name=reasons][checked]")} == {"money", "people"}
    client.post(address, answers(kirklees, outcome="partly_worked"))
    adoption.refresh_from_db()
    assert adoption.outcome == "partly_worked"
    assert "corrected: whether it worked" in client.get(reverse("adoption", args=[adoption.pk])).content.decode()


def test_figures_are_kept_changed_and_taken_away(client, market, kirklees, author):
    row = client.get(form_of(market)).context["form"].measures[0].prefix
    client.post(form_of(market), answers(kirklees, **{f"{row}-before": "30", f"{row}-after": "28"}))
    adoption = Adoption.objects.get()
    address = reverse("adoption_change", args=[adoption.pk])
    rows = client.get(address).context["form"].measures
    assert [(one.title, one["after"].value()) for one in rows[:1]] == [("Empty shops (%)", 28.0)]
    own = rows[0].prefix
    more = {"more-0-indicator": "Visits", "more-0-unit": "people", "more-0-after": "900"}
    client.post(address, answers(kirklees, **{f"{own}-before": "30", f"{own}-after": "27"}, **more))
    told = list(adoption.measures.values_list("indicator", "before", "after", "comparison"))
    assert told == [("Empty shops", 30, 27, "before_and_after"), ("Visits", None, 900, "none")]
    client.post(address, answers(kirklees))
    assert not adoption.measures.exists()


def test_the_page_offers_each_reader_what_they_may_do(client, market, kirklees, origin):
    adoption = factories.adoption(market, kirklees, author=factories.UserFactory(), verified=False)
    address = reverse("adoption", args=[adoption.pk])
    response = client.get(address)
    assert not response.cookies
    assert "Not yet verified" in response.content.decode()
    for person, buttons in (
        (factories.member(origin, "lead"), set()),
        (adoption.author, {"Change it", "Withdraw it"}),
        (factories.member(kirklees, "lead"), {"This is still right", "Change it", "Withdraw it"}),
    ):
        client.force_login(person)
        soup = soup_of(client.get(address))
        offered = {one.get_text(strip=True) for one in soup.main.find_all(["a", "button"])}
        assert offered & {"This is still right", "Change it", "Withdraw it"} == buttons
    client.post(reverse("adoption_confirm", args=[adoption.pk]))
    assert "Not yet verified" not in client.get(address).content.decode()


def test_withdrawing_asks_first(client, market, kirklees, author):
    adoption = factories.adoption(market, kirklees)
    address = reverse("adoption_withdraw", args=[adoption.pk])
    assert "Change it instead" in client.get(address).content.decode()
    assert client.post(address)["Location"] == reverse("adoptions")
    assert Event.objects.filter(kind="adoption.removed").exists()
    assert client.get(reverse("adoption", args=[adoption.pk])).status_code == 404


def test_the_record_of_a_members_case_study_is_for_members(client, origin, kirklees):
    adoption = factories.adoption(factories.case_study(origin, audience="members"), kirklees)
    address = reverse("adoption", args=[adoption.pk])
    assert client.get(address).status_code == 404
    client.force_login(factories.UserFactory())
    assert client.get(address).status_code == 404
    client.force_login(factories.member(kirklees))
    assert client.get(address).status_code == 200


def test_what_somebody_wrote_is_never_markup(client, market, kirklees):
    adoption = factories.adoption(market, kirklees, words="<script>x</script>", changed="<b>y</b>", reasons=["other"],
                                  other_reason="<i>z</i>")  # fmt: skip
    html = client.get(reverse("adoption", args=[adoption.pk])).content.decode()
    assert not [tag for tag in ("<script>x", "<b>y", "<i>z") if tag in html]


def test_editors_source_and_demonstration_are_said(client, market, kirklees):
    adoption = factories.adoption(
        market, kirklees, written_by="editors", verified=False, source_url="https://example.org/r",
        author=factories.UserFactory(is_demonstration=True),
    )  # fmt: skip
    words = soup_of(client.get(reverse("adoption", args=[adoption.pk]))).get_text(" ", strip=True)
    assert "Written up by the network’s editors" in words
    assert "An example by a person of this demonstration" not in words, "it has a public source"
    assert "Not yet verified" not in words
    made_up = factories.adoption(market, factories.organisation("Wigan"), author=adoption.author)
    words = soup_of(client.get(reverse("adoption", args=[made_up.pk]))).get_text(" ", strip=True)
    assert "An example by a person of this demonstration" in words


# --- the list -------------------------------------------------------------------------------------


def test_the_list_has_ones_organisations_and_ones_own_and_says_what_to_do(client, market, kirklees, author):
    factories.adoption(market, kirklees, confirmed_on="2020-01-01")
    factories.adoption(market, factories.organisation("Wigan"), author=author, state="held", verified=False)
    factories.adoption(market, factories.organisation("Bury"))
    rows = soup_of(client.get(reverse("adoptions"))).select("tbody tr")
    words = [row.get_text(" ", strip=True) for row in rows]
    assert len(words) == 2
    assert any("Kirklees" in one and "Not confirmed since January 2020" in one for one in words)
    assert any("Wigan" in one and "Waiting for a moderator" in one for one in words)


def test_the_list_costs_the_same_however_long_it_is(client, origin, kirklees, author, django_assert_max_num_queries):
    for _one in range(12):
        factories.adoption(factories.case_study(origin), kirklees)
    client.get(reverse("adoptions"))  # what is asked once a process
    with django_assert_max_num_queries(13):
        assert len(client.get(reverse("adoptions")).context["rows"]) == 12
