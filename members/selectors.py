"""Questions over organisations, their pages and their people."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from wagtail.models import Page

from members.domains import candidates, domain_of
from members.models import (
    WRITERS,
    EmailDomain,
    Invitation,
    Membership,
    Organisation,
    OrganisationKind,
    OrganisationPage,
    SimilarityScale,
    SimilarOrganisation,
)
from members.roles import EDITORS, MODERATORS
from members.similarity import FACTS, Likeness, is_comparable, likeness

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


def beneath(paths: "Iterable[str]") -> Q:
    """Pages at or beneath those of these paths; none of them if there is no path."""
    found = Q(pk__in=[])
    for path in paths:
        found |= Q(path__startswith=path)
    return found


def beneath_pages_of(organisations: "Iterable[Organisation] | object") -> Q:
    """Pages at or beneath those of these organisations; one query, made at once, for where those stand."""
    return beneath(OrganisationPage.objects.filter(organisation__in=organisations).values_list("path", flat=True))


def page_ids_of(organisations: "list[Organisation] | object") -> list[int]:
    """The ids of all pages of these organisations, drafts included."""
    paths = OrganisationPage.objects.filter(organisation__in=organisations).values_list("path", flat=True)
    ids: list[int] = []
    for path in paths:
        ids.extend(Page.objects.filter(path__startswith=path).values_list("pk", flat=True))
    return ids


def people_of(organisation: Organisation, *roles: str) -> "list[User]":
    """The active members in any of these roles."""
    held = Membership.objects.active().filter(organisation=organisation, role__in=roles).select_related("person")
    return [membership.person for membership in held]


def moderators() -> "QuerySet[User]":
    """Those of the network who may sign in."""
    from accounts.models import User

    return User.objects.filter(is_active=True, groups__name=MODERATORS)


def administrators() -> "QuerySet[User]":
    """Those who may sign in."""
    from accounts.models import User

    return User.objects.filter(is_active=True, is_superuser=True)


def members_among(person_ids: Iterable[int]) -> set[int]:
    """Which of many people may read members' text, in one query. Twin of `permissions.is_member` for each of them."""
    from accounts.models import User

    active = Membership.objects.active().values("person")
    keepers = Q(groups__name__in=[MODERATORS, EDITORS]) | Q(is_superuser=True)
    people = User.objects.filter(pk__in=list(person_ids), is_active=True).filter(keepers | Q(pk__in=active))
    return set(people.values_list("pk", flat=True))


@dataclass(frozen=True, kw_only=True)
class SimilarCouncil:
    """`other` and how like the asked one it is; the words for it: `similarity_words(asked, similar.other)`."""

    other: Organisation
    rank: int
    score: float


def similar_to(organisation: Organisation, *, limit: int = 5) -> list[SimilarCouncil]:
    """The organisations most like this one that have a page, the most similar first; one query.

    At most the 50 that `refresh_similarity` keeps. `other.page` is there. Empty when too little is known of the
    organisation (`members.similarity.too_little_known` says so in words) or nothing was worked out yet.
    """
    found = (
        SimilarOrganisation.objects.filter(organisation=organisation, other__page__live=True)
        .select_related("other__page")
        .order_by("rank")
    )
    return [SimilarCouncil(other=row.other, rank=row.rank, score=row.score) for row in found[:limit]]


def likenesses(organisation: Organisation, others: Iterable[Organisation]) -> dict[int, Likeness]:
    """How like this organisation each of the others is, by their ids, on the scale of the last refresh; one query.

    For any pair, whether it is among the kept ones or not: to rank a list, sort by
    `-(likenesses[other.pk].score or 0)`; a score is None where too little is known.
    """
    row = SimilarityScale.objects.filter(pk=SimilarityScale.ONLY).first() or SimilarityScale()
    return {other.pk: likeness(organisation, other, scale=row.scale) for other in others}


def most_like(organisation: Organisation) -> list[str]:
    """The slugs of those kept as most like this one, the most similar first; one query."""
    found = SimilarOrganisation.objects.filter(organisation=organisation).order_by("rank")
    return list(found.values_list("other__slug", flat=True))


def comparable_councils() -> list[Organisation]:
    """Those with a page of which enough is known to compare them, by name, with their facts only; one query."""
    found = Organisation.objects.listed().exclude(kind=OrganisationKind.NETWORK).only("pk", "slug", *FACTS)
    return [one for one in found.order_by("short_name", "pk") if is_comparable(one)]


