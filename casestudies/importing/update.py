"""A case study that was imported before, brought up to date."""

from typing import TYPE_CHECKING

from django.utils import timezone
from wagtail.models import Page

from casestudies.choices import WrittenBy
from casestudies.importing.content import Places, fill, fill_children, tags_of
from casestudies.importing.known import Known
from casestudies.importing.schema import CaseStudyRow
from casestudies.importing.slugs import Slugs
from casestudies.models import CaseStudyPage
from casestudies.services.indicators import link_to_indicators
from casestudies.services.standings import confirm
from core import events

if TYPE_CHECKING:
    from accounts.models import User


def may_publish(page: CaseStudyPage) -> bool:
    """What was withdrawn stays withdrawn, whatever a file says: only its text is brought up to date."""
    return bool(page.live) or page.first_published_at is None


def update_case_study(
    page: CaseStudyPage, row: CaseStudyRow, *, digest: str, known: Known, by: "User | None", publish: bool
) -> None:
    """Write a new revision from the row and publish it, inside the caller's transaction.

    With `publish` False the live text stays as it is until somebody publishes the draft.
    """
    organisation = known.councils[row.council]
    with events.together():
        _move_below(organisation.page.pk, page)
        page = CaseStudyPage.objects.get(pk=page.pk)
        fill(page, row, known)
        page.import_digest = digest
        places = Places([(row, organisation)])
        fill_children(page, row, places=places.of(row, organisation), tags=list(tags_of([row]).values()))
        page.topics.set([known.topics[slug] for slug in dict.fromkeys(row.topics)])
        link_to_indicators(page.measures.all(), propose=publish and may_publish(page))
        places.finish()
        if row.written_by == WrittenBy.EDITORS:  # what editors bring in anew, they have just read again
            confirm(page_ids=[page.pk], on=timezone.localdate())
        revision = page.save_revision(user=by)
        if publish and may_publish(page):
            revision.publish(user=by, skip_permission_checks=True)
        else:
            CaseStudyPage.objects.filter(pk=page.pk).update(import_digest=digest)


def _move_below(parent_pk: int, page: CaseStudyPage) -> None:
    """The row names another organisation than before: the page goes with it."""
    if page.get_parent().pk == parent_pk:
        return
    parent = Page.objects.get(pk=parent_pk)
    slug = Slugs([(parent_pk, page.title)], {parent_pk: parent})
    if slug.taken(parent_pk, page.slug):
        page.slug = slug.free(parent_pk, page.title)
        page.save()
    page.move(parent, pos="last-child")
