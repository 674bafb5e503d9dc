"""What must stand before anybody writes anything: the site's root pages, the network's groups and its workflow.

Made after every `migrate`, by code that finds what is there and adds what is missing; nothing that staff
changed is changed back.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import connection, transaction
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    Locale,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from core.models import HomePage
from core.page_permissions import allow_on_page
from members.models import OrganisationIndexPage
from members.roles import EDITORS, LOCKED_CASES, MODERATORS, NETWORK_WORKFLOW, OPERATIONS
from moderation.models import NetworkModerationTask, OrganisationApprovalTask
from moderation.reasons import ensure_reasons
from moderation.state_machine import ensure_triggers
from places.models import ProgrammeIndexPage


@transaction.atomic
def ensure_structure() -> None:
    """Safe to repeat; two at once wait for each other on the locale's row."""
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    home = _ensure_home()
    _ensure_child(home, OrganisationIndexPage, "councils", "Councils and communities")
    _ensure_child(home, ProgrammeIndexPage, "programmes", "Programmes and rights")
    _ensure_groups(home)
    _ensure_workflow(home)
    ensure_reasons()
    ensure_triggers(connection)


def _ensure_home() -> HomePage:
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root")
    home = HomePage.objects.first()
    if home is None:
        # Wagtail's welcome page holds the default site until ours is there.
        Page.objects.filter(depth=2, slug="home").exclude(pk__in=HomePage.objects.values("pk")).update(slug="welcome")
        home = root.specific.add_child(instance=HomePage(title="Connected Localism", slug="home"))
        home.save_revision().publish()
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        Site.objects.create(hostname="localhost", root_page=home, is_default_site=True, site_name="Connected Localism")
    elif site.root_page_id != home.pk:
        site.root_page = home
        site.site_name = "Connected Localism"
        site.save()
    for welcome in Page.objects.filter(depth=2, slug="welcome"):
        welcome.delete()
    return home


def _ensure_child(home: HomePage, model: Any, slug: str, title: str) -> Any:
    page = model.objects.first()
    if page is None:
        home.refresh_from_db()
        page = home.add_child(instance=model(title=title, slug=slug))
        page.save_revision().publish()
    return page


def _ensure_groups(home: Page) -> None:
    access = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    moderators, _ = Group.objects.get_or_create(name=MODERATORS)
    editors, _ = Group.objects.get_or_create(name=EDITORS)
    operations, _ = Group.objects.get_or_create(name=OPERATIONS)
    Group.objects.get_or_create(name=LOCKED_CASES)
    for group in (moderators, editors, operations):
        group.permissions.add(access)
    # Only moderators publish and withdraw; editors write, and what they write is moderated like the rest.
    allow_on_page(moderators, home, ["publish", "lock", "unlock"])
    allow_on_page(editors, home, ["add", "change"])
    vocabulary = Permission.objects.filter(
        content_type__app_label__in=["core", "places", "casestudies"],
        content_type__model__in=["topic", "place", "indicator"],
        codename__regex=r"^(add|change|delete|view)_",
    )
    editors.permissions.add(*vocabulary)
    # What a search finds beyond its words, and what it shows first, is the moderators' to say.
    moderators.permissions.add(
        *Permission.objects.filter(
            content_type__app_label__in=["search", "wagtailsearchpromotions"],
            content_type__model__in=["synonymgroup", "searchpromotion"],
            codename__regex=r"^(add|change|delete|view)_",
        )
    )
    collection = Collection.get_first_root_node() or Collection.add_root(name="Root")
    for permission in Permission.objects.filter(
        content_type__app_label__in=["wagtailimages", "wagtaildocs"],
        codename__regex=r"^(add|change|choose)_(image|document)$",
    ):
        GroupCollectionPermission.objects.get_or_create(group=editors, collection=collection, permission=permission)


def _ensure_workflow(home: Page) -> None:
    workflow, is_new = Workflow.objects.get_or_create(name=NETWORK_WORKFLOW)
    if is_new:
        steps = (
            OrganisationApprovalTask.objects.get_or_create(name="Approval by the organisation")[0],
            NetworkModerationTask.objects.get_or_create(name="Moderation by the network")[0],
        )
        for order, task in enumerate(steps):
            WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=order)
    WorkflowPage.objects.get_or_create(page=home, defaults={"workflow": workflow})
