"""Download my data, delete my account: complete, safe, and nothing of the person left."""

import csv
import io
import json
from datetime import timedelta
from zipfile import ZipFile

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import DataExport, Leaving, User
from accounts.privacy import export, leaving
from accounts.tasks import close_accounts, prepare_exports
from core import personal_data, retention
from core.models import LookedAt, StaffLook
from core.tasks import forget_what_is_due
from digests.models import OutgoingEmail, Suppression
from digests.services import follow, forget_mail, send_waiting
from discussion.models import AskVersion, Comment, CommentMention, CommentVersion
from members.models import Membership
from moderation.models import Decision, DecisionAction
from moderation.services import note
from moderation.services import report as make_report
from places.models import RecordVersion
from tests import factories

pytestmark = pytest.mark.django_db

NAME, ADDRESS, PASSWORD = "Ottoline Featherstonehaugh", "ottoline@quince-unlikely.example", "a-long-password-9"


@pytest.fixture
def world():
    """Somebody who did one of everything, a friend who did as much, and an organisation that goes on without them."""
    council = factories.organisation("Stockport")
    person, friend = factories.member(council, "author"), factories.member(council, "lead")
    User.objects.filter(pk=person.pk).update(email=ADDRESS, name=NAME)
    EmailAddress.objects.filter(user=person).update(email=ADDRESS)
    person.refresh_from_db()
    person.set_password(PASSWORD)
    person.save()
    page = factories.case_study(council, title="Harbour wall", owner=person, contact_name=NAME, contact_email=ADDRESS)
    revision = page.save_revision(user=person)
    revision.publish()
    factories.opportunity(council, contact_name=NAME, contact_email=ADDRESS.upper(), contact_phone="01632 960123")
    topic = factories.TopicFactory(name="Harbours", slug="harbours")
    follow(person=person, target=("topic", topic.pk))
    comment = Comment.objects.create(page=page, author=person, body="The wall leaks.", state="published")
    answer = Comment.objects.create(
        page=page, author=friend, parent=comment, body=f"@{NAME} so it does.", state="published"
    )
    CommentMention.objects.create(comment=answer, person=person, written=NAME)
    CommentVersion.objects.create(comment=answer, body=f"I doubt it, @{NAME.lower()}.")
    ask = factories.ask(author=person, topics=[topic], title="Who mends walls?")
    adoption = factories.adoption(page, factories.organisation("Kirklees"), author=person)
    Decision.objects.create(
        subject=comment,
        subject_title="Harbour wall",
        action=DecisionAction.APPROVE,
        author=person,
        moderator=friend,
        words="Thank you",
        private_note="Seems an expert",
    )
    make_report(subject=answer, kind="spam", by=person, details="It is rude")
    make_report(subject=answer, kind="other", email=ADDRESS.upper())
    Suppression.objects.create(address=ADDRESS, reason=f"550 {ADDRESS} is full")
    StaffLook.objects.create(by=friend.pk, person=person.pk, what=LookedAt.ACCOUNT)
    return {
        "person": person,
        "friend": friend,
        "page": page,
        "comment": comment,
        "answer": answer,
        "ask": ask,
        "adoption": adoption,
        "council": council,
    }


def _archive(person) -> dict[str, bytes]:
    export.ask_for_export(person=person)
    prepare_exports()
    file = DataExport.objects.filter(person=person).first().file
    with file.open("rb") as raw, ZipFile(raw) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# --- The register --------------------------------------------------------------------------------


def test_every_column_that_points_to_a_person_is_answered_for():
    columns = set()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if field.is_relation and field.related_model is User and not model._meta.proxy:
                columns.add(f"{model._meta.label_lower}.{field.name}")
    unknown = columns - personal_data.answered_for()
    assert unknown == set(), "say in the room's holdings.py what is downloaded of it, and what becomes of it on leaving"
    assert personal_data.answered_for() - columns == set(), "these columns are no more"
    for holding in personal_data.holdings():
        assert str(holding.what), holding.name
        assert all(str(words) for words in holding.fields.values()), holding.name
        assert str(holding.on_leaving), f"{holding.name}: the page says what becomes of it"


# --- The download --------------------------------------------------------------------------------


