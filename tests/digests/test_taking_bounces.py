"""What follows from a report: whose mail it was, what stops, what does not, and that nobody can forge it."""

import random
from datetime import timedelta
from io import BytesIO, StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from digests import checks, services
from digests.mime import as_message
from digests.models import MailReport, OutgoingEmail, Suppression
from digests.rendering import Letter
from tests.digests.bounces import corpus
from tests.digests.bounces.corpus import DSN_SERVERS, MESSAGE_ID, report

pytestmark = pytest.mark.django_db


def raw(said="550 5.1.1 User unknown", *, to="rhian@example.org", message_id=None, status="5.0.0"):
    server, who, subject, words = DSN_SERVERS[0]
    block = f"Final-Recipient: rfc822; {to}\nAction: failed\nStatus: {status}\nDiagnostic-Code: smtp; {said}\n"
    block = f"Reporting-MTA: dns; {server}.example\n\n{block}"
    made = report(who=who, subject=subject, words=words, block=block, ours="text/rfc822-headers")
    return made.replace(MESSAGE_ID.encode(), (message_id or number(1)).encode())


def complaint():
    (_name, _kind, made), *_rest = corpus._complaints(random.Random(1))  # noqa: S311 - the same message in every run
    return made.replace(MESSAGE_ID.encode(), number(1).encode()).replace(corpus.READER.encode(), b"rhian@example.org")


def number(n):
    return f"<{n:032x}@network.example>"


@pytest.fixture
def sent(reader):
    def send(n=1, **changes):
        return OutgoingEmail.objects.create(
            **{"key": f"k{n}", "kind": "digest", "person": reader, "message_id": number(n), "address": reader.email}
            | {"state": "sent", "sent_at": timezone.now()}
            | changes
        )

    return send


def test_a_mailbox_that_is_gone_stops_all_mail_once(sent, reader):
    mail = sent()
    first, second = services.take_report(raw=raw()), services.take_report(raw=raw())
    assert (first.new, first.stopped, second.new, second.stopped) == (True, True, False, False)
    row = Suppression.objects.get()
    assert (row.address, row.kind, row.source, row.mail) == (reader.email, "gone", "report", mail)
    assert "User unknown" in row.reason
    services.queue_mails([services.Wanted(key="next", kind="decision", person_id=reader.pk)])
    assert services.send_waiting().sent == 0


def test_a_complaint_stops_all_mail(sent):
    sent()
    assert services.take_report(raw=complaint()).stopped
    assert Suppression.objects.get().kind == "complaint"


@pytest.mark.parametrize("message_id", ["<nothing@network.example>", number(99)], ids=["not ours", "guessed"])
def test_a_forged_report_stops_nobody(sent, message_id):
    sent()
    assert not services.take_report(raw=raw(message_id=message_id)).tied
    assert not Suppression.objects.exists()


def test_my_mails_number_does_not_stop_somebody_else(sent, reader):
    sent()
    services.take_report(raw=raw(to="victim@example.org"))
    assert not Suppression.objects.exists()
    assert MailReport.objects.get().kind == "transient"


@pytest.mark.parametrize(("named", "kind"), [("victim@example.org", "transient"), ("Rhian@Example.org", "permanent")])
def test_words_about_another_mailbox_stop_nobody_either(sent, named, kind):
    """Our mail was forwarded, to one that is gone; qmail says so in words only."""
    sent()
    said = f"Hi. This is the qmail-send program.\n\n<{named}>:\nSorry, no mailbox here by that name. (#5.1.1)\n"
    ours = f"--- Below this line is a copy of the message.\n\nMessage-ID: {number(1)}\nTo: rhian@example.org\n"
    made = corpus.plain(who="MAILER-DAEMON@x.example", subject="failure notice", body=f"{said}\n{ours}")
    assert services.take_report(raw=made).kind == kind
    assert Suppression.objects.exists() == (kind == "permanent")


def test_a_collection_of_mails_is_no_report(sent):
    sent(1)
    sent(2)
    assert not services.take_report(raw=raw(message_id=f"{number(1)} {number(2)}")).tied


