"""Trial links: what they open, for how long, how often, and what ends them."""

from datetime import timedelta

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from casestudies.briefings.errors import CannotGiveTrial
from casestudies.briefings.trials import MOST_OPEN, PURPOSE, give_trial, trial_url
from casestudies.models import BriefingCaseStudy, BriefingTrial
from core.retention import forget_what_is_due
from discussion.models import Comment
from members.services import end_membership
from moderation import services as moderation
from moderation.models import Sanction
from network.log_scrubbing import scrubbed
from tests import factories
from tests.casestudies.test_briefings import _as, _full

pytestmark = pytest.mark.django_db
SAID = "Bandstand figures."


@pytest.fixture
def council():
    return factories.organisation("Stockport")


@pytest.fixture
def lead(council):
    return factories.member(council, "lead")


def _path(trial):
    return trial_url(trial).partition("8000")[2]


def test_a_lead_gives_one_and_somebody_reads_that_briefing_and_nothing_more(council, lead, caplog):
    caplog.set_level("INFO")
    page, file = _full(council)
    open_one = factories.case_study(council, title="An open account")
    BriefingCaseStudy.objects.create(page=page, case_study=open_one)
    Comment.objects.create(page=page, author=lead, body="Marzipan, I say.", state="published")
    other = factories.briefing(council, body="<p>Of another kind.</p>")
    desk = reverse("council_trials", args=["stockport"])
    client = _as(lead)
    assert "Briefings to try" in client.get(reverse("council_people", args=["stockport"])).content.decode()
    assert client.post(desk, {"briefing": "", "note": ""}).status_code == 422
    client.post(desk, {"briefing": page.pk, "note": "the town clerk"})
    trial = BriefingTrial.objects.get()
    assert trial.expires_at - trial.given_at == timedelta(days=7)
    shown = client.get(desk).content.decode()
    assert "the town clerk" in shown
    assert "0 of 20" in shown
    assert "/briefings/trial/" in shown
    visitor = Client()
    answer = visitor.get(_path(trial))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert SAID in text
    assert "Stockport Council lets you read this" in text
    assert "An open account" in text
    for word in ("Quicksilver", "Marzipan", "own account", "ld+json", "town clerk"):
        assert word not in text, word
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "noindex" in answer["X-Robots-Tag"]
    assert not answer.cookies
    # The same visitor has no other right by it.
    assert SAID not in visitor.get(page.get_absolute_url()).content.decode()
    assert "Of another kind" not in visitor.get(other.get_absolute_url()).content.decode()
    assert visitor.get(file.url).status_code == 404
    assert visitor.get(reverse("comment_add", args=[page.pk])).status_code in {302, 404}
    head = visitor.head(_path(trial))
    assert (head.status_code, head.content) == (200, b""), "who checks links asks for the headers alone: none is opened"
    assert visitor.post(_path(trial)).status_code == 405
    trial.refresh_from_db()
    assert trial.opens == 1
    assert trial.last_opened_at is not None
    token = _path(trial).split("/")[-2]
    log = [scrubbed(f"{one.getMessage()} {one.args}") for one in caplog.records]
    assert any("/briefings/trial/" in line for line in log)
    assert not [line for line in log if token.split(":")[-1] in line]
    # Taken back: by those who look after the people, at once, and twice is once.
    back = reverse("council_trial", args=["stockport", trial.pk])
    assert _as(factories.member(council, "author")).post(back).status_code == 403
    assert _as(factories.member(factories.organisation("Hull"), "lead")).post(back).status_code == 403
    for _time in range(2):
        assert client.post(back).status_code == 302
    assert visitor.get(_path(trial)).status_code == 410
    assert "Taken back" in client.get(desk).content.decode()


def test_whatever_ends_a_right_ends_the_link(council, lead):
    page = factories.briefing(council, body=f"<p>{SAID}</p>")
    now = timezone.now()

    def status(trial):
        answer = Client().get(_path(trial))
        assert (SAID in answer.content.decode()) == (answer.status_code == 200)
        return answer.status_code

    def give(**fields):
        return factories.trial(page, council, by=lead, **fields)

    assert status(give()) == 200
    assert status(give(expires_at=now - timedelta(seconds=1))) == 410, "after seven days"
    counted = give(most_opens=2)
    assert [status(counted) for _time in range(3)] == [200, 200, 410], "after so many openings"
    assert BriefingTrial.objects.get(pk=counted.pk).opens == 2
    kept = give()
    old = signing.dumps(kept.pk, salt=PURPOSE)
    for token in (old[:-1] + ("A" if old[-1] != "A" else "B"), signing.dumps(kept.pk, salt="digests.stop"), "x", "é"):
        assert Client().get(reverse("briefing_trial", args=[token])).status_code == 410, token
    page.unpublish()
    assert status(kept) == 410, "withdrawn"
    page.save_revision().publish()
    assert status(kept) == 200
    membership = lead.memberships.get()
    membership.role = "author"
    membership.save()
    assert status(kept) == 410, "no lead any more"
    membership.role = "lead"
    membership.save()
    council.left_at = now
    council.save()
    assert status(kept) == 410, "the organisation has left"
    administrator = factories.UserFactory(administrator=True)
    with pytest.raises(CannotGiveTrial):
        give_trial(briefing=page, organisation=council, by=administrator)
    council.left_at = None
    council.save()
    assert status(kept) == 200
    sanction = moderation.suspend(
        person=lead,
        by=factories.UserFactory(moderator=True),
        reason="abuse",
        words="No.",
        until=now + timedelta(days=3),
    )
    assert status(kept) == 410, "its lead is suspended"
    Sanction.objects.filter(pk=sanction.pk).update(lifted_at=now)
    assert status(kept) == 200
    end_membership(membership=membership, by=None)
    assert status(kept) == 410, "the membership has ended"
    for nobody in (lead, factories.member(council, "author"), factories.UserFactory()):
        with pytest.raises(CannotGiveTrial):
            give_trial(briefing=page, organisation=council, by=nobody)
    page.refresh_from_db()
    for _time in range(MOST_OPEN):
        give_trial(briefing=page, organisation=council, by=administrator)
    with pytest.raises(CannotGiveTrial, match="Take one back"):
        give_trial(briefing=page, organisation=council, by=administrator)
    BriefingTrial.objects.filter(pk=kept.pk).update(expires_at=now - timedelta(days=366))
    forget_what_is_due()
    assert not BriefingTrial.objects.filter(pk=kept.pk).exists()


def test_two_who_open_it_at_once_are_not_both_the_last(council, lead):
    """PostgreSQL reads again the row that it changes, and not what a subquery has found of it."""
    trial = factories.trial(factories.briefing(council), council, by=lead)
    with CaptureQueriesContext(connection) as asked:
        assert Client().get(_path(trial)).status_code == 200
    table = f'"{BriefingTrial._meta.db_table}"'
    (counted,) = [one["sql"] for one in asked if one["sql"].startswith(f"UPDATE {table}")]
    assert f'{table}."opens" < ({table}."most_opens")' in counted
    assert f'{table}."revoked_at" IS NULL' in counted
