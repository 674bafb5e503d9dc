"""Bringing an organisation into the network: its facts, page, groups, collection and workflow, in one transaction."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.text import slugify
from wagtail.models import Collection, GroupCollectionPermission, Workflow, WorkflowPage

from core import events
from core.page_permissions import allow_on_page
from members.errors import MembersError
from members.models import EmailDomain, Organisation, OrganisationIndexPage, OrganisationKind, OrganisationPage
from members.roles import NETWORK_WORKFLOW

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, kw_only=True)
class OrganisationFacts:
    """What is known of an organisation; units as on the model. `slug` is made from the short name if empty."""

    name: str
    short_name: str
    slug: str = ""
    kind: str = OrganisationKind.COUNCIL
    tier: str = ""
    gss_code: str = ""
    nation: str = ""
    region: str = ""
    website: str = ""
    lat: float | None = None
    lng: float | None = None
    population: int | None = None
    area_km2: float | None = None
    density: float | None = None
    rural_urban: str = ""
    deprivation_decile: int | None = None
    deprivation_score: float | None = None
    emissions_label: str = ""
    county_gss: str = ""
    is_demonstration: bool = False
    email_domains: tuple[str, ...] = field(default=())


@transaction.atomic
def onboard_organisation(*, facts: OrganisationFacts, by: "User | None" = None) -> Organisation:
    """Create the organisation or bring it up to date; safe to repeat, and to run over one that is half there.

    An organisation is recognised by its GSS code, else by its slug. Its page's address never changes here.
    Raises `MembersError` when the network's own pages or workflow are missing (run `migrate`).
    """
    organisation, is_new, has_changed = _save_facts(facts)
    _set_email_domains(organisation, facts.email_domains)
    page = _ensure_page(organisation)
    _ensure_groups(organisation, page)
    _ensure_workflow(page)
    if is_new or has_changed:
        events.record(
            kind="organisation.joined" if is_new else "organisation.changed",
            subject=("organisation", organisation.pk),
            by=by,
            data={"name": organisation.name},
        )
    return organisation


def _save_facts(facts: OrganisationFacts) -> tuple[Organisation, bool, bool]:
    """The organisation, whether it is new, and whether any fact of it has changed."""
    values = asdict(facts)
    values.pop("email_domains")
    slug = values.pop("slug") or slugify(facts.short_name)
    if not slug:
        raise MembersError(f"“{facts.name}” gives no address. Give it a slug of Latin letters.")
    found = None
    if facts.gss_code:
        found = Organisation.objects.select_for_update().filter(gss_code=facts.gss_code).first()
    found = found or Organisation.objects.select_for_update().filter(slug=slug).first()
    if found and facts.gss_code and found.gss_code not in {"", facts.gss_code}:
        raise MembersError(f"The address “{slug}” belongs to {found.name} ({found.gss_code}). Give another slug.")
    if found:
        has_changed = any(getattr(found, name) != value for name, value in values.items())
        for name, value in values.items():
            setattr(found, name, value)
        found.full_clean(exclude=["authors", "approvers", "collection"])
        found.save()
        return found, False, has_changed
    organisation = Organisation(slug=slug, **values)
    organisation.full_clean(exclude=["authors", "approvers", "collection"])
    organisation.save()
    return organisation, True, True


def _set_email_domains(organisation: Organisation, domains: Iterable[str]) -> None:
    """Add domains that are new; an administrator's own additions stay."""
    known = {domain.lower() for domain in organisation.email_domains.values_list("domain", flat=True)}
    EmailDomain.objects.bulk_create(
        EmailDomain(organisation=organisation, domain=domain)
        for domain in dict.fromkeys(domain.strip().lower() for domain in domains)
        if domain and domain not in known
    )


def _ensure_page(organisation: Organisation) -> OrganisationPage:
    page = OrganisationPage.objects.filter(organisation=organisation).first()
    if page:
        if page.title != organisation.name:
            page.title = page.draft_title = organisation.name
            page.save()
        return page
    index = OrganisationIndexPage.objects.first()
    if index is None:
        raise MembersError("The list of organisations is missing. Run “manage.py migrate” first.")
    page = OrganisationPage(title=organisation.name, slug=organisation.slug, organisation=organisation)
    index.add_child(instance=page)
    page.save_revision().publish()
    return page


def _ensure_groups(organisation: Organisation, page: OrganisationPage) -> None:
    if organisation.collection is None:
        root = Collection.get_first_root_node()
        organisation.collection = root.add_child(name=organisation.name)
    if organisation.authors is None:
        organisation.authors, _ = Group.objects.get_or_create(name=f"Authors of {organisation.slug}")
    if organisation.approvers is None:
        organisation.approvers, _ = Group.objects.get_or_create(name=f"Approvers of {organisation.slug}")
    organisation.save(update_fields=["collection", "authors", "approvers"])
    access = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    for group in (organisation.authors, organisation.approvers):
        group.permissions.add(access)
        allow_on_page(group, page, ["add", "change"] if group == organisation.authors else ["change"])
    _allow_files(organisation.authors, organisation.collection)


def _allow_files(group: Group, collection: Collection) -> None:
    permissions = Permission.objects.filter(
        content_type__app_label__in=["wagtailimages", "wagtaildocs"],
        codename__in=[f"{verb}_{thing}" for verb in ("add", "change", "choose") for thing in ("image", "document")],
    )
    GroupCollectionPermission.objects.bulk_create(
        [
            GroupCollectionPermission(group=group, collection=collection, permission=permission)
            for permission in permissions
        ],
        ignore_conflicts=True,
    )


def _ensure_workflow(page: OrganisationPage) -> None:
    """The network's workflow stands on the home page, so every organisation's pages are under it."""
    workflow = Workflow.objects.filter(name=NETWORK_WORKFLOW, active=True).first()
    if workflow is None:
        raise MembersError("The workflow “Network moderation” is missing. Run “manage.py migrate” first.")
    if page.get_workflow() != workflow:
        WorkflowPage.objects.update_or_create(page=page.get_parent(), defaults={"workflow": workflow})
