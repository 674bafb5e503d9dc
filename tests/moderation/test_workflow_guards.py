"""The doors that Wagtail leaves open round its workflow, each shut. Each test fails when its guard is taken away."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.views.pages.edit import EditView
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page, ReferenceIndex, TaskState, WorkflowState

from casestudies.models import Document, Photo
from core.models import Event
from members.models import Membership
from moderation import services
from moderation.errors import AlreadyDecided, NotAllowed, OwnWork
from moderation.locks import progress
from moderation.models import Decision
from moderation.queue import waiting_for
from moderation.services import decide_page
from tests import factories
from tests.remembered import remembered

pytestmark = pytest.mark.django_db
CHANGES = {"action": "ask_for_changes", "reason": "unclear", "words": "Which year?"}


@pytest.fixture
def stockport(db):
    return factories.organisation("Stockport")


@pytest.fixture
def wigan(db):
    return factories.organisation("Wigan")


@pytest.fixture
def author(stockport):
    return factories.member(stockport, "author", name="Ada Author")


@pytest.fixture
def approver(stockport):
    return factories.member(stockport, "approver", name="Amir Approver")


@pytest.fixture
def other_approver(wigan):
    return factories.member(wigan, "approver", name="Olwen Other")


@remembered
def draft(organisation, author, **fields):
    page = factories.case_study(organisation, live=False, **fields)
    page.owner = author
    page.save()
    page.save_revision(user=author)
    page.refresh_from_db()
    return page


def submit(page, by):
    """As the CMS does: a revision of the submitter's, and the workflow of the page.

    Not told from memory: the step keeps a hash of the text, in which there are moments.
    """
    page.refresh_from_db()
    page = page.get_latest_revision_as_object()
    page.save_revision(user=by)
    page.get_workflow().start(page, by)
    return step_of(page)


def step_of(page):
    from moderation.models import ReviewTaskState

    state = WorkflowState.objects.filter(object_id=str(page.pk)).latest("pk").current_task_state
    return ReviewTaskState.objects.get(pk=state.pk)


@pytest.fixture
def waiting(stockport, author, approver):
    """A page of Stockport's at its own approver's step."""
    return draft(stockport, author)


@pytest.fixture
def step(waiting, author):
    return submit(waiting, author)


def act(client, page, state, action="approve", **data):
    return client.post(reverse("wagtailadmin_pages:workflow_action", args=[page.pk, action, state.pk]), data)


# --- whose review it is -------------------------------------------------------------------------


def test_the_steps_come_in_order_and_the_last_publishes(waiting, step, approver, moderator, author):
    assert step.task.name == "Approval by the organisation"
    decide_page(task_state=step, action="approve", by=approver)
    second = step_of(waiting)
    assert second.task.name == "Moderation by the network"
    waiting.refresh_from_db()
    assert not waiting.live
    decide_page(task_state=second, action="approve", by=moderator)
    waiting.refresh_from_db()
    assert waiting.live
    assert list(Decision.objects.order_by("pk").values_list("action", "step", "author")) == [
        ("approve", "organisation", author.pk),
        ("approve", "network", author.pk),
    ]
    started = Event.objects.filter(kind="review.started").order_by("pk")
    assert [event.data["task_state_id"] for event in started] == [step.pk, second.pk]
    assert {(event.subject_kind, event.subject_id) for event in started} == {("case_study", waiting.pk)}


def test_another_councils_approver_does_not_act_through_a_page_of_their_own(
    client, wigan, waiting, step, other_approver
):
    own = draft(wigan, factories.member(wigan, "author"))
    submit(own, own.owner)
    client.force_login(other_approver)
    for page in (own, waiting):
        for action in ("approve", "reject"):
            response = act(client, page, step, action, comment="x", reason="unclear")
            assert response.status_code in {302, 403, 404}, (page, action)
    step.refresh_from_db()
    waiting.refresh_from_db()
    assert step.status == TaskState.STATUS_IN_PROGRESS
    assert not waiting.live
    assert not Decision.objects.exists()


def test_nor_through_the_task_itself_or_the_service(step, other_approver, author, moderator):
    task = step.task.specific
    outsider = factories.UserFactory()
    for person in (other_approver, author, outsider, moderator):  # the moderator's turn has not come
        with pytest.raises(PermissionDenied):
            task.on_action(step, person, "approve")
        with pytest.raises(NotAllowed):
            decide_page(task_state=step, action="approve", by=person)


def test_a_step_is_not_decided_through_another_step(waiting, step, moderator):
    from moderation.models import NetworkModerationTask

    with pytest.raises(PermissionDenied):
        NetworkModerationTask.objects.get().on_action(step, moderator, "approve")


def test_an_approver_whose_membership_ended_approves_nothing(client, waiting, step, approver):
    from members.services import end_membership

    end_membership(membership=approver.memberships.get(), by=None)
    with pytest.raises(NotAllowed):
        decide_page(task_state=step, action="approve", by=approver)
    client.force_login(approver)
    act(client, waiting, step)
    step.refresh_from_db()
    assert step.status == TaskState.STATUS_IN_PROGRESS


def test_nobody_approves_their_own_work(client, stockport, approver, moderator):
    lead = factories.member(stockport, "lead")
    page = draft(stockport, lead)
    step = submit(page, lead)
    with pytest.raises(OwnWork):
        decide_page(task_state=step, action="approve", by=lead)
    with pytest.raises(PermissionDenied):
        step.task.specific.on_action(step, lead, "approve")
    client.force_login(lead)
    assert act(client, page, step).status_code in {302, 403, 404}
    step.refresh_from_db()
    assert step.status == TaskState.STATUS_IN_PROGRESS
    assert step.task.specific.get_actions(page, lead) == []


def test_a_moderator_who_wrote_it_leaves_the_last_step_to_another(stockport, moderator):
    stockport.requires_approval = False
    stockport.save()
    page = draft(stockport, moderator)
    step = submit(page, moderator)
    with pytest.raises(OwnWork):
        decide_page(task_state=step, action="approve", by=moderator)
    decide_page(task_state=step, action="approve", by=factories.UserFactory(moderator=True))
    page.refresh_from_db()
    assert page.live


# --- what is published --------------------------------------------------------------------------


def test_what_was_reviewed_is_published_not_a_later_draft(waiting, step, approver, moderator, author):
    decide_page(task_state=step, action="approve", by=approver)
    second = step_of(waiting)
    later = waiting.get_latest_revision_as_object()
    later.title = "Smuggled in"
    later.save_revision(user=author)
    decide_page(task_state=second, action="approve", by=moderator)
    waiting.refresh_from_db()
    assert waiting.live
    assert waiting.title != "Smuggled in"
    assert waiting.live_revision_id == second.revision_id


def test_a_text_changed_under_its_revision_is_not_approved(client, waiting, step, approver):
    revision = step.revision
    revision.content = {**revision.content, "title": "Overwritten in place"}
    revision.save(update_fields=["content"])
    with pytest.raises(NotAllowed, match="changed since it was submitted"):
        decide_page(task_state=step, action="approve", by=approver)
    client.force_login(approver)
    act(client, waiting, step)
    step.refresh_from_db()
    assert step.status == TaskState.STATUS_IN_PROGRESS
    decide_page(task_state=step, by=approver, **CHANGES)  # asking for changes is still possible


def test_the_live_version_stays_until_the_change_is_approved(stockport, author, approver, moderator):
    page = factories.case_study(stockport, title="As it was")
    edited = page.get_latest_revision_as_object()
    edited.title = "As it becomes"
    edited.save_revision(user=author)
    step = submit(page, author)
    decide_page(task_state=step, action="approve", by=approver)
    page.refresh_from_db()
    assert (page.live, page.title) == (True, "As it was")
    decide_page(task_state=step_of(page), action="approve", by=moderator)
    page.refresh_from_db()
    assert page.title == "As it becomes"


def test_the_moderator_holds_no_right_to_change_the_page_that_they_approve(waiting, moderator):
    assert "change" not in waiting.permissions_for_user(moderator).permissions


# --- nobody edits under a reviewer's eyes -------------------------------------------------------


def form_data(page):
    """What the CMS's editor would post for this page: complete, so that only a guard can refuse it."""
    from wagtail.fields import RichTextField
    from wagtail.test.utils.form_data import nested_form_data, rich_text

    form_class = type(page).get_edit_handler().get_form_class()
    form = form_class(instance=page, for_user=page.owner, parent_page=page.get_parent())
    data = {}
    for name in form.fields:
        value = form.initial.get(name)
        if hasattr(value, "__iter__") and not isinstance(value, str):
            continue
        field = type(page)._meta.get_field(name) if name in form._meta.fields else None
        data[name] = rich_text(value or "") if isinstance(field, RichTextField) else value or ""
    for name in form.formsets:
        data[name] = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    return {**nested_form_data(data), "topics": [str(factories.TopicFactory().pk)]}


