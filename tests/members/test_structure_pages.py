"""A council's own page: its people write it, administrators keep it in its place."""

import pytest
from django.urls import reverse
from wagtail.models import Page, PageViewRestriction
from wagtail.test.utils.form_data import nested_form_data, rich_text

from members.models import OrganisationPage, Role
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def stockport():
    return factories.organisation("Stockport")


@pytest.fixture
def trafford():
    return factories.organisation("Trafford")


@pytest.fixture
def cms(client):
    """Ask the CMS for something about a page, as a person."""

    def ask(person, name, page, data=None, *, extra=()):
        client.force_login(person)
        url = reverse(f"wagtailadmin_pages:{name}", args=[page.pk, *extra])
        return client.get(url) if data is None else client.post(url, data)

    return ask


def _place(page):
    return Page.objects.filter(pk=page.pk).values("path", "slug", "live").get()


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.APPROVER, Role.LEAD, "moderator", "editor"])
def test_only_administrators_move_copy_withdraw_or_delete_a_councils_page(cms, stockport, trafford, role):
    people = {"moderator": {"moderator": True}, "editor": {"editor": True}}
    person = factories.UserFactory(**people[role]) if role in people else factories.member(stockport, role)
    page, before, total = stockport.page, _place(stockport.page), Page.objects.count()
    tries = [
        ("delete", {}, ()),
        ("unpublish", {}, ()),
        ("move", {"new_parent_page": page.get_parent().pk}, ()),
        ("move_confirm", {}, (trafford.page.pk,)),
        ("copy", {"new_title": "Twin", "new_slug": "twin", "new_parent_page": page.get_parent().pk}, ()),
        ("copy", {"new_title": "Twin", "new_slug": "twin", "new_parent_page": page.get_parent().pk, "alias": "on"}, ()),
        ("set_privacy", {"restriction_type": "login"}, ()),
    ]
    for name, data, extra in tries:
        response = cms(person, name, page, data, extra=extra)
        assert response.status_code in {302, 403}, (role, name)
    # A council with nothing published beneath it yet is no exception.
    page.unpublish()
    assert cms(person, "delete", page, {}).status_code in {302, 403}
    assert _place(page) == {**before, "live": False}
    assert Page.objects.count() == total
    assert not PageViewRestriction.objects.exists()


def test_an_administrator_may(cms, stockport):
    boss = factories.UserFactory(administrator=True)
    assert cms(boss, "move", stockport.page).status_code == 200
    assert cms(boss, "unpublish", stockport.page, {}).status_code == 302
    assert not OrganisationPage.objects.get().live


@pytest.mark.parametrize("boss", [True, False])
def test_privacy_is_the_audience_field_and_nothing_else(cms, stockport, boss):
    case_study = factories.case_study(stockport)
    person = factories.UserFactory(administrator=True) if boss else factories.UserFactory(moderator=True)
    assert cms(person, "set_privacy", case_study, {"restriction_type": "login"}).status_code == 302
    assert not PageViewRestriction.objects.exists()


def test_a_council_edits_its_text_but_not_its_address(cms, stockport):
    author = factories.member(stockport, "author")
    data = {"title": "Stockport", "about": rich_text("<p>Between two rivers.</p>"), "slug": "taken-over"}
    data |= {"search_description": "", "comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0}
    assert cms(author, "edit", stockport.page, nested_form_data(data)).status_code == 302
    stockport.page.refresh_from_db()
    latest = stockport.page.get_latest_revision_as_object()
    assert "two rivers" in latest.about
    assert latest.slug == stockport.page.slug == "stockport"
    assert "two rivers" not in stockport.page.about


@pytest.mark.parametrize(
    ("action", "extra"),
    [
        ("delete", {}),
        ("unpublish", {"include_descendants": "on"}),
        ("publish", {}),
        ("move", {"chooser": "{trafford}"}),
    ],
)
@pytest.mark.parametrize("target", ["own council", "other council's draft"])
def test_bulk_actions_ask_for_every_page(client, stockport, action, extra, target):
    trafford = factories.organisation("Trafford")
    page = stockport.page if target == "own council" else factories.case_study(trafford, live=False)
    before, total = _place(page), Page.objects.count()
    client.force_login(factories.member(stockport, "author"))
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action]) + f"?id={page.pk}"
    client.post(url, {name: value.format(trafford=trafford.page.pk) for name, value in extra.items()})
    assert _place(page) == before
    assert Page.objects.count() == total


def test_an_author_cannot_write_or_copy_under_another_council(cms, client, stockport, trafford):
    author = factories.member(stockport, "author")
    own = factories.case_study(stockport, live=False, owner=author)
    total = Page.objects.count()
    data = {"new_title": "Guest", "new_slug": "guest", "new_parent_page": trafford.page.pk}
    response = cms(author, "copy", own, data)
    assert response.status_code == 200
    assert "You do not have permission to copy to page" in response.content.decode()
    assert cms(author, "move_confirm", own, {}, extra=(trafford.page.pk,)).status_code in {302, 403, 404}
    url = reverse("wagtailadmin_pages:add", args=["casestudies", "casestudypage", trafford.page.pk])
    assert client.post(url, {"title": "Guest"}).status_code == 404
    assert Page.objects.count() == total
    assert own.get_parent().pk == stockport.page.pk


def test_an_author_copies_within_the_own_council(cms, stockport):
    author = factories.member(stockport, "author")
    own = factories.case_study(stockport, owner=author, import_id="row-7")
    data = {"new_title": "Second round", "new_slug": "second-round", "new_parent_page": stockport.page.pk}
    assert cms(author, "copy", own, data).status_code == 302
    twin = Page.objects.get(slug="second-round").specific
    assert not twin.live
    assert twin.import_id is None