def test_the_download_has_everything_and_says_what_it_is(world, mailoutbox):
    Suppression.objects.all().delete()
    CommentVersion.objects.create(comment=world["comment"], body="The wall weeps.")
    CommentVersion.objects.create(comment=world["answer"], body="Somebody else’s slip.")
    AskVersion.objects.create(ask=world["ask"], title="Who mends a wall?", body="It weeps.")
    entry = factories.record_entry(factories.PlaceFactory(), author=world["person"])
    RecordVersion.objects.create(entry=entry, words="Five shops, or six.")
    files = _archive(world["person"])
    rows = {name.removesuffix(".json"): json.loads(raw) for name, raw in files.items() if name.endswith(".json")}
    assert set(rows) == {holding.name for holding in personal_data.holdings()}
    expected = {
        "account": ("email", ADDRESS),
        "addresses": ("email", ADDRESS),
        "memberships": ("organisation_name", world["council"].name),
        "comments": ("body", "The wall leaks."),
        "comments-before": ("body", "The wall weeps."),
        "asks-before": ("title", "Who mends a wall?"),
        "residents-record-before": ("words", "Five shops, or six."),
        "mentions": ("written", NAME),
        "asks": ("title", "Who mends walls?"),
        "adoptions": ("id", world["adoption"].pk),
        "contact-of": ("contact_name", NAME),
        "contact-for": ("contact_phone", "01632 960123"),
        "pages": ("title", "Harbour wall"),
        "follows": ("target_kind", "topic"),
        "decisions": ("private_note", "Seems an expert"),
        "reports": ("details", "It is rude"),
        "staff-looks": ("what", "account"),
    }
    for name, (field, value) in expected.items():
        assert value in [row[field] for row in rows[name]], name
    assert rows["pages"][0]["content"]["title"] == "Harbour wall", "the words of drafts too"
    readme = files["README.md"].decode()
    for holding in personal_data.holdings():
        assert f"## {holding.name}.json" in readme, holding.name
        for row in rows[holding.name]:
            assert set(row) == set(holding.fields), f"{holding.name}: every field is documented"
    table = list(csv.DictReader(io.StringIO(files["comments.csv"].decode()))) if "comments.csv" in files else []
    assert not table or table[0]["body"] == "The wall leaks."
    assert "follows.csv" in files
    assert "pages.csv" not in files
    everything = b"".join(files.values()).decode()
    assert world["friend"].email not in everything, "what is others' is not in it"
    assert "else’s slip" not in everything
    assert "argon2" not in everything
    send_waiting()
    assert mailoutbox[-1].to == [ADDRESS]
    assert "/account/data/file/" in mailoutbox[-1].body


def test_notes_of_staff_are_given_without_who_else_is_in_them_and_warn_nobody_of_a_locked_case(world):
    person, moderator = world["person"], factories.UserFactory(moderator=True, name="Mo Derator")
    reporter = factories.UserFactory(name="Rhys Reporter", email="rhys@quiet.example")
    bystander = factories.UserFactory(name="Bea Bystander")
    words = "Rhys (rhys@quiet.example, 07700 900123) and @Bea Bystander say so; Mo Derator agrees. Lost his temper."

    def notes():
        files = _archive(person)
        DataExport.objects.all().delete()
        everything = b"".join(files.values()).decode()
        for name in ("Rhys", "rhys@", "07700", bystander.name, "Mo Derator", "Reported in my words"):
            assert name not in everything, name
        assert "who else is in them" in files["README.md"].decode()
        given = json.loads(files["case-notes.json"])
        decided = [row["private_note"] for row in json.loads(files["decisions.json"])]
        return [row["note"] for row in given], decided

    about = make_report(subject=world["comment"], kind="abuse", by=reporter, details="Reported in my words")
    note(report=about, by=moderator, words=words)
    other = make_report(subject=world["answer"], kind="abuse", by=reporter)
    note(report=other, by=moderator, words="Not theirs to read.")
    illegal = make_report(subject=world["ask"], kind="illegal", by=reporter)
    note(report=illegal, by=moderator, words="The police ask for it.")
    (given,), decided = notes()
    gone = "[somebody else]"
    assert given == f"{gone} ({gone}, {gone}) and {gone} say so; {gone} agrees. Lost his temper."
    assert decided == ["Seems an expert"]
    make_report(subject=world["ask"], kind="child_abuse")
    assert notes() == ([], [""]), "none at all: a gap in one place would be the warning"


