from members.models.memberships import Membership, Role
from members.models.organisations import EmailDomain, Organisation, OrganisationKind, Tier
from members.models.pages import OrganisationIndexPage, OrganisationPage
from members.models.similarity import SimilarityScale, SimilarOrganisation

__all__ = [
    "EmailDomain",
    "Membership",
    "Organisation",
    "OrganisationIndexPage",
    "OrganisationKind",
    "OrganisationPage",
    "Role",
    "SimilarOrganisation",
    "SimilarityScale",
    "Tier",
]
