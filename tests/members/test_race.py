"""Leads who act on one another at the same moment, on a database that really has two connections."""

import pytest

from members.errors import LastLead, NotAllowed
from members.models import Membership, Role
from members.services import change_role, end_membership
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
