"""What administrators see and keep: looks at personal data, the provider's records, the schedule."""

import io
import json
from datetime import UTC, date, datetime, timedelta
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from accounts.models import User
from core import records
from core.models import LookedAt, ProviderRecord, StaffLook
from core.retention import rules
from digests.models import OutgoingEmail
from digests.services import send_waiting
from discussion.models import Comment
from tests import factories

pytestmark = pytest.mark.django_db


def _as(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def administrator():
    return factories.UserFactory(administrator=True, name="Ada")


def test_every_look_at_somebodys_data_is_written_down_for_good(administrator):
    person = factories.UserFactory(name="Nia")
    client = _as(administrator)
    client.get(reverse("wagtailusers_users:index"))
    edit = reverse("wagtailusers_users:edit", args=[person.pk])
    assert client.get(edit).status_code == 200
    client.post(edit, {"email": person.email, "name": "Nia P", "is_active": "on"})
    client.get(reverse("wagtailusers_users:history", args=[person.pk]))
    client.get(reverse("mail_person", args=[person.pk]))
    client.get(reverse("wagtailusers_users:edit", args=[administrator.pk]))
    noted = list(StaffLook.objects.order_by("pk").values_list("by", "person", "what"))
    by = administrator.pk
    expected = [
        (by, None, LookedAt.LISTED),
        (by, person.pk, LookedAt.ACCOUNT),
        (by, person.pk, LookedAt.CHANGED),
        (by, person.pk, LookedAt.ACCOUNT),
        (by, person.pk, LookedAt.MAIL),
    ]
    assert [one for one in noted if one in expected] == noted, "one's own account is not noted"
    assert set(noted) == set(expected)
    shown = client.get(reverse("staff_looks")).content.decode()
    assert "Nia P" in shown
    assert "Ada" in shown
    narrowed = client.get(reverse("staff_looks"), {"person": person.pk, "by": "x'; DROP TABLE"}).content.decode()
    assert "Searched the list of people" not in narrowed
    for statement in ("UPDATE core_stafflook SET by = 0", "DELETE FROM core_stafflook"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert StaffLook.objects.count() == len(noted)
    StaffLook.objects.create(by=1, what=LookedAt.LISTED, at=timezone.now() - timedelta(days=800))
    next(rule for rule in rules() if rule.name == "looks").due(timezone.now()).delete()
    assert StaffLook.objects.count() == len(noted), "after two years it may go"


def test_duties_are_for_administrators(administrator):
    moderator = factories.UserFactory(moderator=True)
    for name in ("duties", "staff_looks", "provider_records_export", "wagtailsnippets_core_providerrecord:list"):
        assert _as(moderator).get(reverse(name)).status_code in {302, 403}, name
        answer = _as(administrator).get(reverse(name))
        assert answer.status_code == 200, name
    page = _as(administrator).get(reverse("duties")).content.decode()
    assert page.count("Not written yet") == 4
    assert "missing:" in page
    for rule in rules():
        assert str(rule.what) in page.replace("&#x27;", "'"), rule.name


def test_records_keep_their_versions_and_attachments_and_leave_in_one_file(administrator):
    client = _as(administrator)

    def form(body, files):
        return nested_form_data(
            {
                "kind": "illegal_content",
                "title": "Illegal content risk assessment",
                "dated": "2026-11-01",
                "author": "Ada",
                "next_review": "2027-11-01",
                "body": rich_text(body),
                "attachments": inline_formset(files),
            }
        )

    add = reverse("wagtailsnippets_core_providerrecord:add")
    bad = SimpleUploadedFile("evidence.pdf", b"<script>alert(1)</script>")
    refused = client.post(add, form("<p>First</p>", [{"title": "Evidence", "file": bad}]))
    assert "This is not a PDF" in refused.content.decode()
    good = SimpleUploadedFile("evidence.pdf", b"%PDF-1.7\n...")
    client.post(add, form("<p>First</p>", [{"title": "Evidence", "file": good}]))
    record = ProviderRecord.objects.get()
    edit = reverse("wagtailsnippets_core_providerrecord:edit", args=[record.pk])
    client.post(edit, form("<p>Second</p>", []))
    assert "Illegal content risk assessment" in client.get(reverse("duties")).content.decode()
    with ZipFile(io.BytesIO(client.get(reverse("provider_records_export")).content)) as archive:
        names = archive.namelist()
        versions = json.loads(archive.read(next(name for name in names if name.endswith("versions.json"))))
        page = archive.read(next(name for name in names if name.endswith("record.html"))).decode()
        assert any(name.endswith(".pdf") for name in names)
    assert ["First" in versions[0]["body"], "Second" in versions[1]["body"]] == [True, True]
    assert "Second" in page
    stored = record.attachments.get().file.name
    assert Client().get(f"/media/{stored}").status_code == 404, "an attachment has no address"


def test_administrators_hear_of_a_review_a_month_before_and_on_the_day_once_each(administrator, mailoutbox):
    factories.UserFactory(moderator=True)
    ProviderRecord.objects.create(
        kind="dpia", title="DPIA", author="Ada", dated=date(2026, 1, 1), next_review=date(2027, 1, 1), body="<p>x</p>"
    )
    for day, letters in (
        (date(2026, 12, 1), 0),
        (date(2026, 12, 2), 1),
        (date(2026, 12, 20), 1),
        (date(2027, 1, 1), 2),
        (date(2027, 1, 2), 2),
    ):
        records.remind(today=day)
        assert OutgoingEmail.objects.count() == letters, day
    send_waiting()
    assert [mail.to for mail in mailoutbox] == [[administrator.email]] * 2
    assert "DPIA" in mailoutbox[0].subject
    ProviderRecord.objects.create(
        kind="dpia", title="DPIA 2", author="Ada", dated=date(2027, 1, 3), next_review=date(2028, 1, 1), body="<p>x</p>"
    )
    records.remind(today=date(2027, 1, 4))
    assert OutgoingEmail.objects.count() == 2, "a newer one is in force"


def test_administrators_hear_each_month_of_an_assessment_that_was_never_made(administrator, mailoutbox):
    User.objects.update(date_joined=datetime(2026, 1, 1, 12, tzinfo=UTC))
    # Three months end with 1 April. The children's access assessment is there, and the other is written in June.
    made = {"author": "Ada", "next_review": date(2027, 1, 1), "body": "<p>x</p>"}
    ProviderRecord.objects.create(kind="children_access", title="Children", dated=date(2026, 1, 2), **made)
    for day, letters in (
        (date(2026, 3, 1), 0),
        (date(2026, 3, 2), 1),
        (date(2026, 3, 31), 1),
        (date(2026, 4, 1), 2),
        (date(2026, 4, 2), 2),
        (date(2026, 5, 1), 3),
    ):
        records.remind(today=day)
        assert OutgoingEmail.objects.count() == letters, day
    send_waiting()
    assert {mail.subject for mail in mailoutbox} == {"Not written yet: Illegal content risk assessment"}
    assert "1 April 2026" in mailoutbox[0].body
    ProviderRecord.objects.create(kind="illegal_content", title="Risks", dated=date(2026, 6, 1), **made)
    records.remind(today=date(2026, 7, 1))
    assert OutgoingEmail.objects.count() == 3


def test_a_moderator_who_reviews_sees_the_authors_history_and_that_is_written_down():
    moderator, author = factories.UserFactory(moderator=True), factories.UserFactory()
    page = factories.case_study(factories.organisation())
    comment = Comment.objects.create(page=page, author=author, body="Held?", state="held")
    assert _as(moderator).get(reverse("moderation_contribution", args=["comment", comment.pk])).status_code == 200
    assert _as(moderator).get(reverse("moderation_person", args=[author.pk])).status_code == 200
    seen = list(StaffLook.objects.values_list("by", "person", "what"))
    assert seen == [(moderator.pk, author.pk, "history")] * 2
