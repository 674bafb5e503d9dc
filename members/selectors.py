"""Questions over organisations, their pages and their people."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q
from wagtail.models import Page

from members.models import Organisation, OrganisationPage
from members.roles import EDITORS, MODERATORS

if TYPE_CHECKING:
    from accounts.models import User


def organisation_of(page: Page) -> Organisation | None:
    """The organisation under whose page this page stands, or whose page it is.

    Bulk work that knows it already says so with `standing_below`.
    """
    known: Organisation | None = getattr(page, "_organisation", None)
    if known is not None:
        return known
    own = (
        OrganisationPage.objects.ancestor_of(page, inclusive=True)
        .select_related("organisation")
        .order_by("-depth")
        .first()
    )
    return own.organisation if own else None


def standing_below(page: Page, organisation: Organisation) -> None:
    """Spare `organisation_of` its query for this instance of the page."""
    page._organisation = organisation


def organisation_page_above(page: Page) -> OrganisationPage | None:
    """The organisation's page directly above this one, with its organisation; one query."""
    return organisation_pages_above([page]).get(page.path)


def organisation_pages_above(pages: "Iterable[Page]") -> dict[str, OrganisationPage]:
    """For each page's path the organisation's page directly above it, with its organisation; one query for all.

    A path is the parent's path and four characters more, so the parents need not be asked for one by one.
    """
    parents = {page.path: page.path[: -Page.steplen] for page in pages}
    found = {
        above.path: above
        for above in OrganisationPage.objects.filter(path__in=set(parents.values())).select_related("organisation")
    }
    return {path: found[parent] for path, parent in parents.items() if parent in found}


def page_ids_of(organisations: "list[Organisation] | object") -> list[int]:
    """The ids of all pages of these organisations, drafts included."""
    paths = OrganisationPage.objects.filter(organisation__in=organisations).values_list("path", flat=True)
    ids: list[int] = []
    for path in paths:
        ids.extend(Page.objects.filter(path__startswith=path).values_list("pk", flat=True))
    return ids


def people_of(organisation: Organisation, *roles: str) -> "list[User]":
    """The active members in any of these roles."""
    from members.models import Membership

    held = Membership.objects.active().filter(organisation=organisation, role__in=roles).select_related("person")
    return [membership.person for membership in held]


def members_among(person_ids: Iterable[int]) -> set[int]:
    """Which of many people may read members' text, in one query. Twin of `permissions.is_member` for each of them."""
    from accounts.models import User
    from members.models import Membership

    active = Membership.objects.active().values("person")
    keepers = Q(groups__name__in=[MODERATORS, EDITORS]) | Q(is_superuser=True)
    people = User.objects.filter(pk__in=list(person_ids), is_active=True).filter(keepers | Q(pk__in=active))
    return set(people.values_list("pk", flat=True))
