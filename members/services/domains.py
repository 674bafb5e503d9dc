"""Email domains of organisations: proving that one is theirs, and joining by an address there."""

from datetime import timedelta
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events, post, ratelimit
from members import domains
from members.errors import DomainRefused, NotAllowed, NotWaiting, TooMany
from members.models import CameBy, EmailDomain, Membership, Organisation, Role
from members.permissions import can_manage_people_of, is_administrator
from members.selectors import domains_of, organisations_by_address
from members.services.memberships import add_member, end_quietly

if TYPE_CHECKING:
    from accounts.models import User

# Names that only whoever runs a domain's mail may have (RFC 2142 and the certificate authorities' list).
MAILBOXES = ("postmaster", "admin", "administrator", "hostmaster")
A_DAY = 24 * 60 * 60
PROOF_LIFETIME = timedelta(days=7)
_PROOF = "members.domain_proof"


@transaction.atomic
def add_domain(*, organisation: Organisation, domain: str, with_subdomains: bool = False, by: "User") -> EmailDomain:
    """Write a domain down; nobody joins by it before it is verified. Repeating it changes nothing.

    Raises `NotAllowed`, and `DomainRefused` for one that says nothing about an organisation.
    """
    _check(by, organisation)
    name = domains.normalised(domain)
    if reason := domains.why_refused(name):
        raise DomainRefused(reason)
    known = organisation.email_domains.filter(domain__iexact=name).first()
    if known is not None:
        return known
    row = EmailDomain.objects.create(organisation=organisation, domain=name, with_subdomains=with_subdomains)
    _record("added", row, by)
    return row


@transaction.atomic
def remove_domain(*, domain: EmailDomain, by: "User") -> None:
    """Nobody joins by it any more. Who joined by it stays until somebody ends that."""
    _check(by, domain.organisation)
    _record("removed", domain, by)
    domain.delete()


@transaction.atomic
def verify_domain(*, domain: EmailDomain, with_subdomains: bool = False, by: "User") -> EmailDomain:
    """An administrator has looked, and says that it is theirs. Raises `NotAllowed` and `DomainRefused`."""
    if not is_administrator(by):
        raise NotAllowed(_("Only an administrator may say that without a mail to the domain."))
    if reason := domains.why_refused(domain.domain):
        raise DomainRefused(reason)
    return _verified(domain, with_subdomains=with_subdomains, by=by, mailbox="")


@transaction.atomic
def ask_for_proof(*, domain: EmailDomain, mailbox: str, by: "User") -> str:
    """Write to a mailbox at the domain that only whoever runs it can read; the address is returned.

    Raises `NotAllowed`, `DomainRefused`, `NotWaiting` (verified already) and `TooMany` (three a day for each domain,
    ten for each organisation).
    """
    _check(by, domain.organisation)
    if mailbox not in MAILBOXES:
        raise NotAllowed(_("Choose one of the mailboxes."))
    if domain.verified_at is not None:
        raise NotWaiting(_("This domain is verified already."))
    if reason := domains.why_refused(domain.domain):
        raise DomainRefused(reason)
    if not ratelimit.allow(f"domain-proof:{domain.domain}", 3, A_DAY):
        raise TooMany(_("We have written there three times today. Try again tomorrow."))
    if not ratelimit.allow(f"domain-proofs-of:{domain.organisation_id}", 10, A_DAY):
        raise TooMany(_("Your organisation has asked ten domains today. Try again tomorrow."))
    address = f"{mailbox}@{domain.domain}"
    now = timezone.now()
    given = {"domain": domain.pk, "name": domain.domain, "below": domain.with_subdomains, "to": address, "by": by.pk}
    post.send(
        name="domain_proof",
        key=f"domain-proof:{domain.pk}:{now:%Y%m%d%H%M%S%f}",
        address=address,
        language=by.language,
        facts={
            "token": signing.dumps(given, salt=_PROOF),
            "organisation": domain.organisation.name,
            "domain": domain.domain,
            "below": "yes" if domain.with_subdomains else "",
            "asked_by": by.display_name,
        },
        worthless_after=now + PROOF_LIFETIME,
    )
    return address


