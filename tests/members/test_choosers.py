"""What the CMS's choosers and lists show of other councils: what is published, and nothing before."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wagtail_indices")]


@pytest.fixture
def stockport():
    return factories.organisation("Stockport")


@pytest.fixture
def trafford():
    return factories.organisation("Trafford")


@pytest.fixture
def pages(stockport, trafford):
    retitled = factories.case_study(trafford, title="Repair library opens")
    retitled.title = "Repair library fails"
    retitled.save_revision()
    return {
        "theirs": factories.case_study(trafford, title="Repair library published"),
        "their draft": factories.case_study(trafford, live=False, title="Repair library draft"),
        "their new title": retitled,
        "own draft": factories.case_study(stockport, live=False, title="Repair library of ours"),
    }


@pytest.fixture
def as_author(client, stockport):
    client.force_login(factories.member(stockport, "author"))
    return client


def _seen(response):
    text = response.content.decode()
    titles = ("published", "draft", "fails", "of ours")
    return [title for title in titles if f"Repair library {title}" in text]


def test_browsing_shows_published_pages_of_others_only(as_author, pages, trafford, stockport):
    page = reverse("wagtailadmin_choose_page_child", args=[trafford.page.pk])
    assert _seen(as_author.get(page)) == ["published"]
    own = reverse("wagtailadmin_choose_page_child", args=[stockport.page.pk])
    assert _seen(as_author.get(own)) == ["of ours"]


def test_a_programme_can_still_be_chosen(as_author):
    programme = factories.programme("Community Right to Bid")
    response = as_author.get(reverse("wagtailadmin_choose_page") + "?page_type=places.ProgrammePage")
    assert programme.title in response.content.decode()


def test_searching_shows_published_pages_of_others_only(as_author, pages):
    found = as_author.get(reverse("wagtailadmin_choose_page_search") + "?q=repair")
    assert _seen(found) == ["published", "of ours"]


def test_no_draft_is_named_by_its_number(as_author, pages):
    url = reverse("wagtailadmin_choose_page_chosen_multiple")
    assert as_author.get(f"{url}?id={pages['their draft'].pk}&id={pages['theirs'].pk}").status_code == 404
    assert as_author.get(f"{url}?id={pages['their new title'].pk}").status_code == 404
    assert _seen(as_author.get(f"{url}?id={pages['theirs'].pk}&id={pages['own draft'].pk}")) == ["published", "of ours"]
    as_author.logout()
    assert as_author.get(f"{url}?id={pages['theirs'].pk}").status_code == 302


LISTS = [
    "/cms/",
    "/cms/pages/",
    "/cms/pages/search/?q=repair",
    "/cms/pages/search/results/?q=repair",
    "/cms/pages/usage/casestudies/casestudypage/",
    "/cms/pages/usage/casestudies/casestudypage/results/",
    "/cms/reports/site-history/",
    "/cms/reports/site-history/?export=csv",
    "/cms/reports/workflow/",
    "/cms/reports/workflow_tasks/",
    "/cms/reports/aging-pages/",
    "/cms/reports/page-types-usage/",
    "/cms/reports/locked/",
    "/cms/api/main/pages/",
    "/cms/api/main/pages/?child_of={trafford}",
    "/cms/api/main/pages/?search=repair",
    "/cms/pages/create/casestudies/casestudypage",
]


def test_lists_and_reports_say_nothing_of_other_councils_drafts(as_author, pages, trafford):
    pages["their draft"].get_workflow().start(pages["their draft"], factories.member(trafford, "author"))
    for address in LISTS:
        response = as_author.get(address.format(trafford=trafford.page.pk), follow=True)
        body = b"".join(response) if response.streaming else response.content
        assert b"Repair library draft" not in body, address
        assert b"Repair library fails" not in body, address


ADMINISTRATION = [
    "/cms/users/",
    "/cms/users/new/",
    "/cms/users/edit/{person}/",
    "/cms/users/delete/{person}/",
    "/cms/groups/",
    "/cms/groups/new/",
    "/cms/groups/edit/{group}/",
    "/cms/sites/",
    "/cms/redirects/",
    "/cms/redirects/add/",
    "/cms/collections/",
    "/cms/collections/{collection}/",
    "/cms/collections/{collection}/privacy/",
    "/cms/workflows/list/",
    "/cms/workflows/add/",
    "/cms/workflows/tasks/index/",
    "/cms/snippets/core/topic/add/",
    "/cms/snippets/core/topic/",
]


@pytest.mark.parametrize("role", ["author", "approver", "lead", "moderator"])
def test_the_networks_own_settings_are_out_of_reach(client, stockport, role):
    person = factories.UserFactory(moderator=True) if role == "moderator" else factories.member(stockport, role)
    client.force_login(person)
    group = person.groups.first()
    for address in ADMINISTRATION:
        url = address.format(person=person.pk, group=group.pk, collection=stockport.collection.pk)
        for method in (client.get, client.post):
            assert method(url).status_code in {302, 403, 404}, url
    menu = client.get("/cms/").content.decode()
    for address in ("/cms/users/", "/cms/groups/", "/cms/redirects/", "/cms/sites/", "/cms/collections/"):
        assert address not in menu


def test_who_was_given_the_permission_to_change_people_still_may_not(client, stockport):
    """Who may change users may make an administrator of anybody, themselves included."""
    author = factories.member(stockport, "author")
    author.user_permissions.set(Permission.objects.filter(content_type__model__in=["user", "group"]))
    client.force_login(author)
    assert client.get("/cms/users/").status_code in {302, 403}
    url = f"/cms/users/edit/{author.pk}/"
    data = {"email": author.email, "name": "Boss", "is_active": "on", "is_superuser": "on"}
    assert client.post(url, data).status_code in {302, 403}
    author.refresh_from_db()
    assert not author.is_superuser
    assert client.get("/cms/groups/").status_code in {302, 403}


def test_there_is_no_public_content_api_of_wagtails(client):
    for path in ("/api/v2/pages/", "/api/v3/pages/", "/cms/api/main/pages/", "/cms/api/main/images/"):
        assert client.get(path).status_code in {302, 403, 404}, path
