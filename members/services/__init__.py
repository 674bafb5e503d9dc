from members.services.access import settle, settle_everybody
from members.services.content import hand_over, let_go
from members.services.domains import (
    add_domain,
    ask_for_proof,
    end_what_address_gave,
    join_by_address,
    join_on_verification,
    prove_domain,
    remove_domain,
    verify_domain,
)
from members.services.facts import change_facts, switch_sign_off
from members.services.invitations import (
    Invited,
    accept_invitation,
    decline_invitation,
    invite,
    invite_many,
    resend,
    withdraw_invitation,
)
from members.services.memberships import add_member, change_role, end_membership, leave_network, set_expiry
from members.services.onboarding import OrganisationFacts, onboard_organisation
from members.services.requests import approve_request, ask_to_join, decline_request, withdraw_request
from members.services.similarity import refresh_similarity

__all__ = [
    "Invited",
    "OrganisationFacts",
    "accept_invitation",
    "add_domain",
    "add_member",
    "approve_request",
    "ask_for_proof",
    "ask_to_join",
    "change_facts",
    "change_role",
    "decline_invitation",
    "decline_request",
    "end_membership",
    "end_what_address_gave",
    "hand_over",
    "invite",
    "invite_many",
    "join_by_address",
    "join_on_verification",
    "leave_network",
    "let_go",
    "onboard_organisation",
    "prove_domain",
    "refresh_similarity",
    "remove_domain",
    "resend",
    "set_expiry",
    "settle",
    "settle_everybody",
    "switch_sign_off",
    "verify_domain",
    "withdraw_invitation",
    "withdraw_request",
]