def test_the_link_is_for_one_person_for_one_week_and_the_file_is_erased(world, client):
    person, friend = world["person"], world["friend"]
    client.force_login(person)
    assert client.post(reverse("account_data")).status_code == 302
    assert client.post(reverse("account_data")).status_code == 302
    assert DataExport.objects.count() == 1, "one at a time"
    prepare_exports()
    made = DataExport.objects.get()
    with time_machine.travel(timezone.now(), tick=False):  # the link has the second in which it was signed
        path = export.file_path(made)
        assert path in client.get(reverse("account_data")).content.decode()
    assert Client().get(path).status_code == 302
    other = Client()
    friend.set_unusable_password()
    friend.save()
    other.force_login(friend)
    assert other.get(path).status_code == 404
    assert "reauthenticate" in client.get(path)["Location"], "a session left open is not enough"
    answer = client.post(f"{reverse('account_reauthenticate')}?next={path}", {"password": PASSWORD}, follow=True)
    assert answer["Content-Type"] == "application/zip"
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    assert client.get(path[:-2] + "/").status_code == 404, "forged"
    for _time in range(4):
        client.post(reverse("account_data"))
        prepare_exports()
    assert DataExport.objects.count() == export.MOST_A_DAY
    stored = made.file.name
    assert default_storage.exists(stored)
    retention.forget_what_is_due(now=timezone.now() + timedelta(days=8))
    assert not default_storage.exists(stored)
    assert client.get(path).status_code == 404


# --- Leaving -------------------------------------------------------------------------------------


