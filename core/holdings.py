"""What the CMS keeps of those who work in it, and who of the staff looked."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as _
from wagtail.admin.models import EditingSession, FormState
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import (
    APIToken,
    Comment,
    CommentReply,
    ModelLogEntry,
    Page,
    PageLogEntry,
    PageSubscription,
    Revision,
    TaskState,
    UploadedFile,
    WorkflowState,
)
from wagtail.users.models import UserProfile

from core.models import Event, StaffLook
from core.personal_data import Holding, both, cuts, deletes, register, table

STAYS_WITH_IT = _("Stays with the organisation, without your name.")
GOES = _("Deleted.")
_looks = table(
    name="staff-looks",
    what=_("Who of the staff looked at your account, your mail or your history, and when"),
    find=lambda person: StaffLook.objects.filter(person=person.pk),
    fields={
        "at": _("when"),
        "what": _("what was looked at: account, changed, history or mail"),
        "by": _("number of the account of who looked; ask us who it is"),
    },
    on_leaving=_("Stays for two years as bare numbers; without a name or an address."),
    order=90,
)


def _pages(person: Any) -> Any:
    for page in Page.objects.filter(owner=person.pk).order_by("pk").iterator():
        latest = page.get_latest_revision()
        yield {
            "id": page.pk,
            "title": page.title,
            "kind": str(page.specific_class._meta.verbose_name) if page.specific_class else "",
            "published": page.live,
            "address": page.get_full_url() or "",
            "created": page.first_published_at.isoformat() if page.first_published_at else None,
            "changed": page.latest_revision_created_at.isoformat() if page.latest_revision_created_at else None,
            "content": latest.content if latest else {},
        }


def _of_user(model: Any) -> Any:
    return lambda person: model._base_manager.filter(user=person.pk)


def _leave_cms(person: Any) -> int:
    """The log of the CMS names people: their own accounts are among what it is about."""
    about = ContentType.objects.get_for_model(type(person)).pk
    return int(ModelLogEntry.objects.filter(content_type=about, object_id=str(person.pk)).update(label="", data={}))


register(
    Holding(
        name="pages",
        order=50,
        what=_("Pages and drafts that you wrote"),
        rows=_pages,
        fields={
            "id": _("number of the page"),
            "title": _("its title"),
            "kind": _("what kind of page it is"),
            "published": _("whether it is public"),
            "address": _("its address"),
            "created": _("when it was first published"),
            "changed": _("when it was last saved"),
            "content": _("the latest saved text, field by field, as the editor keeps it"),
        },
        columns=("wagtailcore.page.owner", "wagtailcore.page.locked_by"),
        on_leaving=STAYS_WITH_IT,
        erase=cuts(Page, "owner", "locked_by"),
    ),
    table(
        name="page-versions",
        order=51,
        what=_("When you saved something in the editor"),
        find=lambda person: Revision.objects.filter(user=person.pk).order_by("pk"),
        fields={
            "created_at": _("when"),
            "object_str": _("what, as it was called then"),
            "object_id": _("its number"),
        },
        columns=("wagtailcore.revision.user",),
        on_leaving=STAYS_WITH_IT,
        erase=cuts(Revision, "user"),
    ),
    table(
        name="editor-log",
        order=52,
        what=_("What you did in the editor"),
        find=lambda person: PageLogEntry.objects.filter(user=person.pk).order_by("pk"),
        fields={"timestamp": _("when"), "action": _("what was done"), "label": _("the title of the page")},
        columns=("wagtailcore.pagelogentry.user", "wagtailcore.modellogentry.user"),
        on_leaving=_("Stays with the bare number of your account, without your name."),
        erase=_leave_cms,
    ),
    table(
        name="editor-comments",
        order=53,
        what=_("Your remarks beside drafts"),
        find=lambda person: Comment.objects.filter(user=person.pk).order_by("pk"),
        fields={"created_at": _("when"), "page__title": _("on which page"), "text": _("what you wrote")},
        columns=("wagtailcore.comment.user", "wagtailcore.comment.resolved_by", "wagtailcore.commentreply.user"),
        on_leaving=STAYS_WITH_IT,
        erase=cuts(Comment, "resolved_by"),
    ),
    table(
        name="editor-answers",
        order=53,
        what=_("Your answers to remarks beside drafts"),
        find=lambda person: CommentReply.objects.filter(user=person.pk).order_by("pk"),
        fields={"created_at": _("when"), "text": _("what you wrote")},
        on_leaving=STAYS_WITH_IT,
    ),
    table(
        name="photos",
        order=54,
        what=_("Photos that you uploaded"),
        find=lambda person: get_image_model().objects.filter(uploaded_by_user=person.pk).order_by("pk"),
        fields={"id": _("number"), "title": _("title"), "file": _("file"), "created_at": _("when")},
        columns=("wagtailimages.image.uploaded_by_user",),
        on_leaving=STAYS_WITH_IT,
        erase=cuts(get_image_model(), "uploaded_by_user"),
    ),
    table(
        name="documents",
        order=54,
        what=_("Documents that you uploaded"),
        find=lambda person: get_document_model().objects.filter(uploaded_by_user=person.pk).order_by("pk"),
        fields={"id": _("number"), "title": _("title"), "file": _("file"), "created_at": _("when")},
        columns=("wagtaildocs.document.uploaded_by_user",),
        on_leaving=STAYS_WITH_IT,
        erase=cuts(get_document_model(), "uploaded_by_user"),
    ),
    table(
        name="workflow",
        order=55,
        what=_("What you submitted for approval, and decided as a reviewer"),
        find=lambda person: WorkflowState.objects.filter(requested_by=person.pk).order_by("pk"),
        fields={"created_at": _("when"), "object_id": _("number of the page"), "status": _("how it stands")},
        columns=("wagtailcore.workflowstate.requested_by", "wagtailcore.taskstate.finished_by"),
        on_leaving=STAYS_WITH_IT,
        erase=both(cuts(WorkflowState, "requested_by"), cuts(TaskState, "finished_by")),
    ),
    table(
        name="editor-settings",
        order=56,
        what=_("How you set up the editor"),
        find=lambda person: UserProfile.objects.filter(user=person.pk),
        fields={
            "preferred_language": _("language"),
            "current_time_zone": _("time zone"),
            "theme": _("colours"),
            "density": _("spacing"),
            "contrast": _("contrast"),
            "avatar": _("picture"),
        },
        columns=(
            "wagtailusers.userprofile.user",
            "wagtailcore.pagesubscription.user",
            "wagtailadmin.formstate.user",
            "wagtailadmin.editingsession.user",
            "wagtailcore.apitoken.user",
            "wagtailcore.uploadedfile.uploaded_by_user",
        ),
        on_leaving=GOES,
        erase=both(
            *(
                deletes(_of_user(model))
                for model in (UserProfile, PageSubscription, FormState, EditingSession, APIToken)
            ),
            deletes(lambda person: UploadedFile.objects.filter(uploaded_by_user=person.pk)),
        ),
    ),
    table(
        name="events",
        order=57,
        what=_("What you did on the site that others may hear of"),
        find=lambda person: Event.objects.filter(actor=person.pk).order_by("pk"),
        fields={
            "occurred_at": _("when"),
            "kind": _("what happened"),
            "subject_kind": _("to what kind of thing"),
            "subject_id": _("its number"),
        },
        columns=("core.event.actor",),
        on_leaving=_("Stays without saying that it was you."),
        erase=cuts(Event, "actor"),
    ),
    _looks,
)