def test_what_nobody_understands_stops_nothing_however_often(sent):
    for n in range(1, 20):
        sent(n)
        assert services.take_report(raw=raw("554 5.0.0 delivery error", message_id=number(n))).kind == "unknown"
    assert not Suppression.objects.exists()


def test_a_mailbox_that_stays_full_for_six_days_gets_no_more_mail(sent, time_machine):
    stopped = []
    for n in range(1, 7):
        time_machine.move_to(f"2026-11-{n + 10:02}T09:00Z", tick=False)
        for again in (n, 100 + n):
            sent(again)
            taken = services.take_report(raw=raw("452 4.2.2 Mailbox full", message_id=number(again)))
            stopped.append(taken.stopped)
    assert (stopped[:10], sum(stopped)) == ([False] * 10, 1)
    assert Suppression.objects.get().kind == "soft"


def test_a_full_mailbox_now_and_then_is_forgotten(sent, time_machine):
    start = timezone.now()
    for n in range(1, 20):
        time_machine.move_to(start + timedelta(days=30 * n), tick=False)
        sent(n)
        services.take_report(raw=raw("452 4.2.2 Mailbox full", message_id=number(n)))
    assert not Suppression.objects.exists()


def test_once_the_address_works_again_reports_about_older_mail_do_not_count(sent, reader):
    sent(1)
    sent(2)
    services.take_report(raw=raw())
    services.allow_again(suppression=Suppression.objects.get(), by=reader, reason="")
    for n in (1, 2):
        assert not services.take_report(raw=raw(message_id=number(n))).stopped
    assert not Suppression.objects.exists()
    sent(3)
    assert services.take_report(raw=raw(message_id=number(3))).stopped


def test_what_a_database_cannot_hold_is_left_out(sent):
    sent()
    assert services.take_report(
        raw=raw("550 no such user \x00\udcff here".encode(errors="replace").decode(), status="5\x00")
    ).stopped
    row = MailReport.objects.get()
    assert (row.status, "\x00" in row.words) == ("", False)


def test_the_command_reads_a_pipe(sent, monkeypatch):
    sent()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=BytesIO(raw())))
    out = StringIO()
    call_command("read_bounces", stdout=out)
    assert out.getvalue() == "1 permanent, and the address gets no more mail\n"


def test_the_command_reads_a_folder_once_and_flags_what_nobody_understands(sent, tmp_path):
    sent()
    for folder in ("new", "cur", "tmp"):
        (tmp_path / folder).mkdir()
    (tmp_path / "new" / "1.a").write_bytes(raw())
    (tmp_path / "new" / "2.b").write_bytes(b"\x00\xff")
    out = StringIO()
    call_command("read_bounces", "--maildir", str(tmp_path), stdout=out)
    assert "1 permanent, and the address gets no more mail" in out.getvalue()
    assert "1 unknown, about no mail of ours" in out.getvalue()
    assert sorted(path.name for path in (tmp_path / "cur").iterdir()) == ["1.a:2,S", "2.b:2,FS"]
    again = StringIO()
    call_command("read_bounces", "--maildir", str(tmp_path), stdout=again)
    assert again.getvalue() == "Nothing new.\n"


def test_a_report_about_a_mail_that_is_still_being_sent_is_left_for_later(sent, tmp_path, monkeypatch):
    sent(state="sending", address="")
    for folder in ("new", "cur", "tmp"):
        (tmp_path / folder).mkdir()
    (tmp_path / "new" / "1.a").write_bytes(raw())
    out = StringIO()
    call_command("read_bounces", "--maildir", str(tmp_path), stdout=out)
    assert "left for the next time" in out.getvalue()
    assert (tmp_path / "new" / "1.a").exists()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=BytesIO(raw())))
    with pytest.raises(SystemExit) as ended:
        call_command("read_bounces")
    assert ended.value.code == 75