def revisions(page):
    return list(page.revisions.order_by("pk").values_list("pk", "content"))


@pytest.fixture
def _unrendered_editor(step, monkeypatch):
    """The editor takes two seconds to draw, forty times over; what it does with the form is what counts here."""
    monkeypatch.setattr(EditView, "render_to_response", lambda *args, **kwargs: HttpResponse())


@pytest.mark.usefixtures("_unrendered_editor")
@pytest.mark.parametrize("role", ["author", "lead", "approver", "moderator", "administrator"])
def test_the_editor_saves_nothing_while_it_is_with_a_reviewer(client, stockport, waiting, step, role):
    person = {
        "administrator": lambda: factories.UserFactory(administrator=True),
        "moderator": lambda: factories.UserFactory(moderator=True),
    }.get(role, lambda: factories.member(stockport, role))()
    client.force_login(person)
    before = revisions(waiting)
    data = {**form_data(waiting.get_latest_revision_as_object()), "title": "Changed under their eyes"}
    address = reverse("wagtailadmin_pages:edit", args=[waiting.pk])
    latest = waiting.latest_revision_id
    attempts = [
        (data, {}),
        ({**data, "action-publish": "1"}, {}),
        ({**data, "action-submit": "1"}, {}),
        ({**data, "action-restart-workflow": "1"}, {}),
        (
            {
                **data,
                "action-workflow-action": "1",
                "workflow-action-name": "approve",
                "workflow-action-extra-data": "{}",
            },
            {},
        ),
        ({**data, "overwrite_revision_id": str(latest)}, {"HTTP_ACCEPT": "application/json"}),
    ]
    for posted, headers in attempts:
        client.post(address, posted, **headers)
        assert revisions(waiting) == before, posted
    revert = reverse("wagtailadmin_pages:revisions_revert", args=[waiting.pk, before[0][0]])
    client.post(revert, {**data, "revision": before[0][0]})
    assert revisions(waiting) == before
    waiting.refresh_from_db()
    assert not waiting.live


