"""An author in the CMS: what the form says, who may do what, and what goes past a reviewer."""

from datetime import datetime

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from members.services import end_membership
from moderation.services import decide_page
from places.models import OpportunityDocument, OpportunityPage, Window
from places.opportunities.times import LONDON
from tests import factories

pytestmark = pytest.mark.django_db


def form(**changes):
    documents = changes.pop("documents", [])
    return nested_form_data(
        {
            "title": "Run our libraries",
            "summary": "Community groups may say that they want to run our libraries.",
            "service": "Branch libraries",
            "opens": "2027-03-10 09:00",
            "closes": "2027-03-28 17:00",
            "description": rich_text("<p>Three of them.</p>"),
            "who_may_apply": rich_text(""),
            "how_to_apply": rich_text("<p>Write to us.</p>"),
            "apply_url": "",
            "contact_name": "",
            "contact_email": "",
            "contact_phone": "",
            "programme": "",
            "source_url": "",
            "documents": inline_formset(documents),
            "comments": inline_formset([]),
            **changes,
        }
    )


@pytest.fixture
def stockport():
    return factories.organisation("Stockport")


@pytest.fixture
def clock():
    with time_machine.travel("2027-03-01 12:00Z", tick=True) as travelling:
        yield travelling


def send(client, data, *, of=None, page=None, action="action-submit"):
    if page:
        url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    else:
        url = reverse("wagtailadmin_pages:add", args=["places", "opportunitypage", of.page.pk])
    return client.post(url, {**data, action: "1"} if action else data)


def errors(response):
    assert response.status_code == 200
    return {name: str(own) for name, own in response.context["form"].errors.items()}


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(client, stockport, clock):
    client.force_login(factories.member(stockport, "author"))
    empty = rich_text("")
    wrong = {
        "closes before it opens": ({"closes": "2027-03-09 17:00"}, "closes", "It closes before it opens"),
        "closes when it opens": ({"closes": "2027-03-10 09:00"}, "closes", "It closes before it opens"),
        "closed already": (
            {"opens": "2027-01-01 09:00", "closes": "2027-02-01 17:00"}, "closes", "closed already when it is",
        ),
        "far off": ({"closes": "2072-03-28 17:00"}, "closes", "more than three years away"),
        "long ago": ({"opens": "1927-03-28 17:00"}, "opens", "before the year 2000"),
        "an hour that the clocks leave out": ({"closes": "2027-03-28 01:30"}, "closes", "Europe/London"),
        "no date": ({"closes": ""}, "closes", "required"),
        "no way to apply": ({"how_to_apply": empty}, "how_to_apply", "Say how to apply"),
        "a script for a link": ({"apply_url": "javascript:alert(1)"}, "apply_url", "valid URL"),
        "a file server": ({"apply_url": "ftp://files.example/form"}, "apply_url", "https://"),
        "no address": ({"contact_email": "libraries"}, "contact_email", "valid email"),
    }  # fmt: skip
    for case, (changes, field, words) in wrong.items():
        said = errors(send(client, form(**changes), of=stockport))
        assert set(said) == {field}, (case, said)
        assert words in said[field], (case, said)
    assert not OpportunityPage.objects.exists()
    # A draft may be half of it, and contradict itself for a while.
    half = form(closes="2027-03-09 17:00", how_to_apply=empty, summary="")
    assert send(client, half, of=stockport, action="").status_code == 302
    page = OpportunityPage.objects.get()
    assert not page.live
    assert "It closes before it opens" in errors(send(client, half, page=page))["closes"]


