"""The list of reasons: kept by moderators in the CMS, and never changed in the log."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from discussion.services import add_comment
from moderation import services
from moderation.errors import ReasonNeeded
from moderation.models import Decision, Reason
from moderation.reasons import ensure_reasons
from tests import factories
from tests.moderation.helpers import settle

pytestmark = pytest.mark.django_db


def test_staff_change_the_list_and_the_log_keeps_the_words(council, case_study, newcomer, moderator):
    comment = add_comment(page=case_study, body="Which year?", by=newcomer)[0]
    told = {"contribution": comment, "action": "decline", "by": moderator, "words": "No."}
    decision = services.decide_contribution(reason="abuse", **told)
    reason = Reason.objects.get(code="abuse")
    client = Client()
    client.force_login(moderator)
    change = {"label": "Rude", "rule": "Be kind.", "sort_order": 5}
    answer = client.post(reverse("reasons:edit", args=[reason.pk]), change)
    assert answer.status_code == 302
    reason.refresh_from_db()
    assert (reason.label, reason.code, reason.is_active) == ("Rude", "abuse", False)
    kept = Decision.objects.get(pk=decision.pk)
    assert kept.reason_label == "It attacks or insults somebody"
    with translation.override("cy"):
        assert kept.reason_label.startswith("Mae’n ymosod")
    other = add_comment(page=case_study, body="And now?", by=newcomer)[0]
    with pytest.raises(ReasonNeeded):
        services.decide_contribution(reason="abuse", **{**told, "contribution": other})
    ensure_reasons()
    reason.refresh_from_db()
    assert reason.label == "Rude", "what staff changed is not changed back"
    assert client.post(reverse("reasons:delete", args=[reason.pk])).status_code in {302, 403}
    assert Reason.objects.filter(pk=reason.pk).exists(), "the log names it"
    for outsider in (factories.member(council, "lead"), factories.UserFactory(editor=True)):
        client.force_login(outsider)
        client.post(reverse("reasons:edit", args=[reason.pk]), {**change, "label": "Mine"})
        reason.refresh_from_db()
        assert reason.label == "Rude"


def test_the_log_is_not_emptied_at_once_either(case_study, newcomer, moderator):
    comment = add_comment(page=case_study, body="Which year?", by=newcomer)[0]
    services.decide_contribution(contribution=comment, action="approve", by=moderator)
    empty = (
        "TRUNCATE moderation_decision CASCADE"
        if connection.vendor == "postgresql"
        else "DELETE FROM moderation_decision"
    )
    settle()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(empty)
    assert Decision.objects.count() == 1
