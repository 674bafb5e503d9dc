"""What two do at the same moment, to one another or to an invitation, on a database that really has two connections."""

import pytest

from members.errors import LastLead, MembersError, NotAllowed
from members.models import Invitation, Membership, Role
from members.services import (
    Invited,
    accept_invitation,
    change_role,
    end_membership,
    invite,
    withdraw_invitation,
)
from tests import factories
from tests.moderation.test_race import TRIES, at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def _leads(council):
    return Membership.objects.active().filter(organisation=council, role=Role.LEAD)


def _demote(membership, by):
    return lambda: change_role(membership=membership, role=Role.MEMBER, by=by)


def _remove(membership, by):
    return lambda: end_membership(membership=membership, by=by)


def test_two_leads_who_demote_remove_or_leave_at_once_leave_one():
    for number, act in enumerate([_demote, _remove, None] * TRIES):
        council = factories.organisation(f"Council {number}")
        one, two = (factories.member(council, "lead").memberships.get() for _ in range(2))
        if act:
            raised = at_once(act(one, by=two.person), act(two, by=one.person))
        else:
            raised = at_once(_remove(one, by=one.person), _remove(two, by=two.person))
        assert raised.count(None) == 1, raised
        assert all(error is None or isinstance(error, (LastLead, NotAllowed)) for error in raised), raised
        assert _leads(council).count() == 1


def test_whose_rights_ended_a_moment_ago_takes_nobody_with_them():
    """With a third lead there always is one left; still only one of the two may have their way."""
    for number in range(TRIES):
        council = factories.organisation(f"Council {number}")
        one, two, _third = (factories.member(council, "lead").memberships.get() for _ in range(3))
        raised = at_once(_demote(one, by=two.person), _remove(two, by=one.person))
        assert [type(error) for error in raised if error] == [NotAllowed], raised
        assert _leads(council).count() == 2


def _accept(sent, person):
    return lambda: accept_invitation(invitation=Invitation.objects.get(pk=sent.pk), person=person)


def _withdraw(sent, lead):
    return lambda: withdraw_invitation(invitation=Invitation.objects.get(pk=sent.pk), by=lead)


def test_an_invitation_is_taken_once_and_not_both_accepted_and_withdrawn():
    council = factories.organisation("Bury")
    lead = factories.member(council, "lead")
    for number in range(TRIES * 2):
        person = factories.UserFactory()
        sent = invite(organisation=council, invited=Invited(address=person.email, role=Role.AUTHOR), by=lead)
        raised = at_once(_accept(sent, person), _withdraw(sent, lead) if number % 2 else _accept(sent, person))
        assert sorted(type(one).__name__ for one in raised) == ["NoneType", "NotWaiting"], raised
        sent.refresh_from_db()
        assert (sent.accepted_at is None) != (sent.withdrawn_at is None)
        assert Membership.objects.active().filter(person=person).count() == (1 if sent.accepted_at else 0)


def _invite(council, address, by):
    return lambda: invite(organisation=council, invited=Invited(address=address), by=by)


def test_one_address_invited_twice_at_once_is_invited_once():
    council = factories.organisation("Bolton")
    leads = [factories.member(council, "lead") for _ in range(2)]
    for number in range(TRIES):
        address = f"new{number}@example.org"
        raised = at_once(*(_invite(council, address, by) for by in leads))
        assert raised.count(None) == 1, raised
        assert [isinstance(one, MembersError) for one in raised if one] == [True], raised
        assert Invitation.objects.waiting().filter(address=address).count() == 1
