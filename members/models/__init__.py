from members.models.joining import INVITATION_LIFETIME, Invitation, JoinRequest, RequestState
from members.models.memberships import SIGNERS, WRITERS, CameBy, Membership, Role
from members.models.organisations import EmailDomain, Organisation, OrganisationKind, Tier
from members.models.pages import OrganisationIndexPage, OrganisationPage
from members.models.sign_in import SignInProvider
from members.models.similarity import SimilarityScale, SimilarOrganisation

__all__ = [
    "INVITATION_LIFETIME",
    "SIGNERS",
    "WRITERS",
    "CameBy",
    "EmailDomain",
    "Invitation",
    "JoinRequest",
    "Membership",
    "Organisation",
    "OrganisationIndexPage",
    "OrganisationKind",
    "OrganisationPage",
    "RequestState",
    "Role",
    "SignInProvider",
    "SimilarOrganisation",
    "SimilarityScale",
    "Tier",
]
