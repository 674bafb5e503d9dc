from members.services.access import settle, settle_everybody
from members.services.facts import change_facts
from members.services.memberships import add_member, change_role, end_membership, leave_network, set_expiry
from members.services.onboarding import OrganisationFacts, onboard_organisation
from members.services.similarity import refresh_similarity

__all__ = [
    "OrganisationFacts",
    "add_member",
    "change_facts",
    "change_role",
    "end_membership",
    "leave_network",
    "onboard_organisation",
    "refresh_similarity",
    "set_expiry",
    "settle",
    "settle_everybody",
]