def _every_text() -> dict[str, str]:
    """All text of all tables: whatever a name or an address could stand in."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"SELECT * FROM {quoted}")  # noqa: S608 - our own tables
            found[table] = "\n".join(str(row) for row in cursor.fetchall())
    return found


def test_nothing_of_somebody_who_left_is_anywhere(world, client, mailoutbox, time_machine):
    person, friend = world["person"], world["friend"]
    _archive(person)
    client.force_login(person)
    token = leaving.ask_to_leave(person=person)
    assert leaving.ask_to_leave(person=person).pk == token.pk, "asked twice is asked once"
    assert leaving.close_due() == 0, "not before the fortnight is over"
    assert client.get("/account/").status_code == 200
    time_machine.move_to(timezone.now() + timedelta(days=14, minutes=1))
    close_accounts()
    close_accounts()
    row = User.objects.get(pk=person.pk)
    assert (row.name, row.is_active, row.display_name) == ("", False, "Somebody who has left")
    assert client.get("/account/").status_code == 302, "signed out where they were signed in"
    assert not Client().login(email=ADDRESS, password=PASSWORD)
    send_waiting()
    assert mailoutbox[-1].to == [ADDRESS]
    time_machine.move_to(timezone.now() + timedelta(days=32))
    forget_what_is_due()
    forget_mail()
    bits = (NAME, ADDRESS, "Featherstonehaugh", "quince-unlikely", "960123")
    left_over = {table: [bit for bit in bits if bit.lower() in text.lower()] for table, text in _every_text().items()}
    assert {table: bits for table, bits in left_over.items() if bits} == {}
    assert not OutgoingEmail.objects.filter(person=person).exists()
    assert not Membership.objects.filter(person=person).exists()
    # What stays: the words without the name, the organisation's page, the log with its bare number.
    page = Client().get(world["page"].url).content.decode()
    assert "The wall leaks." in page
    assert "Somebody who has left" in page
    world["answer"].refresh_from_db()
    assert "so it does" in world["answer"].body
    assert world["answer"].versions.get().body == "I doubt it, somebody who has left."
    assert Decision.objects.get(author=person.pk).words == "Thank you"
    assert User.objects.get(pk=friend.pk).name == friend.name
    assert Comment.objects.get(pk=world["answer"].pk).author == friend
    assert User.objects.create_user(ADDRESS).pk != person.pk, "may come back as somebody new"


def test_a_deletion_that_is_interrupted_goes_on_where_it_was(world, monkeypatch):
    person = world["person"]
    leaving.ask_to_leave(person=person)
    asks = next(one for one in personal_data.holdings() if one.name == "asks")

    def broken(_person):
        raise RuntimeError("the power went")

    monkeypatch.setitem(personal_data._holdings, "asks", personal_data.Holding(**{**vars(asks), "erase": broken}))
    later = timezone.now() + timedelta(days=15)
    assert leaving.close_due(now=later) == 0
    half = Leaving.objects.get(person=person)
    assert "comments" in half.steps
    assert "asks" not in half.steps
    assert leaving.keep_account(person=person) is False, "what has begun cannot be taken back"
    monkeypatch.setitem(personal_data._holdings, "asks", asks)
    assert leaving.close_due(now=later) == 1
    assert leaving.close_due(now=later) == 0
    world["ask"].refresh_from_db()
    assert world["ask"].author is None


def test_who_others_depend_on_cannot_leave_until_somebody_else_is_named(world, client):
    lead, council = world["friend"], world["council"]
    client.force_login(lead)
    assert "only lead of" in client.get(reverse("account_delete")).content.decode()
    with pytest.raises(leaving.CannotLeave, match="only-lead"):
        leaving.ask_to_leave(person=lead)
    second = factories.member(council, "lead")
    asked = leaving.ask_to_leave(person=lead)
    Membership.objects.filter(person=second).update(role="member")
    assert leaving.close_due(now=timezone.now() + timedelta(days=15)) == 0
    asked.refresh_from_db()
    assert asked.waits_for == "only-lead", "asked again on the day"
    User.objects.filter(is_superuser=True).delete()
    administrator = factories.UserFactory(administrator=True)
    with pytest.raises(leaving.CannotLeave, match="only-administrator"):
        leaving.ask_to_leave(person=administrator)
    factories.UserFactory(administrator=True)
    assert leaving.ask_to_leave(person=administrator)


def test_only_the_person_deletes_the_account_and_may_think_again(world, client, mailoutbox):
    person = world["person"]
    client.force_login(person)
    go, keep = reverse("account_delete_go"), reverse("account_keep")
    assert Client().post(go).status_code == 302
    assert client.get(go).status_code == 405, "a link does nothing"
    assert "reauthenticate" in client.post(go)["Location"]
    assert not Leaving.objects.exists()
    client.post(f"{reverse('account_reauthenticate')}?next={go}", {"password": "wrong"})
    assert not Leaving.objects.exists()
    client.post(f"{reverse('account_reauthenticate')}?next={go}", {"password": PASSWORD}, follow=True)
    asked = Leaving.objects.get(person=person)
    assert "will be deleted on" in client.get(reverse("account_delete")).content.decode()
    client.post(keep)
    assert not Leaving.objects.exists()
    # The link of the mail does the same without signing in, once somebody presses the button.
    asked = leaving.ask_to_leave(person=person)
    stranger, link = Client(), leaving.keep_path(asked)
    assert stranger.get(link).status_code == 200
    assert Leaving.objects.exists()
    assert stranger.post(link).status_code == 302
    assert not Leaving.objects.exists()
    assert stranger.get(link).status_code == 404
    # Without a password: by a link in a mail, which only works for who asked.
    friend = world["friend"]
    friend.set_unusable_password()
    friend.save()
    factories.member(world["council"], "lead")
    client.force_login(friend)
    client.post(go)
    assert not Leaving.objects.exists()
    send_waiting()
    path = mailoutbox[-1].body.split("/account/delete/confirm/")[1].split()[0]
    confirm = f"/account/delete/confirm/{path}"
    other = Client()
    other.force_login(person)
    assert other.post(confirm).status_code == 404
    client.get(confirm)
    assert not Leaving.objects.exists()
    client.post(confirm)
    assert Leaving.objects.get().person == friend


def test_an_account_that_was_never_confirmed_goes_after_a_month(world):
    old = timezone.now() - timedelta(days=31)
    gone = factories.UserFactory(verified=False, date_joined=old)
    new = factories.UserFactory(verified=False)
    imported = factories.UserFactory(verified=False, date_joined=old)
    Comment.objects.create(page=world["page"], author=imported, body="Long ago.", state="published")
    forget_what_is_due()
    assert set(User.objects.filter(pk__in=[gone.pk, new.pk, imported.pk])) == {new, imported}
