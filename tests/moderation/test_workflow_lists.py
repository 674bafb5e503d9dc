"""What the CMS lists and shows of pages in review, and to whom."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.views.pages.edit import EditView
from wagtail.models import Page

from members.models import Membership
from moderation import services
from moderation.errors import NotAllowed
from moderation.queue import waiting_for
from tests import factories
from tests.moderation.reviews import draft, submit

pytestmark = pytest.mark.django_db


def test_the_dashboard_lists_what_is_ones_own_to_review(  # noqa: PLR0917 - four people meet here
    client, wigan, waiting, step, approver, other_approver, author, moderator
):
    theirs = draft(wigan, factories.member(wigan, "author"), title="Wigan’s own")
    submit(theirs, theirs.owner)
    seen = {}
    for name, person in (("own", approver), ("other", other_approver), ("author", author), ("moderator", moderator)):
        client.force_login(person)
        response = client.get(reverse("wagtailadmin_home"))
        assert response.status_code == 200
        panels = response.context["panels"]
        panel = next(one for one in panels if getattr(one, "name", "") == "workflow_objects_to_moderate")
        context = panel.get_context_data({"request": response.wsgi_request, "csrf_token": ""})
        seen[name] = [state["obj"].pk for state in context["states"]]
    assert seen == {"own": [waiting.pk], "other": [theirs.pk], "author": [], "moderator": []}


def test_previewing_a_step_is_for_its_reviewers(client, step, approver, other_approver, monkeypatch):
    waiting = step.workflow_state.content_object.specific
    monkeypatch.setattr(type(waiting), "make_preview_request", lambda page, *args, **more: HttpResponse(page.title))
    address = reverse("wagtailadmin_pages:workflow_preview", args=[waiting.pk, step.task_id])
    client.force_login(other_approver)
    assert client.get(address).status_code in {302, 403, 404}
    client.force_login(approver)
    response = client.get(address)
    assert response.status_code == 200
    assert waiting.title in response.content.decode()


def test_a_draft_in_review_and_a_locked_case_are_seen_by_those_who_may(  # noqa: PLR0917 - everybody meets here
    client, stockport, waiting, step, author, approver, other_approver, moderator, monkeypatch
):
    monkeypatch.setattr(EditView, "render_to_response", lambda *args, **kwargs: HttpResponse("SECRET"))
    monkeypatch.setattr(type(waiting), "make_preview_request", lambda page, *args, **more: HttpResponse("SECRET"))
    waiting.title = "SECRET"
    first, second = waiting.revisions.order_by("pk").values_list("pk", flat=True)[:2]
    doors = {
        "editor": ("edit", [waiting.pk]),
        "draft": ("view_draft", [waiting.pk]),
        "preview of the step": ("workflow_preview", [waiting.pk, step.task_id]),
        "older version": ("revisions_view", [waiting.pk, first]),
        "comparison": ("revisions_compare", [waiting.pk, first, second]),
        "history": ("history", [waiting.pk]),
    }
    doors = {name: reverse(f"wagtailadmin_pages:{view}", args=args) for name, (view, args) in doors.items()}
    doors["review"] = reverse("moderation_page", args=[step.pk])

    def open_to(person):
        client.force_login(person)
        return {name for name, address in doors.items() if client.get(address).status_code == 200}

    lapsed = factories.member(stockport, "author")
    Membership.objects.filter(person=lapsed).update(expires_at=timezone.now() - timedelta(days=1))
    suspended = factories.member(stockport, "author")
    services.suspend(
        person=suspended, by=moderator, until=timezone.now() + timedelta(days=1), reason="abuse", words="x"
    )
    reader = factories.UserFactory()
    assert open_to(author) == {"editor", "draft", "older version", "comparison", "history"}
    assert open_to(approver) >= {"editor", "preview of the step", "review"}
    for person in (other_approver, lapsed, suspended, reader):
        assert open_to(person) == set(), person
    link = services.own_link(step=step, person=approver)
    assert Client().get(link).status_code == 200

    # A locked case closes all of it to everybody who is not named for such, authors and their links included.
    Page.objects.filter(pk=waiting.pk).update(live=True)
    waiting.refresh_from_db()
    services.report(subject=waiting, kind="child_abuse")
    Page.objects.filter(pk=waiting.pk).update(live=False)
    for person in (author, approver, moderator, other_approver):
        assert open_to(person) == set(), person
        assert waiting_for(person) == [], person
    assert Client().get(link).status_code == 410
    with pytest.raises(NotAllowed):
        services.decide_page(task_state=step, action="approve", by=approver)
    administrator = factories.UserFactory(administrator=True)
    assert open_to(administrator) >= {"editor", "draft", "older version", "comparison", "history"}