def test_the_same_form_is_saved_when_nobody_reviews(client, waiting, author):
    """The counterpart: without it, the test above could pass for a wrong reason."""
    client.force_login(author)
    before = revisions(waiting)
    data = {**form_data(waiting.get_latest_revision_as_object()), "title": "Better words"}
    client.post(reverse("wagtailadmin_pages:edit", args=[waiting.pk]), data)
    assert len(revisions(waiting)) == len(before) + 1


@pytest.mark.parametrize("action", ["publish", "unpublish", "delete", "move"])
def test_bulk_actions_leave_a_page_under_review_alone(client, stockport, step, moderator, action):
    waiting = step.workflow_state.content_object.specific
    lead = factories.member(stockport, "lead")
    before = revisions(waiting)
    for person in (lead, waiting.owner, moderator):
        client.force_login(person)
        address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
        client.post(f"{address}?id={waiting.pk}", {"chooser": stockport.page.pk})
        waiting.refresh_from_db()
        assert not waiting.live, person
        assert revisions(waiting) == before
        assert step_of(waiting).status == TaskState.STATUS_IN_PROGRESS


def test_bulk_actions_leave_what_a_locked_case_is_about_alone(client, stockport, author):
    """Wagtail asks the hooks for single pages of none of many."""
    one, other = (draft(stockport, author, title=title) for title in ("In a case", "In none"))
    services.report(subject=one, kind="child_abuse")
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    client.force_login(author)
    for page in (one, other):
        client.post(f"{address}?id={page.pk}")
    assert Page.objects.filter(pk=one.pk).exists()
    assert not Page.objects.filter(pk=other.pk).exists(), "or this proves nothing"


