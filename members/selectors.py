"""Questions over organisations, their pages and their people."""

from typing import TYPE_CHECKING

from wagtail.models import Page

from members.models import Organisation, OrganisationPage

if TYPE_CHECKING:
    from accounts.models import User


def organisation_of(page: Page) -> Organisation | None:
    """The organisation under whose page this page stands, or whose page it is."""
    own = (
        OrganisationPage.objects.ancestor_of(page, inclusive=True)
        .select_related("organisation")
        .order_by("-depth")
        .first()
    )
    return own.organisation if own else None


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
