"""Nobody edits under a reviewer's eyes, and nobody publishes past the review.

Each test fails when its guard is taken away.
"""

import pytest
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.urls import reverse
from wagtail.admin.views.pages.edit import EditView
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page, ReferenceIndex, TaskState

from casestudies.models import Document, Photo
from moderation import services
from tests import factories
from tests.moderation.reviews import draft, form_data, step_of

pytestmark = pytest.mark.django_db


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
