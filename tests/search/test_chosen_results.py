"""Results that editors chose: who sees what of them, when, and who may choose."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.contrib.search_promotions.models import Query, SearchPromotion
from wagtail.models import PageViewRestriction

from members.services import end_membership
from search import engines, indexing
from tests import factories

pytestmark = pytest.mark.django_db
WORDS = "Start with this one: it says what the scheme cost."


@pytest.fixture
def stockport():
    return factories.organisation("Stockport")


@pytest.fixture
def shops(stockport):
    page = factories.case_study(stockport, title="A market in an empty shop")
    factories.case_study(stockport, title="Empty shop windows")
    indexing.rebuild(engines.database())
    return page


@pytest.fixture
def choose(django_capture_on_commit_callbacks):
    def chosen(text, page=None, **fields):
        with django_capture_on_commit_callbacks(execute=True):
            return SearchPromotion.objects.create(query=Query.get(text), page=page, **{"description": WORDS} | fields)

    return chosen


def pinned(client, text="empty shop", **more):
    """What stands on top, and the titles below it."""
    page = client.get("/search/", {"q": text, **more}).content.decode()
    above = re.search(r'<section class="cl-pinned".*?</section>', page, re.DOTALL)
    titles = re.findall(r'class="cl-card__link"[^>]*>(.*?)</a>', page)
    return above[0] if above else "", [re.sub(r"</?mark>", "", title) for title in titles]


def test_a_chosen_page_stands_on_top_and_not_below_again(client, shops, choose):
    assert pinned(client)[0] == ""
    assert shops.title in pinned(client)[1]
    choose("empty shop", shops)
    above, below = pinned(client)
    assert "Chosen by our editors" in above
    assert f'href="{shops.url}"' in above
    assert WORDS in above
    assert below == ["Empty shop windows"]


@pytest.mark.parametrize("typed", ["Empty  SHOP", "empty-shop?", "“empty shop”", "émpty shop"])
def test_signs_and_capitals_make_no_other_search(client, shops, choose, typed):
    choose("empty shop", shops)
    assert shops.title in pinned(client, typed)[0]


@pytest.mark.parametrize("typed", ["empty shops", "shop empty", "empty", ""])
def test_other_words_are_another_search(client, shops, choose, typed):
    choose("empty shop", shops)
    assert pinned(client, typed)[0] == ""


@pytest.mark.parametrize("more", [{"outcome": "worked"}, {"sort": "newest"}, {"page": "2"}])
def test_the_readers_own_choices_come_first(client, stockport, shops, choose, more):
    for number in range(25):
        factories.case_study(stockport, title=f"Empty shop number {number}")
    indexing.rebuild(engines.database())
    choose("empty shop", shops)
    assert pinned(client, **more)[0] == ""


def test_it_shows_where_the_engine_finds_nothing(client, shops, choose):
    choose("zzzz", shops)
    page = client.get("/search/", {"q": "zzzz"}).content.decode()
    assert "Chosen by our editors" in page
    assert "cl-empty" in page


def test_the_only_result_is_not_called_none_when_it_is_on_top(client, shops, choose):
    choose("market empty shop", shops)
    page = client.get("/search/", {"q": "market empty shop", "type": "case_study"}).content.decode()
    assert "cl-pinned" not in page
    page = client.get("/search/", {"q": "a market in an empty shop"}).content.decode()
    assert "cl-empty" not in page


def test_several_keep_the_editors_order(client, stockport, shops, choose):
    choose("empty shop", shops, sort_order=1)
    choose("empty shop", factories.case_study(stockport, title="The first of all"), sort_order=0)
    above, _ = pinned(client)
    assert above.index("The first of all") < above.index(shops.title)


def test_a_page_that_is_withdrawn_is_not_shown(client, shops, choose):
    choose("empty shop", shops)
    shops.unpublish()
    assert shops.title not in pinned(client)[0]


def test_a_draft_is_not_shown(client, stockport, shops, choose):
    choose("empty shop", factories.case_study(stockport, live=False, title="A draft of ours"))
    assert pinned(client)[0] == ""


def test_a_page_behind_a_password_is_not_shown(client, shops, choose):
    choose("empty shop", shops)
    PageViewRestriction.objects.create(page=shops.get_parent(), restriction_type="login")
    assert pinned(client)[0] == ""


def test_others_see_the_title_of_what_is_for_members_and_no_more(client, stockport, shops, choose):
    page = factories.case_study(stockport, title="A quiet scheme", audience="members", problem="<p>Zeppelins.</p>")
    choose("empty shop", page)
    for person in (None, factories.UserFactory()):
        if person:
            client.force_login(person)
        above, _ = pinned(client)
        assert "A quiet scheme" in above
        assert "Members only" in above
        assert WORDS not in above
        assert "Zeppelins" not in above
    client.force_login(factories.member(stockport, "member"))
    assert WORDS in pinned(client)[0]


def test_another_website_is_called_so_and_scripts_are_not_followed(client, shops, choose):
    choose("empty shop", external_link_url="https://example.org/", external_link_text="A guide <b>")
    choose("empty shop", external_link_url="javascript:alert(1)", external_link_text="A trap")
    above, _ = pinned(client)
    assert 'href="https://example.org/"' in above
    assert "A guide &lt;b&gt;" in above
    assert "another website" in above
    assert "A trap" not in above


def test_a_search_without_chosen_results_costs_no_query_for_them(client, shops, choose):
    choose("empty shop", shops)
    client.get("/search/", {"q": "windows"})
    with CaptureQueriesContext(connection) as asked:
        client.get("/search/", {"q": "windows"})
    assert not [one for one in asked.captured_queries if "wagtailsearchpromotions" in one["sql"]]
    with CaptureQueriesContext(connection) as asked:
        client.get("/search/", {"q": "empty shop"})
    assert len([one for one in asked.captured_queries if "wagtailsearchpromotions" in one["sql"]]) == 1


# The CMS


@pytest.fixture
def moderator(client):
    person = factories.UserFactory(moderator=True)
    client.force_login(person)
    return person


def form(text, *, initial=0, **first):
    fields = {"page": "", "external_link_url": "", "external_link_text": "", "description": "", "ORDER": "1", **first}
    return {
        "query_string": text,
        "editors_picks-TOTAL_FORMS": "1",
        "editors_picks-INITIAL_FORMS": str(initial),
        "editors_picks-MIN_NUM_FORMS": "0",
        "editors_picks-MAX_NUM_FORMS": "1000",
        **{f"editors_picks-0-{name}": value for name, value in fields.items()},
    }


def test_a_moderator_chooses_changes_and_removes(client, moderator, shops, django_capture_on_commit_callbacks):
    assert pinned(client)[0] == ""
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("wagtailsearchpromotions:add"), form("Empty shop", page=shops.pk))
    assert response.status_code == 302
    assert shops.title in pinned(client)[0]
    row = SearchPromotion.objects.get()
    address = reverse("wagtailsearchpromotions:edit", args=[row.query_id])
    assert shops.title in client.get(address).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, form("windows", initial=1, page=shops.pk, id=row.pk))
    assert pinned(client)[0] == ""
    assert shops.title in pinned(client, "windows")[0]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("wagtailsearchpromotions:delete", args=[SearchPromotion.objects.get().query_id]))
    assert pinned(client, "windows")[0] == ""


@pytest.mark.parametrize(
    ("text", "first", "sentence"),
    [
        ("shop", {"external_link_url": "ftp://example.org/", "external_link_text": "x"}, "Only web addresses"),
        ("shop", {"external_link_url": "javascript:alert(1)", "external_link_text": "x"}, "Enter a valid URL"),
        ("?!", {"external_link_url": "https://example.org/", "external_link_text": "x"}, "no word in this"),
        ("shop", {}, "page OR an external link"),
    ],
)
def test_mistakes_are_named(client, moderator, text, first, sentence):
    response = client.post(reverse("wagtailsearchpromotions:add"), form(text, **first))
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert not SearchPromotion.objects.exists()


def test_wagtails_own_counts_are_gone(client, moderator, choose, shops):
    choose("empty shop", shops)
    index = client.get(reverse("wagtailsearchpromotions:index")).content.decode()
    assert "empty shop" in index
    assert "Views" not in index
    client.force_login(factories.UserFactory(administrator=True))
    for name in ("chooser", "chooserresults", "search_terms", "search_terms_results"):
        assert client.get(reverse(f"wagtailsearchpromotions:{name}")).status_code == 404


def test_moderators_find_both_lists_in_the_menu(client, moderator):
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    assert reverse("synonyms:index") in page
    assert page.count(reverse("wagtailsearchpromotions:index")) == 1


@pytest.mark.parametrize("role", ["visitor", "subscriber", "author", "lapsed author", "lapsed moderator"])
def test_the_screens_are_for_moderators(client, role, shops, stockport, choose):
    row = choose("empty shop", shops)
    if role != "visitor":
        author = "author" in role
        person = factories.member(stockport, "author") if author else factories.UserFactory(moderator="mod" in role)
        client.force_login(person)
        if role == "lapsed author":
            end_membership(membership=person.memberships.get(), by=None)
        person.groups.remove(*person.groups.filter(name="Moderators"))
        if role == "lapsed moderator":
            person.groups.clear()
    for name, args in (("index", []), ("add", []), ("edit", [row.query_id]), ("delete", [row.query_id])):
        address = reverse(f"wagtailsearchpromotions:{name}", args=args)
        assert client.get(address).status_code in {302, 403}
        assert client.post(address, form("other")).status_code in {302, 403, 405}
    assert SearchPromotion.objects.get().query.query_string == "empty shop"