def read_proof(token: str) -> tuple[EmailDomain, dict[str, str]]:
    """What a link from such a mail is about. Raises `NotWaiting` when it is of no use (any more)."""
    over = NotWaiting(_("This link has been used, or its seven days are over."))
    try:
        given = signing.loads(token, salt=_PROOF, max_age=PROOF_LIFETIME)
    except signing.BadSignature as error:
        raise over from error
    found = EmailDomain.objects.select_related("organisation").filter(pk=given["domain"], verified_at=None).first()
    if found is None or (found.domain, found.with_subdomains) != (given["name"], given["below"]):
        raise over
    return found, given


@transaction.atomic
def prove_domain(*, token: str) -> EmailDomain:
    """Whoever reads the mailbox has said yes. The lead who asked answers for it: they must be one still."""
    from accounts.models import User

    found, given = read_proof(token)
    by = User.objects.filter(pk=given["by"], is_active=True).first()
    if by is None or not can_manage_people_of(by, found.organisation):
        raise NotWaiting(_("Whoever asked for this does not look after this organisation’s people any more."))
    return _verified(found, with_subdomains=found.with_subdomains, by=by, mailbox=given["to"])


def _verified(domain: EmailDomain, *, with_subdomains: bool, by: "User", mailbox: str) -> EmailDomain:
    row = EmailDomain.objects.select_for_update().get(pk=domain.pk)
    if row.verified_at is not None and row.with_subdomains == with_subdomains:
        return row
    row.verified_at, row.verified_by = timezone.now(), by
    row.with_subdomains, row.proven_by_mailbox = with_subdomains, mailbox
    row.save(update_fields=["verified_at", "verified_by", "with_subdomains", "proven_by_mailbox"])
    _record("verified", row, by)
    return row


@transaction.atomic
def join_by_address(*, person: "User", organisation: Organisation) -> Membership:
    """Join as a member, because a verified address of the person says so. Raises `NotAllowed` if none does."""
    if organisation not in organisations_by_address(person):
        raise NotAllowed(_("None of your confirmed addresses is at a domain of this organisation."))
    membership = add_member(organisation=organisation, person=person, role=Role.MEMBER, by=None, came_by=CameBy.DOMAIN)
    post.send(
        name="joined_by_address",
        key=f"joined:{membership.pk}",
        person=person,
        facts={"organisation": organisation.name, "slug": organisation.slug},
    )
    return membership


def join_on_verification(*, person: "User", address: str) -> list[Organisation]:
    """At once where the address just confirmed belongs to one organisation; several are returned, to be asked about."""
    found = organisations_by_address(person, address=address)
    if len(found) == 1:
        join_by_address(person=person, organisation=found[0])
    return found


@transaction.atomic
def end_what_address_gave(*, person: "User") -> None:
    """An address has left the account. What rested on it alone ends; what a lead has vouched for since does not."""
    rested = Membership.objects.kept().filter(person=person, came_by=CameBy.DOMAIN, role=Role.MEMBER)
    if not (held := list(rested.select_related("organisation", "person"))):
        return
    left = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    still = {pk for address in left for pk in _owners_of(address)}
    for membership in held:
        if membership.organisation_id not in still:
            end_quietly(membership=membership, by=person)


def _owners_of(address: str) -> set[int]:
    return {row.organisation_id for row in domains_of(address)}


def _check(by: "User", organisation: Organisation) -> None:
    if not can_manage_people_of(by, organisation):
        raise NotAllowed(_("Only the council’s lead or an administrator may change its email domains."))


def _record(what: str, row: EmailDomain, by: "User") -> None:
    events.record(
        kind=f"email_domain.{what}",
        subject=("email_domain", row.pk),
        by=by,
        targets=[("organisation", row.organisation_id)],
        data={"domain": row.domain, "below": row.with_subdomains, "mailbox": row.proven_by_mailbox},
    )
