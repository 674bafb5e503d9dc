"""A page's rows, written as Wagtail would have written them, in a fifth of the statements.

Most tests need a council with a published case study and do not care how it got there. Wagtail saves a page three
times on its way to being live and checks it each time; an organisation took 150 statements so, a case study 100, and
the two were half of what the suite cost. `tests/core/test_factories.py` makes each of these both ways and compares
every row of every table. What is about onboarding or publishing itself goes through the services and Wagtail's doors.
"""

from django.contrib.contenttypes.models import ContentType
from django.db.models import F
from django.utils import timezone
from modelcluster.models import get_all_child_m2m_relations, get_all_child_relations
from wagtail.models import Page, PageLogEntry, Revision
from wagtail.signals import page_published, published

from tests.background import TestBackend


def add_page(page, *, below, live):
    """Put a new page under `below` with one revision; publish that if `live`. Refreshes `below`, and what is live."""
    below.refresh_from_db()
    if TestBackend.keeps_indices:
        add_through_wagtail(page, below=below, live=live)
    else:
        _place(page, below)
        # Whether other rows are there is the database's to say, at the end of the test.
        page.full_clean(
            exclude=[field.name for field in page._meta.concrete_fields if field.is_relation],
            validate_unique=False,
            validate_constraints=False,
        )
        page.set_url_path(below)
        _insert(page, below)
        _revise(page, live=live)
    if live:
        page.refresh_from_db()
    return page


def add_through_wagtail(page, *, below, live):
    below.add_child(instance=page)
    revision = page.save_revision()
    if live:
        revision.publish()


def _place(page, below):
    page.depth = below.depth + 1
    page.path = Page._get_path(below.path, page.depth, 1) if below.is_leaf() else below.get_last_child()._inc_path()
    page.locale_id = below.locale_id
    page._cached_parent_obj = below


def _insert(page, below):
    (base,) = Page.objects.bulk_create(
        [Page(**{field.attname: getattr(page, field.attname) for field in Page._meta.concrete_fields})]
    )
    page.pk = page.id = base.pk
    # raw: the row of the page's own table alone; its parent row is there.
    page.save_base(raw=True, force_insert=True)
    Page.objects.filter(pk=below.pk).update(numchild=F("numchild") + 1)
    below.numchild += 1
    held = _held(page)
    for relation in get_all_child_relations(type(page)):
        if rows := held.setdefault(relation.get_accessor_name(), []):
            relation.related_model._default_manager.bulk_create(rows)
    for field in get_all_child_m2m_relations(type(page)):
        through, ours, theirs = field.remote_field.through, field.m2m_field_name(), field.m2m_reverse_field_name()
        if rows := held.setdefault(field.name, []):
            through._default_manager.bulk_create(
                through(**{f"{ours}_id": page.pk, f"{theirs}_id": row.pk}) for row in rows
            )


def _held(page):
    """The page's child rows that are still in memory; empty lists there spare a query each."""
    if not hasattr(page, "_cluster_related_objects"):
        page._cluster_related_objects = {}
    return page._cluster_related_objects


def _revise(page, *, live):
    now = timezone.now()
    revision = Revision.objects.create(
        content_object=page,
        base_content_type=page.get_base_content_type(),
        created_at=now,
        content=page.serializable_data(),
        object_str=str(page),
    )
    page.latest_revision, page.latest_revision_created_at = revision, now
    page.has_unpublished_changes = not live
    if live:
        page.live, page.live_revision = True, revision
        page.first_published_at = page.last_published_at = now
    changed = ["latest_revision", "latest_revision_created_at", "has_unpublished_changes", "live", "live_revision"]
    changed += ["first_published_at", "last_published_at"]
    Page.objects.filter(pk=page.pk).update(**{name: getattr(page, name) for name in changed})
    entries = [_log(page, "wagtail.create", now)]
    if live:
        page_published.send(sender=type(page), instance=page, revision=revision)
        published.send(sender=type(page), instance=page, revision=revision)
        entries.append(_log(page, "wagtail.publish", now, revision=revision))
    PageLogEntry.objects.bulk_create(entries)
    _held(page).clear()


def _log(page, action, now, **more):
    return PageLogEntry(
        content_type=ContentType.objects.get_for_model(page),
        label=page.get_admin_display_title(),
        action=action,
        timestamp=now,
        page=page,
        content_changed=True,
        **more,
    )