def test_a_complaint_goes_before_a_mailbox_that_was_gone(sent):
    sent()
    Suppression.objects.create(address="Rhian@example.org", kind="gone", reason="550")
    assert not services.take_report(raw=complaint()).stopped
    assert Suppression.objects.get().kind == "complaint"
    sent(2)
    services.take_report(raw=raw(message_id=number(2)))
    assert Suppression.objects.get().kind == "complaint"


def test_a_report_that_comes_while_the_database_is_away_is_asked_for_again(sent, monkeypatch):
    def away(**kwargs):
        raise OperationalError("server closed the connection unexpectedly")

    sent()
    with monkeypatch.context() as patched:
        patched.setattr(services, "take_report", away)
        patched.setattr("sys.stdin", SimpleNamespace(buffer=BytesIO(raw())))
        with pytest.raises(SystemExit) as ended:
            call_command("read_bounces")
    assert ended.value.code == 75
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=BytesIO(raw())))
    call_command("read_bounces", stdout=StringIO())
    assert Suppression.objects.exists()


def test_the_person_is_told_which_of_the_two_it_was(client, reader, sent):
    client.force_login(reader)
    sent()
    services.take_report(raw=complaint())
    page = client.get("/following/").content.decode()
    assert "reported as unwanted" in page
    assert "comes back" not in page
    client.post("/account/address/", {"do": "want", "from": "following"})
    assert "reported as unwanted" not in client.get("/following/").content.decode()


def test_each_mail_has_a_return_address_of_its_own_where_one_is_set(sent, settings):
    settings.BOUNCE_ADDRESS = "bounces@network.example"
    message = as_message(sent(), Letter(subject="s", text="t", html="h"))
    assert message.from_email == f"bounces+{1:032x}@network.example"
    assert message.message()["From"] == settings.DEFAULT_FROM_EMAIL
    settings.BOUNCE_ADDRESS = ""
    message = as_message(OutgoingEmail.objects.get(), Letter(subject="s", text="t", html="h"))
    assert message.from_email == settings.DEFAULT_FROM_EMAIL


@pytest.mark.parametrize("header", ["Delivered-To", "X-Original-To", "To"])
def test_a_report_that_names_nothing_is_known_by_where_it_was_sent(sent, header):
    mail = sent()
    sent(2)
    cut = raw(message_id="<gone@elsewhere.example>")
    assert not services.take_report(raw=cut).tied
    assert services.take_report(raw=f"{header}: Bounces+{1:032X}@network.example\n".encode() + cut).stopped
    assert Suppression.objects.get().mail == mail


def test_what_the_report_itself_names_goes_before_where_it_was_sent(sent):
    sent(1)
    second = sent(2)
    services.take_report(raw=f"Delivered-To: bounces+{1:032x}@network.example\n".encode() + raw(message_id=number(2)))
    assert Suppression.objects.get().mail == second


@pytest.mark.parametrize(
    ("address", "provider", "problem"),
    [
        ("", "", ""),
        ("bounces@example.org", "", ""),
        ("bounces", "", "is no address"),
        ("a+b@example.org", "", "without a +"),
        ("b" * 32 + "@example.org", "", "31 letters"),
        ("bounces@example.org", "postmark", "is for an SMTP server"),
    ],
)
def test_a_return_address_that_cannot_work_stops_the_start(settings, address, provider, problem):
    settings.BOUNCE_ADDRESS, settings.EMAIL_PROVIDER = address, provider
    said = checks.return_address_can_be_used()
    assert [one.id for one in said] == (["digests.E001"] if problem else [])
    assert not problem or problem in said[0].msg


@pytest.mark.parametrize(
    ("said", "stops"),
    [
        ("550 5.1.1 No such user here", True),
        ("550 No such user here", True),
        ("550 5.1.1 rejected, reputation of your network is poor", False),
        ("550 5.1.8 Sender address rejected: Domain not found", False),
        ("554 Transaction failed", False),
    ],
)
def test_what_is_refused_while_sending_is_judged_like_a_report(sent, reader, said, stops):
    mail = sent()
    services.bounces.note_refusal(mail=mail, said=said)
    assert list(Suppression.objects.values_list("address", "mail")) == ([(reader.email, mail.pk)] if stops else [])
