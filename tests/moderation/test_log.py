"""The log of decisions is appended to and never changed, whatever the door."""

import pytest
from django.db import DatabaseError, connection, transaction

from discussion.services import add_comment
from moderation import services
from moderation.models import Decision

pytestmark = pytest.mark.django_db


@pytest.fixture
def decision(case_study, newcomer, moderator):
    comment = add_comment(page=case_study, body="Hello", by=newcomer)[0]
    return services.decide_contribution(contribution=comment, action="approve", by=moderator)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE moderation_decision SET action = 'decline' WHERE id = %s",
        "UPDATE moderation_decision SET private_note = 'x' WHERE id = %s",
        "DELETE FROM moderation_decision WHERE id = %s",
    ],
)
def test_sql_cannot_change_a_decision(decision, statement):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [decision.pk])
    assert Decision.objects.get(pk=decision.pk).action == "approve"


def test_nor_can_the_orm(decision):
    decision.words = "something else"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        decision.save()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Decision.objects.all().delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Decision.objects.update(author=None)


def test_the_log_survives_what_it_is_about(decision, newcomer):
    newcomer.comments.all().delete()
    newcomer.delete()
    kept = Decision.objects.get(pk=decision.pk)
    assert kept.subject is None
    assert kept.subject_title == "Market in an empty shop"


def test_a_moderators_account_with_decisions_is_not_deleted(decision, moderator):
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        moderator.delete()