def test_it_is_reviewed_and_published_by_others_and_mended_while_it_is_up(client, stockport, clock):
    approver, moderator = factories.member(stockport, "approver"), factories.UserFactory(moderator=True)
    client.force_login(factories.member(stockport, "author"))
    assert send(client, form(), of=stockport).status_code == 302
    page = OpportunityPage.objects.get()
    assert page.workflow_in_progress
    assert not page.live
    assert page.closes == datetime(2027, 3, 28, 17, tzinfo=LONDON)
    assert client.get(page.get_url()).status_code == 404
    assert not Window.objects.exists()
    for person in (approver, moderator):
        step = OpportunityPage.objects.get(pk=page.pk).current_workflow_task_state
        decide_page(task_state=step, action="approve", by=person)
    page = OpportunityPage.objects.get(pk=page.pk)
    assert page.live
    assert client.get(page.get_url()).status_code == 200
    assert client.get("/feeds/opportunities.ics").content.count(b"BEGIN:VEVENT") == 1
    # It may be closed early, and mended after it has closed.
    clock.move_to("2027-04-01 12:00Z")
    assert send(client, form(closes="2027-03-20 17:00"), page=page).status_code == 302


def test_a_time_is_london_s_whoever_types_it(client, stockport):
    """A zone of one's own in the CMS would make “By the clock in London” untrue."""
    client.force_login(factories.member(stockport, "author"))
    account = client.get(reverse("wagtailadmin_account"))
    assert account.status_code == 200
    assert "current_time_zone" not in account.content.decode()


def test_nobody_writes_or_withdraws_for_another_council(client, stockport, clock):
    page = factories.opportunity(stockport)
    lapsed = factories.member(stockport, "lead")
    end_membership(membership=lapsed.memberships.get(), by=None)
    doors = {
        "edit": reverse("wagtailadmin_pages:edit", args=[page.pk]),
        "add": reverse("wagtailadmin_pages:add", args=["places", "opportunitypage", stockport.page.pk]),
        "withdraw": reverse("withdraw_opportunity", args=[page.pk]),
        "reinstate": reverse("reinstate_opportunity", args=[page.pk]),
    }
    for person in (factories.member(factories.organisation("Bury"), "lead"), lapsed, factories.UserFactory()):
        client.force_login(person)
        for name, door in doors.items():
            for answer in (client.get(door), client.post(door, {"reason": "plans"})):
                assert answer.status_code in {302, 403, 404}, (person.name, name)
                assert answer.status_code != 302 or "pages/" not in answer["Location"], (person.name, name)
    assert OpportunityPage.objects.get(pk=page.pk).withdrawn is None
    client.force_login(factories.member(stockport, "lead"))
    assert "Withdraw this opportunity" in client.get(doors["edit"]).content.decode()
    assert "This field is required" in client.post(doors["withdraw"], {}).content.decode()
    assert client.post(doors["withdraw"], {"reason": "law"}).status_code == 302
    assert OpportunityPage.objects.get(pk=page.pk).withdrawn is not None
    assert "Take the withdrawal back" in client.get(doors["edit"]).content.decode()
    assert client.get(doors["reinstate"]).status_code == 200
    assert client.post(doors["reinstate"]).status_code == 302
    assert OpportunityPage.objects.get(pk=page.pk).withdrawn is None
    start = reverse("start_opportunity")
    assert client.get(start)["Location"] == doors["add"]


@pytest.mark.usefixtures("wagtail_indices")
def test_a_document_is_as_public_as_its_page_and_from_its_own_council(client, stockport, clock, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    bury = factories.organisation("Bury")
    files = get_document_model().objects
    ours, theirs = (
        files.create(title=of.slug, file=ContentFile(b"%PDF-1.4", "form.pdf"), collection=of.collection)
        for of in (stockport, bury)
    )
    client.force_login(factories.member(stockport, "author"))
    rows = [{"document": theirs.pk, "title": "A form"}]
    response = send(client, form(documents=rows), of=stockport)
    assert "from your own organisation" in str(response.context["form"].formsets["documents"].errors)
    assert send(client, form(documents=[{"document": ours.pk, "title": "A form"}]), of=stockport).status_code == 302
    page = OpportunityPage.objects.get()
    client.logout()
    assert client.get(ours.url).status_code == 404
    page.latest_revision.publish()
    assert OpportunityDocument.objects.get().name == "A form"
    assert client.get(ours.url).status_code == 200
    assert "A form" in client.get(OpportunityPage.objects.get().get_url()).content.decode()
    OpportunityPage.objects.get().unpublish()
    assert client.get(ours.url).status_code == 404