def test_pictures_and_documents_of_a_locked_case_stay_in_the_library(client, stockport, author, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def kept(title):
        common = {"title": title, "collection": stockport.collection, "uploaded_by_user": author}
        return [
            get_image_model().objects.create(file=get_test_image_file(), **common),
            get_document_model().objects.create(file=ContentFile(b"a", name="a.txt"), **common),
        ]

    def doors(image, document):
        """Giving another file, deleting, looking, and deleting several."""
        single, bulk = [reverse("wagtailimages:preview", args=[image.pk, "width-20"])], []
        for room, one in (("wagtailimages", image), ("wagtaildocs", document)):
            single += [reverse(f"{room}:{name}", args=[one.pk]) for name in ("edit", "delete", "delete_multiple")]
            named = [one._meta.app_label, one._meta.model_name, "delete"]
            bulk.append(f"{reverse('wagtail_bulk_action', args=named)}?id={one.pk}")
        return single, bulk

    case_study = factories.case_study(stockport, owner=author)
    image, document = kept("Of the case")
    case_study.photos.add(Photo(image=image, alternative_text="A market stall"))
    case_study.documents.add(Document(document=document))
    linked = kept("Linked from the text")[1]
    case_study.problem = f'<p><a linktype="document" id="{linked.pk}">Plan</a></p>'
    case_study.save()
    ReferenceIndex.create_or_update_for_object(case_study)  # what a worker does
    services.report(subject=case_study, kind="child_abuse")
    client.force_login(author)
    single, bulk = doors(image, document)
    single.append(reverse("wagtaildocs:delete", args=[linked.pk]))
    assert {client.post(address).status_code for address in single} == {403}
    free = kept("Of none")
    for address in (*bulk, *doors(*free)[1]):
        client.post(address)
    image.refresh_from_db()
    document.refresh_from_db()
    assert not any(type(one).objects.filter(pk=one.pk).exists() for one in free), "or this proves nothing"
    client.force_login(factories.UserFactory(administrator=True))
    assert {client.get(address).status_code for address in single[:3]} == {200}


def test_deleting_a_page_under_review_is_refused(client, waiting, step, author):
    client.force_login(author)
    client.post(reverse("wagtailadmin_pages:delete", args=[waiting.pk]))
    assert type(waiting).objects.filter(pk=waiting.pk).exists()


def test_a_page_under_review_stays_with_its_organisation(client, wigan, step):
    """Even an administrator moves it only when nobody is reviewing it: the approver is the organisation's."""
    page = step.workflow_state.content_object
    client.force_login(factories.UserFactory(administrator=True))
    client.post(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, wigan.page.pk]))
    page.refresh_from_db()
    assert page.get_parent().pk != wigan.page.pk


# --- nobody publishes past the review -----------------------------------------------------------


@pytest.mark.parametrize("role", ["author", "approver", "lead", "editor"])
def test_only_the_review_publishes(client, stockport, waiting, role):
    person = factories.UserFactory(editor=True) if role == "editor" else factories.member(stockport, role)
    client.force_login(person)
    data = {**form_data(waiting.get_latest_revision_as_object()), "action-publish": "1"}
    client.post(reverse("wagtailadmin_pages:edit", args=[waiting.pk]), data)
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    client.post(f"{address}?id={waiting.pk}")
    waiting.refresh_from_db()
    assert not waiting.live


def test_a_moderator_does_not_publish_a_draft_that_nobody_submitted(client, waiting, moderator):
    client.force_login(moderator)
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    client.post(f"{address}?id={waiting.pk}")
    waiting.refresh_from_db()
    assert not waiting.live


def test_an_author_cannot_schedule_past_the_review(client, waiting, author):
    from django.core.management import call_command

    client.force_login(author)
    data = {
        **form_data(waiting.get_latest_revision_as_object()),
        "go_live_at": "2020-01-01 00:00",
        "action-publish": "1",
    }
    client.post(reverse("wagtailadmin_pages:edit", args=[waiting.pk]), data)
    call_command("publish_scheduled", verbosity=0)
    waiting.refresh_from_db()
    assert not waiting.live


# --- the organisation's step --------------------------------------------------------------------


