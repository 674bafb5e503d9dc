"""Every page address of the CMS, as everybody who has no business there, over every state of a page.

The addresses are read from Wagtail's own URL configuration, so that a new one cannot be forgotten.
"""

import logging
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.template import engines
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from wagtail.models import Page, PageViewRestriction

from casestudies.models import CaseStudyPage
from members.services import end_membership
from tests import factories

pytestmark = pytest.mark.django_db

SECRET = "Unsaid so far"
PAGE_ARGUMENTS = {"page_id", "parent_page_id", "page_to_move_id", "page_pk"}
# Published pages may be linked to by everybody; what is chosen from is checked below.
CHOOSES_AMONG_PUBLISHED = "wagtailadmin_choose_page_child"


def _patterns(resolver, namespaces=(), arguments=frozenset()):
    for pattern in resolver.url_patterns:
        names = arguments | set(pattern.pattern.regex.groupindex) | set(pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _patterns(pattern, inner, names)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield ":".join((*namespaces, pattern.name)), names


def page_routes():
    """(name, arguments) of every route of the CMS that takes a page."""
    for name, arguments in sorted({(n, frozenset(a)) for n, a in _patterns(get_resolver())}, key=str):
        about_pages = name.startswith(
            ("wagtailadmin_pages:", "wagtailadmin_api:pages:", "wagtailadmin_editing_sessions")
        )
        if name.startswith("wagtail") and (arguments & PAGE_ARGUMENTS or (about_pages and "pk" in arguments)):
            yield name, arguments


def _values(page, own_page):
    revision = page.get_latest_revision()
    state = page.current_workflow_state
    return {
        "page_id": page.pk,
        "page_to_move_id": page.pk,
        "page_pk": page.pk,
        "pk": page.pk,
        "parent_page_id": page.pk,
        "destination_id": own_page.pk,
        "revision_id": revision.pk,
        "revision_id_a": "earliest",
        "revision_id_b": "latest",
        "content_type_app_name": "casestudies",
        "content_type_model_name": "casestudypage",
        "action_name": "approve",
        "task_state_id": state.current_task_state.pk if state else 1,
        "task_id": state.current_task_state.task_id if state else 1,
        "workflow_state_id": state.pk if state else 1,
        "workflow_pk": 1,
        "page_view_restriction_id": 1,
    }


@pytest.fixture
def stockport():
    return factories.organisation("Stockport")


@pytest.fixture
def trafford():
    return factories.organisation("Trafford")


@pytest.fixture
def author(stockport):
    return factories.member(stockport, "author")


@pytest.fixture
def pages(stockport, trafford, author):
    # Everything that a factory makes comes first: it is told from memory until something else writes.
    approver = factories.member(stockport, "approver")
    draft = factories.case_study(stockport, live=False, title=f"{SECRET} draft", owner=author)
    with_changes = factories.case_study(stockport)
    with_approver = factories.case_study(stockport, live=False, title=f"{SECRET} for approval", owner=author)
    with_moderator = factories.case_study(stockport, live=False, title=f"{SECRET} for moderation", owner=author)
    members = factories.case_study(stockport, audience="members")
    with_changes.title = f"{SECRET} title"
    with_changes.summary = f"{SECRET} summary"
    with_changes.save_revision(user=author)
    with_approver.get_workflow().start(with_approver, author)
    with_moderator.get_workflow().start(with_moderator, author)
    state = with_moderator.current_workflow_task_state
    state.task.specific.on_action(state, approver, "approve")
    members.title = f"{SECRET} to members"
    members.save_revision(user=author)
    return [
        CaseStudyPage.objects.get(pk=page.pk) for page in (draft, with_changes, with_approver, with_moderator, members)
    ]


def _person(role, stockport, trafford):
    if role == "anonymous":
        return None
    if role == "lapsed author":
        person = factories.member(stockport, "author")
        end_membership(membership=person.memberships.get(), by=None)
        return person
    if role == "subscriber":
        return factories.UserFactory()
    if role == "member":
        return factories.member(stockport, "member")
    return factories.member(trafford, role.split()[-1])


def _state(page):
    fresh = CaseStudyPage.objects.get(pk=page.pk)
    return (
        fresh.path,
        fresh.slug,
        fresh.live,
        fresh.locked,
        fresh.draft_title,
        fresh.revisions.count(),
        fresh.workflow_states.count(),
        fresh.current_workflow_task_state and fresh.current_workflow_task_state.status,
    )


OUTSIDERS = [
    "anonymous",
    "subscriber",
    "member",
    "lapsed author",
    "other council's author",
    "other council's approver",
    "other council's lead",
]


@pytest.fixture
def _quiet():
    """Two thousand refusals would each be logged."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def _plain_refusals(pages, monkeypatch):
    """Two thousand error pages with menus and footer would be half of the time; what they say is tested elsewhere.

    Nor is it asked for each whether the address has moved: nothing has.
    """
    template = engines["django"].from_string("refused")
    monkeypatch.setattr("django.views.defaults.loader", SimpleNamespace(get_template=lambda name: template))
    monkeypatch.setattr(
        "members.middleware.render",
        lambda request, name, context, status: HttpResponse(template.render(context, request), status=status),
    )
    monkeypatch.setattr("wagtail.contrib.redirects.middleware.get_redirect", lambda request, path: None)


@pytest.mark.parametrize("role", OUTSIDERS)
@pytest.mark.usefixtures("_quiet", "_plain_refusals")
def test_no_door_of_the_cms_opens_for_somebody_elses_page(client, role, pages, stockport, trafford):
    person = _person(role, stockport, trafford)
    if person:
        client.force_login(person)
    before, total = [_state(page) for page in pages], Page.objects.count()
    asked = [(page, _values(page, trafford.page)) for page in pages]
    opened = []
    for name, arguments in page_routes():
        # Who is not let into the CMS at all is turned away before any page is looked at: two states are enough.
        for page, values in asked if role.startswith("other") else asked[:2]:
            url = reverse(name, kwargs={argument: values[argument] for argument in arguments})
            for method in (client.get, client.post) if page in (pages[0], pages[2]) else (client.get,):
                response = method(url, {"title": "Taken over", "alias": "on", "restriction_type": "login"})
                body = b"".join(response) if response.streaming else response.content
                seen = SECRET.encode() in body
                harmless = name == CHOOSES_AMONG_PUBLISHED and page.live and page.title == page.draft_title
                if seen or (response.status_code == 200 and not harmless):
                    opened.append(f"{name} {method.__name__} {page.draft_title}: {response.status_code}")
    assert not opened, opened[:20]
    # Nothing was left for the next page to say either.
    assert SECRET not in client.get("/cms/").content.decode()
    assert [_state(page) for page in pages] == before
    assert Page.objects.count() == total
    assert not PageViewRestriction.objects.exists()


def test_the_table_covers_what_it_should(client, author, pages):
    """The same addresses do open for the page's own author: otherwise the table above would prove nothing."""
    names = {name for name, _ in page_routes()}
    assert len(names) > 35
    assert {
        "wagtailadmin_pages:revisions_compare",
        "wagtailadmin_api:pages:action",
        "wagtailadmin_pages:set_privacy",
    } <= names
    client.force_login(author)
    for name in ("edit", "history", "usage", "copy", "workflow_history"):
        assert client.get(reverse(f"wagtailadmin_pages:{name}", args=[pages[0].pk])).status_code == 200, name
