"""The author's first page in the CMS, another start from a case study, previews, and the count of reads."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.views.pages.edit import EditView

from casestudies import reads
from casestudies.models import CaseStudyPage, ReadCount, Standing
from casestudies.services import start_from_case_study
from members.errors import NotAllowed
from members.models import Membership
from moderation.models import Decision
from moderation.services import open_claim
from tests import factories

pytestmark = pytest.mark.django_db
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def stockport():
    return factories.organisation("Stockport")


@pytest.fixture
def author(client, stockport):
    person = factories.member(stockport, "author")
    client.force_login(person)
    return person


@pytest.fixture(autouse=True)
def _nothing_counted():
    reads.tally.clear()
    yield
    reads.tally.clear()


def home(client):
    body = client.get(reverse("wagtailadmin_home")).content
    return BeautifulSoup(body, "html.parser").find(class_="cl-work")


def text(soup):
    return " ".join(soup.get_text(" ").split())


def decisions(page, hours, *, n, step):
    now = timezone.now()
    for _ in range(n):
        Decision.objects.create(
            content_type=ContentType.objects.get_for_model(CaseStudyPage), object_id=page.pk, subject_title="x",
            action="approve", step=step, waited_since=now - timedelta(hours=hours), decided_at=now,
        )  # fmt: skip


# --- The first page ----------------------------------------------------------------------------------


def test_a_draft_shows_its_meter_and_leads_to_what_is_missing(client, author, stockport):
    page = factories.case_study(stockport, live=False, owner=author, did_not_work="")
    soup = home(client)
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    links = {link.get_text(): link["href"] for link in soup.find_all("a")}
    assert links["who it is for"] == f"{edit}#id_who_for-label"
    assert "complete." in text(soup)


def test_the_meter_follows_the_latest_draft_of_a_published_page(client, author, stockport):
    page = factories.case_study(stockport, owner=author)
    before = home(client)
    page.who_for = "<p>Traders</p>"
    page.what_next = "<p>More</p>"
    page.save_revision()
    percent = [int(text(soup).split("% complete")[0].split()[-1]) for soup in (before, home(client))]
    assert percent[1] > percent[0]


def test_where_it_waits_and_how_long_that_usually_takes(client, author, stockport):
    factories.member(stockport, "approver")
    done = factories.case_study(stockport, owner=author)
    page = factories.case_study(stockport, live=False, title="With the approver", owner=author)
    page.get_workflow().start(page, author)
    decisions(done, 1, n=4, step="organisation")
    assert "too few decisions so far to say how long this takes" in text(home(client))
    decisions(done, 50, n=9, step="organisation")
    decisions(done, 400, n=9, step="network")
    assert "Waiting: Approval by the organisation, for 0 minutes; usually about 2 days" in text(home(client))


def above_the_editor(client, page):
    """What the editor says first; drawing the rest of it takes two seconds."""
    response = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    said = " ".join(str(message) for message in response.wsgi_request._messages)
    return said if response.status_code == 200 else ""


def test_its_place_in_the_queue_who_reads_it_and_when_it_is_due(client, author, stockport, monkeypatch):
    monkeypatch.setattr(EditView, "render_to_response", lambda *args, **kwargs: HttpResponse())
    began = datetime(2026, 12, 23, 10, 0, tzinfo=UTC)  # a Wednesday before Christmas
    approver = factories.member(stockport, "approver", name="Pat Approver")
    pages = []
    for minute in range(3):
        with time_machine.travel(began + timedelta(minutes=minute), tick=False):
            page = factories.case_study(stockport, live=False)
            page.save_revision(user=author)
            page.get_workflow().start(page, author)
            pages.append(page)
    with time_machine.travel(began, tick=False):
        elsewhere = factories.case_study(factories.organisation("Wigan"), live=False)
        elsewhere.get_workflow().start(elsewhere, factories.UserFactory())
    with time_machine.travel(began + timedelta(minutes=5), tick=False):
        client.force_login(author)
        seen = text(home(client))
        assert "It is the next page to be looked at." in seen
        assert "It is number 3 among the pages that wait." in seen
        assert "To be decided by Monday 4 January" in seen, "bank holidays and weekends do not count"
        step = pages[0].current_workflow_task_state.pk
        assert f"/approve/ask/{step}/" in str(home(client))
        open_claim(kind="page", number=step, by=approver)
        assert "Being reviewed by Pat Approver since 10:05." in text(home(client))
        # The same stands above the page in the editor, for who may open it and nobody else.
        told = above_the_editor(client, pages[2])
        assert "with whoever signs off for your organisation (too few decisions so far to say how long" in told
        assert "It is number 3 among the pages that wait. To be decided by Monday 4 January." in told
        assert "withdraw it from review to go on" in told
        assert "Being reviewed by Pat Approver since 10:05." in above_the_editor(client, pages[0])
        client.force_login(factories.member(factories.organisation("Rochdale"), "author"))
        assert above_the_editor(client, pages[0]) == ""
        Membership.objects.filter(person=author).update(expires_at=began - timedelta(days=1))
        client.force_login(author)
        assert above_the_editor(client, pages[0]) == "", "membership has lapsed"


def test_what_needs_the_author_stands_first(client, author, stockport):
    page = factories.case_study(stockport, live=False, title="Pop-up market", owner=author)
    page.get_workflow().start(page, author)
    page.current_workflow_task_state.task.specific.on_action(
        page.current_workflow_task_state, factories.UserFactory(administrator=True), "reject", comment="Where?"
    )
    old = factories.case_study(stockport, owner=author, title="Old")
    CaseStudyPage.objects.filter(pk=old.pk).update(last_published_at=timezone.now() - timedelta(days=500))
    Standing.objects.filter(page=old).update(confirmed_on=timezone.localdate() - timedelta(days=500))
    needs = home(client).find(class_="cl-work__needs")
    assert "Changes were asked for: Pop-up market" in text(needs)
    assert needs.find("a", href=reverse("confirm_case_studies"))


def test_a_lead_finds_what_waits_for_approval(client, stockport):
    writer = factories.member(stockport, "author")
    page = factories.case_study(stockport, live=False, owner=writer)
    lead = factories.member(stockport, "lead")
    page.get_workflow().start(page, writer)
    client.force_login(lead)
    assert "One case study waits for your approval" in text(home(client))


def test_how_far_it_has_travelled_and_how_often_it_was_read(client, author, stockport):
    page = factories.case_study(stockport, owner=author)
    Standing.objects.update_or_create(
        page=page, defaults={"adoptions": 3, "outcomes": {"worked": 2, "did_not_work": 1}}
    )
    today = timezone.localdate()
    ReadCount.objects.create(page=page, day=today, reads=7, from_search=2)
    ReadCount.objects.create(page=page, day=today - timedelta(days=29), reads=4)
    ReadCount.objects.create(page=page, day=today - timedelta(days=40), reads=100)
    shown = text(home(client))
    assert "Tried in 3 other places (worked: 2, did not work: 1)" in shown
    assert "Read about 11 times in 30 days, 2 of them from our search" in shown


def test_more_case_studies_cost_no_more_queries(client, author, stockport):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(reverse("wagtailadmin_home")).status_code == 200
        return len(captured)

    for live in (True, False):
        factories.case_study(stockport, live=live, owner=author)
    queries()
    few = queries()
    for live in (True, True, True, False, False, False):
        page = factories.case_study(stockport, live=live, owner=author, topics=[factories.TopicFactory()])
        ReadCount.objects.create(page=page, day=timezone.localdate(), reads=1)
    assert queries() <= few


# --- Another start -----------------------------------------------------------------------------------


def test_a_published_case_study_is_a_start_without_its_results(client, author, stockport):
    source = factories.case_study(
        stockport, topics=[factories.TopicFactory()], tags=["market"], setup_cost=5, what_next="<p>On</p>"
    )
    source.needs.create(kind="people", need="A market manager")
    source.lessons.create(lesson="Start in spring")
    source.sources.create(title="Report", url="https://example.org/r")
    source.milestones.create(date="2019", text="Opened")
    source.save_revision().publish()
    url = reverse("use_as_start", args=[source.pk])
    assert url in client.get(reverse("wagtailadmin_pages:edit", args=[source.pk])).content.decode()
    assert "Not taken over" in client.get(url).content.decode()
    assert CaseStudyPage.objects.count() == 1
    response = client.post(url)
    page = CaseStudyPage.objects.exclude(pk=source.pk).get()
    assert response["Location"] == reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert (page.live, page.owner, page.get_parent().specific) == (False, author, stockport.page)
    assert (page.problem, page.approach) == (source.problem, source.approach)
    assert [row.need for row in page.needs.all()] == ["A market manager"]
    assert list(page.topics.all()) == list(source.topics.all())
    assert list(page.tags.names()) == ["market"]
    assert (page.results, page.did_not_work, page.outcome, page.started, page.what_next) == ("", "", "", "", "")
    assert (page.summary, page.setup_cost, page.import_id) == ("", None, None)
    for rows in ("lessons", "sources", "milestones", "measures", "photos", "documents", "case_study_places"):
        assert not getattr(page, rows).exists(), rows
    assert page.get_latest_revision_as_object().topics.count() == 1


def test_only_ones_own_published_case_study_is_a_start(client, author, stockport):
    foreign = factories.case_study(factories.organisation("Trafford"))
    draft = factories.case_study(stockport, live=False, owner=author)
    assert client.post(reverse("use_as_start", args=[foreign.pk])).status_code in {302, 403}
    assert client.post(reverse("use_as_start", args=[draft.pk])).status_code == 404
    for source in (foreign, draft):
        with pytest.raises(NotAllowed):
            start_from_case_study(source=source, by=author)
    client.force_login(factories.member(stockport))
    own = factories.case_study(stockport)
    assert client.post(reverse("use_as_start", args=[own.pk])).status_code in {302, 403}
    assert CaseStudyPage.objects.count() == 3


# --- Previews ----------------------------------------------------------------------------------------


def preview(client, page, mode):
    response = client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]) + f"?mode={mode}")
    if response.status_code == 302:
        response = client.get(response["Location"])
    return response.content.decode()


@pytest.mark.parametrize(
    ("audience", "mode", "sees"),
    [
        ("public", "member", (True, True)),
        ("public", "everybody", (True, False)),
        ("members", "member", (True, True)),
        ("members", "everybody", (False, False)),
    ],
)
def test_a_preview_is_what_a_member_or_everybody_will_see(rf, author, audience, mode, sees):
    stockport = author.memberships.get().organisation
    whole, contact = sees
    page = factories.case_study(stockport, live=False, owner=author, audience=audience, title="Market")
    draft = page.get_latest_revision_as_object()
    request = rf.get("/")
    request.user = author
    request.is_preview = True
    response = draft.serve_preview(request, mode)
    body = response.render().content.decode()
    assert "Market" in body
    assert page.summary in body
    assert ("One shop in four was empty" in body) is whole
    assert ("sam@example.org" in body) is contact
    assert ("The rest is for members" in body) is not whole


def test_the_editor_offers_both_previews(client, author, stockport):
    page = factories.case_study(stockport, live=False, owner=author)
    body = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "As a member sees it" in body
    assert "As everybody sees it" in body


# --- Reads -------------------------------------------------------------------------------------------


def counted(page):
    reads.tally.flush()
    return list(ReadCount.objects.filter(page=page).values_list("reads", "from_search"))


def test_readers_are_counted_by_the_day_and_nothing_else_is_kept(client, stockport):
    page = factories.case_study(stockport)
    for referrer in ("", "http://testserver/search/?q=shops", "http://elsewhere.example/search/"):
        client.get(page.url, headers={"user-agent": BROWSER, "referer": referrer})
    assert counted(page) == [(3, 1)]
    client.get(page.url, headers={"user-agent": BROWSER})
    assert counted(page) == [(4, 1)]
    assert {field.name for field in ReadCount._meta.fields} == {"id", "page", "day", "reads", "from_search"}


@pytest.mark.parametrize(
    "headers",
    [
        {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        {"user-agent": "curl/8.0"},
        {"user-agent": ""},
        {"user-agent": BROWSER, "sec-purpose": "prefetch"},
    ],
)
def test_robots_and_pages_fetched_ahead_are_not_readers(client, stockport, headers):
    page = factories.case_study(stockport)
    assert client.get(page.url, headers=headers).status_code == 200
    assert counted(page) == []


def test_ones_own_look_and_a_head_request_do_not_count(client, author, stockport):
    page = factories.case_study(stockport, owner=author)
    client.get(page.url, headers={"user-agent": BROWSER})
    client.logout()
    client.head(page.url, headers={"user-agent": BROWSER})
    assert counted(page) == []


def test_a_read_costs_the_reader_no_query(client, stockport):
    page = factories.case_study(stockport)
    client.get(page.url)
    with CaptureQueriesContext(connection) as without:
        client.get(page.url)
    with CaptureQueriesContext(connection) as with_count:
        client.get(page.url, headers={"user-agent": BROWSER})
    assert len(with_count) == len(without)


def test_counts_are_written_about_once_a_minute_and_wait_for_a_database_that_is_down(client, stockport, monkeypatch):
    page = factories.case_study(stockport)
    client.get(page.url, headers={"user-agent": BROWSER})
    reads.tally.flush_when_due()
    assert not ReadCount.objects.exists()
    monkeypatch.setattr(reads.tally, "seconds", 0)

    def down(taken):
        raise DatabaseError("locked")

    with monkeypatch.context() as patched:
        patched.setattr(reads.tally, "_write", down)
        reads.tally.flush_when_due()
    assert not ReadCount.objects.exists()
    reads.tally.flush_when_due()
    assert ReadCount.objects.get().reads == 1
    reads.tally.add((page.pk + 999, timezone.localdate(), False))  # a page that has gone
    assert counted(page) == [(1, 0)]


def test_nobody_in_particular_is_a_reader_too(rf, stockport):
    request = rf.get("/", headers={"user-agent": BROWSER})
    request.user = AnonymousUser()
    page = factories.case_study(stockport)
    assert reads.is_read(page, request, page.serve(request))