def test_an_organisation_that_switched_its_step_off_goes_straight_to_the_network(stockport, author, approver):
    stockport.requires_approval = False
    stockport.save()
    page = draft(stockport, author)
    step = submit(page, author)
    assert step.task.name == "Moderation by the network"
    assert step.status == TaskState.STATUS_IN_PROGRESS
    first = TaskState.objects.filter(workflow_state=step.workflow_state).order_by("pk").first()
    assert first.status == TaskState.STATUS_SKIPPED
    assert Event.objects.filter(kind="review.started").count() == 1


def test_a_council_of_one_does_not_wait_for_itself_and_is_told(client, wigan, stockport, moderator):
    lead = factories.member(wigan, "lead")
    page = draft(wigan, lead)
    step = submit(page, lead)
    assert step.task.name == "Moderation by the network"
    stockport.requires_approval = False
    stockport.save()
    other = submit(draft(stockport, lead), lead)
    assert "nobody but you could have done it" in " ".join(progress(step))
    assert "nobody but you" not in " ".join(progress(other)), "where it is switched off there is nothing to tell"
    client.force_login(lead)
    assert client.get(reverse("wagtailadmin_home")).content.decode().count("nobody but you could have done it") == 1
    client.force_login(moderator)
    for one, said in ((step, True), (other, False)):
        shown = client.get(reverse("moderation_page", args=[one.pk])).content.decode()
        assert ("The organisation has not signed it off" in shown) is said
    decide_page(task_state=step, action="approve", by=moderator)
    page.refresh_from_db()
    assert page.live


# --- asking for changes and declining -----------------------------------------------------------


def test_changes_are_made_and_submitted_again(client, waiting, step, author, approver):
    decide_page(task_state=step, by=approver, **CHANGES)
    assert step_of(waiting).workflow_state.status == WorkflowState.STATUS_NEEDS_CHANGES
    client.force_login(author)
    data = {
        **form_data(waiting.get_latest_revision_as_object()),
        "title": "Clearer now",
        "action-submit": "1",
    }
    client.post(reverse("wagtailadmin_pages:edit", args=[waiting.pk]), data)
    again = step_of(waiting)
    assert again.pk != step.pk
    assert again.status == TaskState.STATUS_IN_PROGRESS
    assert again.revision.content["title"] == "Clearer now"
    decide_page(task_state=again, action="approve", by=approver)


def test_declining_ends_the_review_and_leaves_the_draft(waiting, step, approver):
    decide_page(task_state=step, by=approver, **{**CHANGES, "action": "decline"})
    state = WorkflowState.objects.get(object_id=str(waiting.pk))
    assert state.status == WorkflowState.STATUS_CANCELLED
    waiting.refresh_from_db()
    assert not waiting.live
    assert Decision.objects.get().action == "decline"


def test_a_refusal_needs_its_reason_in_the_cms_too(client, waiting, step, approver):
    client.force_login(approver)
    act(client, waiting, step, "reject", comment="")
    step.refresh_from_db()
    assert step.status == TaskState.STATUS_IN_PROGRESS
    act(client, waiting, step, "reject", comment="Which year?", reason="unclear")
    step.refresh_from_db()
    assert step.status == TaskState.STATUS_REJECTED
    decision = Decision.objects.get()
    assert (decision.action, decision.reason, decision.words) == ("ask_for_changes", "unclear", "Which year?")


def test_of_two_reviewers_the_second_is_told_and_nothing_happens_twice(client, stockport, waiting, step, approver):
    second = factories.member(stockport, "approver", name="Late Comer")
    decide_page(task_state=step, action="approve", by=approver)
    with pytest.raises(AlreadyDecided, match="Amir Approver"):
        decide_page(task_state=step, by=second, **CHANGES)
    client.force_login(second)
    assert act(client, waiting, step, "reject", comment="x", reason="unclear").status_code in {302, 403, 404}
    assert Decision.objects.count() == 1


def test_a_cancelled_review_cannot_be_approved(waiting, step, author, approver):
    step.workflow_state.cancel(user=author)
    with pytest.raises(AlreadyDecided):
        decide_page(task_state=step, action="approve", by=approver)


# --- the CMS's own lists ------------------------------------------------------------------------


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