def council_named(name: str) -> Organisation | None:
    """The organisation with a page whose slug, short name or name this is, in any case; None if none or several."""
    same = Q(slug__iexact=name) | Q(short_name__iexact=name) | Q(name__iexact=name)
    found = Organisation.objects.listed().exclude(kind=OrganisationKind.NETWORK).filter(same)[:2]
    return found[0] if len(found) == 1 else None


def own_organisation(user: "User | Any") -> Organisation | None:
    """The organisation that a signed-in person's lists are ranked for: the first they joined and are still in."""
    if not getattr(user, "is_authenticated", False):
        return None
    held = Membership.objects.active().filter(person=user).exclude(organisation__kind=OrganisationKind.NETWORK)
    first = held.select_related("organisation").order_by("started_at", "pk").first()
    return first.organisation if first else None


def own_organisations(person_ids: Iterable[int]) -> dict[int, int]:
    """Person → organisation, of those who have one; one query. Twin of `own_organisation` for each of them."""
    held = Membership.objects.active().filter(person__in=list(person_ids))
    rows = held.exclude(organisation__kind=OrganisationKind.NETWORK).order_by("-started_at", "-pk")
    # The last one written is the first they joined.
    return dict(rows.values_list("person", "organisation"))


def domains_of(address: str) -> "list[EmailDomain]":
    """The verified domains, of organisations in the network, that an address is at; the nearest to it first."""
    names = candidates(domain_of(address))
    if not names:
        return []
    in_network = Q(organisation__left_at=None) | Q(organisation__left_at__gt=timezone.now())
    rows = (
        EmailDomain.objects.verified()
        .annotate(name=Lower("domain"))
        .filter(in_network, name__in=names)
        .select_related("organisation")
    )
    found = [row for row in rows if row.domain.lower() == names[0] or row.with_subdomains]
    return sorted(found, key=lambda row: (names.index(row.domain.lower()), row.organisation.short_name))


def organisations_by_address(person: "User", *, address: str = "") -> list[Organisation]:
    """Where a person's confirmed addresses (or that one) let them join at once.

    Not where they belong, and not again where a membership of theirs was ended by somebody else or has lapsed: then a
    lead has to say so.
    """
    own = EmailAddress.objects.filter(user=person, verified=True)
    if address:
        own = own.filter(email__iexact=address)
    found = {
        row.organisation_id: row.organisation
        for email in own.values_list("email", flat=True)
        for row in domains_of(email)
    }
    if not found:
        return []
    not_by_themselves = Membership.objects.filter(person=person).filter(
        Q(ended_at=None) | Q(ended_by=None) | ~Q(ended_by=person)
    )
    shut = set(not_by_themselves.values_list("organisation", flat=True))
    return [organisation for pk, organisation in found.items() if pk not in shut]


def managed_people(organisation: Organisation, *, words: str = "") -> "QuerySet[Membership]":
    """Everybody that nobody has ended, the lapsed among them, by name; `words` are looked for in name and address."""
    held = Membership.objects.kept().filter(organisation=organisation, person__is_active=True)
    for word in words.split():
        held = held.filter(Q(person__name__icontains=word) | Q(person__email__icontains=word))
    return held.select_related("person", "organisation").order_by(Lower("person__name"), "person__email")


def written_by(person: "User", organisation: Organisation) -> "QuerySet[Page]":
    """The pages of an organisation that a person owns, drafts included."""
    pages = Page.objects.filter(owner=person).exclude(pk__in=OrganisationPage.objects.values("pk"))
    return pages.filter(beneath_pages_of([organisation])).order_by("path")


def successors(organisation: Organisation, *, besides: "User") -> "QuerySet[User]":
    """Who may take over what somebody wrote: the other active authors and leads."""
    from accounts.models import User

    held = Membership.objects.active().filter(organisation=organisation, role__in=WRITERS).exclude(person=besides)
    return User.objects.filter(pk__in=held.values("person")).order_by(Lower("name"), "email")


def invitations_for(person: "User") -> "QuerySet[Invitation]":
    """Those that a person may accept now. Twin of `services.invitations.is_for` for open ones."""
    own = EmailAddress.objects.filter(user=person, verified=True, user__is_active=True).annotate(at=Lower("email"))
    found = Invitation.objects.open().annotate(at=Lower("address")).filter(at__in=own.values("at"))
    return found.select_related("organisation__page", "invited_by")
