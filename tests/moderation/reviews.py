"""A page in review, as authors, reviewers and the CMS make it."""

from django.urls import reverse
from wagtail.models import WorkflowState

from tests import factories
from tests.remembered import remembered


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


def act(client, page, state, action="approve", **data):
    return client.post(reverse("wagtailadmin_pages:workflow_action", args=[page.pk, action, state.pk]), data)


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
