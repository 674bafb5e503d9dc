"""Organisations: councils of every tier and community bodies, with the facts that make them comparable."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection

if TYPE_CHECKING:
    from accounts.models import User
    from members.models.pages import OrganisationPage


class OrganisationKind(models.TextChoices):
    COUNCIL = "council", _("Council")
    COMMUNITY = "community", _("Community body")
    NETWORK = "network", _("The network itself")


class Tier(models.TextChoices):
    COUNTY = "county", _("County council")
    DISTRICT = "district", _("District council")
    UNITARY = "unitary", _("Unitary council")
    METROPOLITAN = "metropolitan", _("Metropolitan borough")
    LONDON = "london", _("London borough")
    PARISH = "parish", _("Parish or town council")
    WALES = "wales", _("Welsh council")
    SCOTLAND = "scotland", _("Scottish council")
    NORTHERN_IRELAND = "northern-ireland", _("Northern Ireland council")
    CHARITY = "charity", _("Charity or voluntary body")
    RESIDENTS = "residents", _("Residents’ group")
    EMPLOYEES = "employees", _("Employee group")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def listed(self) -> "OrganisationQuerySet":
        """Those with a live page."""
        return self.filter(page__live=True)

    def with_role(self, user: "User | Any", *roles: str) -> "OrganisationQuerySet":
        """Those in which the person holds an active membership, in one of `roles` if any are given."""
        from members.models.memberships import Membership

        if not user.is_authenticated:
            return self.none()
        held = Membership.objects.active().filter(person=user)
        if roles:
            held = held.filter(role__in=roles)
        return self.filter(pk__in=held.values("organisation"))

    def writable_by(self, user: "User | Any") -> "OrganisationQuerySet":
        """Twin of `permissions.can_write_for`."""
        return self._administered_or_with(user, "author", "lead")

    def approvable_by(self, user: "User | Any") -> "OrganisationQuerySet":
        """Twin of `permissions.can_approve_for`."""
        return self._administered_or_with(user, "approver", "lead")

    def managed_by(self, user: "User | Any") -> "OrganisationQuerySet":
        """Twin of `permissions.can_manage_people_of`."""
        return self._administered_or_with(user, "lead")

    def joinable_by(self, user: "User | Any") -> "OrganisationQuerySet":
        """Twin of `permissions.can_ask_to_join`."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return (
            self.in_network().exclude(kind=OrganisationKind.NETWORK).exclude(pk__in=self.with_role(user).values("pk"))
        )

    def in_network(self) -> "OrganisationQuerySet":
        """Those that have not left."""
        return self.filter(models.Q(left_at=None) | models.Q(left_at__gt=timezone.now()))

    def _administered_or_with(self, user: "User | Any", *roles: str) -> "OrganisationQuerySet":
        if user.is_authenticated and user.is_active and user.is_superuser:
            return self.all()
        return self.with_role(user, *roles)


class Organisation(models.Model):
    """The facts of one organisation. Its public page, groups and collection are made by `onboard_organisation`.

    `population` is people, `area_km2` square kilometres, `density` people a square kilometre;
    `deprivation_decile` 1 is the most deprived tenth of the United Kingdom's population, and a higher
    `deprivation_score` is more deprived (mySociety's composite index, not the official English rank).
    """

    name = models.CharField(_("name"), max_length=160)
    short_name = models.CharField(_("short name"), max_length=120, help_text=_("As people say it: “Stockport”."))
    slug = models.SlugField(_("slug"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind, default=OrganisationKind.COUNCIL)
    tier = models.CharField(_("tier"), max_length=20, choices=Tier, blank=True)
    gss_code = models.CharField(_("GSS code"), max_length=9, blank=True)
    nation = models.CharField(_("nation"), max_length=20, blank=True)
    region = models.CharField(_("region"), max_length=40, blank=True)
    website = models.URLField(_("website"), max_length=300, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    lng = models.FloatField(_("longitude"), null=True, blank=True)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    area_km2 = models.FloatField(_("area (km²)"), null=True, blank=True)
    density = models.FloatField(_("people per km²"), null=True, blank=True)
    rural_urban = models.CharField(_("rural or urban"), max_length=40, blank=True)
    deprivation_decile = models.PositiveSmallIntegerField(_("deprivation tenth"), null=True, blank=True)
    deprivation_score = models.FloatField(_("deprivation score"), null=True, blank=True)
    emissions_label = models.CharField(_("emissions profile"), max_length=60, blank=True)
    county_gss = models.CharField(_("county’s GSS code"), max_length=9, blank=True)
    requires_approval = models.BooleanField(
        _("an approver signs off first"),
        default=True,
        help_text=_("Case studies go to the organisation’s own approver before the network’s moderators see them."),
    )
    authors = models.OneToOneField(
        Group, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="authors_of"
    )
    approvers = models.OneToOneField(
        Group, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="approvers_of"
    )
    collection = models.OneToOneField(
        Collection, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="organisation"
    )
    is_demonstration = models.BooleanField(_("invented for the demonstration"), default=False)
    left_at = models.DateTimeField(
        _("left the network"),
        null=True,
        blank=True,
        help_text=_("From then on none of its memberships gives any right. What it published stays."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    if TYPE_CHECKING:
        page: OrganisationPage

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["short_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["gss_code"],
                condition=~models.Q(gss_code=""),
                name="organisation_gss_once",
                violation_error_message=_("There is already an organisation with this GSS code."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class EmailDomainQuerySet(models.QuerySet["EmailDomain"]):
    def verified(self) -> "EmailDomainQuerySet":
        return self.exclude(verified_at=None)


class EmailDomain(models.Model):
    """An email domain whose verified addresses belong to an organisation. Two councils may share one.

    Nobody joins by it until an administrator has looked, or somebody who reads the mail of its `postmaster` or `admin`
    has said so (`docs/decisions/0035-people.md`).
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="email_domains")
    domain = models.CharField(_("domain"), max_length=120, help_text=_("As after the @, for example stockport.gov.uk."))
    with_subdomains = models.BooleanField(
        _("and everything below it"),
        default=False,
        help_text=_("Only if every name below belongs to the organisation: schools often have addresses there."),
    )
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    # The mailbox at the domain whose reader said so; empty where an administrator looked.
    proven_by_mailbox = models.CharField(_("proven by"), max_length=140, blank=True, editable=False)

    objects = EmailDomainQuerySet.as_manager()

    class Meta:
        verbose_name = _("email domain")
        verbose_name_plural = _("email domains")
        constraints = [models.UniqueConstraint(Lower("domain"), "organisation", name="email_domain_once")]

    def __str__(self) -> str:
        return self.domain
