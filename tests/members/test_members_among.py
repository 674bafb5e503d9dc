"""The question for many people and the question for one agree."""

import pytest

from accounts.models import User
from members.permissions import is_member
from members.selectors import members_among
from members.services import end_membership
from tests import factories

pytestmark = pytest.mark.django_db


def test_for_every_kind_of_person(django_assert_num_queries):
    council = factories.organisation()
    gone = factories.member(council)
    end_membership(membership=gone.memberships.get(), by=None)
    people = [
        gone,
        factories.UserFactory(),
        factories.UserFactory(moderator=True),
        factories.UserFactory(editor=True),
        factories.UserFactory(administrator=True),
        factories.UserFactory(administrator=True, is_active=False),
        factories.member(council, is_active=False),
        *(factories.member(council, role) for role in ("member", "author", "approver", "lead")),
    ]
    with django_assert_num_queries(1):
        found = members_among([person.pk for person in people])
    fresh = User.objects.filter(pk__in=[person.pk for person in people])
    assert found == {person.pk for person in fresh if is_member(person)}
    assert len(found) == 7
