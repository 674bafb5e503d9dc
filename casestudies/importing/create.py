"""New case studies, many at a time.

Wagtail writes a page with its revision, its publication and two indexes in about 300 statements. An import of ten
thousand rows would take an hour, so this writes the same rows for a batch in a few statements a table.
`tests/casestudies/test_import_writing.py` holds it to writing what Wagtail would have written.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F
from django.utils import timezone
from modelcluster.models import get_all_child_relations
from modelsearch.backends import get_search_backends
from wagtail.models import Page, PageLogEntry, ReferenceIndex, Revision
from wagtail.signals import page_published, published

from casestudies.importing.content import Places, fill, fill_children, tags_of
from casestudies.importing.known import Known
from casestudies.importing.schema import CaseStudyRow
from casestudies.importing.slugs import Slugs
from casestudies.models import CaseStudyPage
from casestudies.services.indicators import link_to_indicators
from casestudies.services.standings import begin
from core import events
from members.selectors import standing_below

if TYPE_CHECKING:
    from accounts.models import User

# Checked against what is known when the row was validated; checking each again would cost a query a field.
CHECKED_BEFORE = ["programme", "locale", "content_type", "page_ptr", "latest_revision", "live_revision", "owner"]


def create_case_studies(
    rows: Sequence[tuple[CaseStudyRow, str]], *, known: Known, by: "User | None", publish: bool
) -> list[CaseStudyPage]:
    """Create a page for each (row, digest), inside the caller's transaction; published, or as a draft."""
    now = timezone.now()
    pages = _new_pages(rows, known=known, publish=publish, now=now)
    places = Places([(row, known.councils[row.council]) for row, _ in rows])
    tags = tags_of([row for row, _ in rows])
    for page, (row, _) in zip(pages, rows, strict=True):
        fill_children(
            page,
            row,
            places=places.of(row, known.councils[row.council]),
            tags=[tags[name] for name in row.tags],
        )
        page.topics.set([known.topics[slug] for slug in dict.fromkeys(row.topics)])
        page.measures_are_linked = True
    link_to_indicators([measure for page in pages for measure in page.measures.all()], propose=publish)
    with events.together():
        places.finish()
        _insert(pages)
        revisions = _insert_revisions(pages, by=by, now=now, publish=publish)
        _index(pages)
        begin(pages=pages, published=publish, on=timezone.localdate(now))
        if publish:
            _say_published(pages, revisions, by=by, now=now)
    return pages


def _new_pages(
    rows: Sequence[tuple[CaseStudyRow, str]], *, known: Known, publish: bool, now: datetime
) -> list[CaseStudyPage]:
    """The pages in memory, each with its place in the tree below its organisation's page."""
    of_row = [known.councils[row.council].page.pk for row, _ in rows]
    parents = {page.pk: page for page in Page.objects.select_for_update().filter(pk__in=of_row).order_by("pk")}
    last: dict[int, Any] = {pk: None if page.is_leaf() else page.get_last_child() for pk, page in parents.items()}
    slugs = Slugs(list(zip(of_row, [row.title for row, _ in rows], strict=True)), parents)
    pages = []
    for (row, digest), parent_pk in zip(rows, of_row, strict=True):
        parent, before = parents[parent_pk], last[parent_pk]
        page = CaseStudyPage(import_id=row.id, import_digest=digest, live=publish, has_unpublished_changes=not publish)
        fill(page, row, known)
        page.slug = slugs.free(parent_pk, row.title)
        page.depth = parent.depth + 1
        page.path = before._inc_path() if before else Page._get_path(parent.path, page.depth, 1)
        page.locale_id = parent.locale_id
        page.latest_revision_created_at = now
        if publish:
            page.first_published_at = page.last_published_at = now
        page.set_url_path(parent)
        standing_below(page, known.councils[row.council])
        page.clean_fields(exclude=CHECKED_BEFORE)
        last[parent_pk] = page
        pages.append(page)
    for pk in parents:
        Page.objects.filter(pk=pk).update(numchild=F("numchild") + of_row.count(pk))
    return pages


def _insert(pages: Sequence[CaseStudyPage]) -> None:
    bases = Page.objects.bulk_create(
        Page(**{field.attname: getattr(page, field.attname) for field in Page._meta.concrete_fields}) for page in pages
    )
    for page, base in zip(pages, bases, strict=True):
        page.pk = page.id = base.pk
        # raw: the row of this table alone; its parent row is there, and the indexes are written once for all.
        page.save_base(raw=True, force_insert=True)
    for relation in get_all_child_relations(CaseStudyPage):
        name = relation.get_accessor_name()
        children = []
        for page in pages:
            if name not in page._cluster_related_objects:
                getattr(page, name).set([])
            children += page._cluster_related_objects[name]
        relation.related_model._default_manager.bulk_create(children)
    through = CaseStudyPage.topics.through
    through._default_manager.bulk_create(
        through(casestudypage_id=page.pk, topic_id=topic.pk) for page in pages for topic in page.topics.all()
    )


def _insert_revisions(
    pages: Sequence[CaseStudyPage], *, by: "User | None", now: datetime, publish: bool
) -> list[Revision]:
    base_type = ContentType.objects.get_for_model(Page)
    revisions = Revision.objects.bulk_create(
        Revision(
            content_object=page,
            base_content_type=base_type,
            user=by,
            created_at=now,
            content=page.serializable_data(),
            object_str=str(page),
        )
        for page in pages
    )
    for page, revision in zip(pages, revisions, strict=True):
        page.latest_revision = revision
        page.live_revision = revision if publish else None
    Page.objects.bulk_update(
        [Page(pk=page.pk, latest_revision=page.latest_revision, live_revision=page.live_revision) for page in pages],
        ["latest_revision", "live_revision"],
    )
    return revisions


def _index(pages: Sequence[CaseStudyPage]) -> None:
    """The CMS's own search and its index of what refers to what."""
    for backend in get_search_backends(with_auto_update=True):
        backend.add_bulk(CaseStudyPage, pages)
    content_type = ContentType.objects.get_for_model(CaseStudyPage)
    base_type = ContentType.objects.get_for_model(Page)
    ReferenceIndex.objects.bulk_create(
        ReferenceIndex(
            content_type=content_type,
            base_content_type=base_type,
            object_id=page.pk,
            to_content_type_id=to_type,
            to_object_id=to_id,
            model_path=model_path,
            content_path=content_path,
            content_path_hash=ReferenceIndex._get_content_path_hash(content_path),
        )
        for page in pages
        for to_type, to_id, model_path, content_path in set(ReferenceIndex._extract_references_from_object(page))
    )


def _say_published(
    pages: Sequence[CaseStudyPage], revisions: Sequence[Revision], *, by: "User | None", now: datetime
) -> None:
    content_type = ContentType.objects.get_for_model(CaseStudyPage)
    PageLogEntry.objects.bulk_create(
        PageLogEntry(
            content_type=content_type,
            label=page.get_admin_display_title(),
            action="wagtail.publish",
            timestamp=now,
            user=by,
            page=page,
            revision=revision,
            content_changed=True,
        )
        for page, revision in zip(pages, revisions, strict=True)
    )
    for page, revision in zip(pages, revisions, strict=True):
        page_published.send(sender=CaseStudyPage, instance=page, revision=revision)
        published.send(sender=CaseStudyPage, instance=page, revision=revision)
