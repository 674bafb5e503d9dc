"""An address that gets no mail: what goes there all the same, and how its reader repairs it."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from digests import services, tokens
from digests.addresses import address_state
from digests.models import AllowedAgain, DigestRecipient, MailReport, OutgoingEmail, Suppression
from digests.services import addresses
from tests import factories
from tests.digests.helpers import html_of, parsed, send_now, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def dead(reader):
    return Suppression.objects.create(address="RHIAN@example.org", kind="gone", reason="550 5.1.1 No such user")


@pytest.fixture
def complained(reader):
    return Suppression.objects.create(address=reader.email, kind="complaint", source="feedback", reason="abuse")


@pytest.fixture
def signed_in(client, reader):
    client.force_login(reader)
    return client


def ask(client, do="test"):
    return client.post(reverse("repair_address"), {"do": do}, follow=True).content.decode()


def link_in(message):
    return re.search(r"https?://[^/]+(/\S*account/address/\S+/)", text_of(message))[1]


def test_the_test_mail_arrives_and_its_button_makes_the_address_work(signed_in, reader, dead):
    assert "A test is on its way" in ask(signed_in)
    services.send_waiting()
    (message,) = map(parsed, outbox.outbox)
    assert message["To"] == reader.email
    assert "Does this address work?" in message["Subject"]
    assert "List-Unsubscribe" not in message
    link = link_in(message)
    assert link in html_of(message)
    anybody = Client()
    page = anybody.get(link)
    assert Suppression.objects.exists(), "a link scanner proves nothing"
    assert (page.cookies, page["Referrer-Policy"]) == ({}, "no-referrer")
    assert "Your address works" in anybody.post(link).content.decode()
    assert not Suppression.objects.exists()
    row = AllowedAgain.objects.get()
    assert (row.address, row.how, row.by, row.words) == (reader.email, "arrived", reader, "550 5.1.1 No such user")
    assert "Your address works" in anybody.post(link).content.decode()
    assert AllowedAgain.objects.count() == 1
    assert "Our mail to you comes back" not in signed_in.get("/account/").content.decode()


def test_a_test_is_sent_once_a_day(signed_in, dead, time_machine):
    ask(signed_in)
    assert "ask for another one tomorrow" in ask(signed_in)
    services.send_waiting()
    assert len(outbox.outbox) == 1
    assert "send me a test" not in signed_in.get("/account/").content.decode()
    time_machine.move_to(timezone.now() + timedelta(days=1, minutes=1))
    assert "send me a test" in signed_in.get("/account/").content.decode()
    ask(signed_in)
    services.send_waiting()
    assert len(outbox.outbox) == 2


@pytest.mark.parametrize("path", ["/account/", "/following/"])
def test_the_pages_say_what_the_server_said_and_when(signed_in, dead, path):
    dead.since = timezone.now().replace(2026, 11, 3)
    dead.save()
    page = signed_in.get(path).content.decode()
    assert "550 5.1.1 No such user" in page
    assert "3 November 2026" in page
    assert reverse("account_email") in page


def test_an_address_that_works_costs_the_page_one_query(signed_in, reader, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert address_state(reader) is None
    assert "comes back" not in signed_in.get("/account/").content.decode()


def test_a_test_that_comes_back_is_told(signed_in, reader, dead):
    ask(signed_in)
    services.send_waiting()
    mail = OutgoingEmail.objects.get(kind="address")
    assert "We sent a test on" in signed_in.get("/account/").content.decode()
    MailReport.objects.create(mail=mail, kind="permanent", words="550 still nobody here")
    page = signed_in.get("/account/").content.decode()
    assert "came back as well" in page
    assert "550 still nobody here" in page


def test_a_test_that_the_server_refuses_at_once_is_told(signed_in, reader, dead):
    ask(signed_in)
    OutgoingEmail.objects.filter(kind="address").update(state="failed", error="550 5.1.1 nobody here")
    page = signed_in.get("/account/").content.decode()
    assert "came back as well" in page
    assert "550 5.1.1 nobody here" in page
    assert "another one tomorrow" in page


def test_whoever_asks_for_a_new_password_gets_the_mail_and_nothing_else_does(reader, dead):
    for _ in range(2):
        Client().post(reverse("account_reset_password"), {"email": reader.email})
    services.queue_mails([services.Wanted(key="d", kind="decision", person_id=reader.pk)])
    report = services.send_waiting()
    assert [message.to for message in outbox.outbox] == [[reader.email]]
    assert report.sent == 1
    assert OutgoingEmail.objects.filter(kind="account").count() >= 1


def test_after_a_complaint_the_reader_says_so_and_no_test_is_needed(signed_in, reader, complained):
    assert "reported as unwanted" in signed_in.get("/account/").content.decode()
    ask(signed_in, "want")
    assert not Suppression.objects.exists()
    assert AllowedAgain.objects.get().how == "reader"


def test_a_dead_mailbox_is_not_repaired_by_saying_so(signed_in, dead):
    ask(signed_in, "want")
    assert Suppression.objects.exists()


def test_a_test_does_not_undo_a_complaint_that_came_after_it(signed_in, dead):
    ask(signed_in)
    services.send_waiting()
    Suppression.objects.update(kind="complaint")
    assert "Sign in" in Client().post(link_in(parsed(outbox.outbox[0]))).content.decode()
    assert Suppression.objects.exists()


def test_links_expire_and_cannot_be_forged(signed_in, reader, dead, time_machine):
    ask(signed_in)
    services.send_waiting()
    link = link_in(parsed(outbox.outbox[0]))
    digest = OutgoingEmail.objects.create(key="d", kind="digest", person=reader, message_id="<d@x>")
    other_kind = tokens.address_link(digest.pk).partition("//")[2].partition("/")[2]
    for forged in (link[:-3] + "x/", f"/{other_kind}", "/account/address/1/"):
        assert Client().post(forged).status_code == 404
    stop = tokens.stop_token(person=reader.pk, what="all")
    assert Client().post(reverse("address_works", args=[stop])).status_code == 404
    time_machine.move_to(timezone.now() + timedelta(days=3, minutes=1))
    assert Client().post(link).status_code == 410
    assert Suppression.objects.exists()


def test_a_new_address_works_and_the_old_one_stays_as_it_is(signed_in, reader, topic, council, dead):
    services.follow(person=reader, target=("topic", topic.pk))
    factories.case_study(council, title="Market hall", topics=[topic])
    assert send_now() == []
    EmailAddress.objects.create(user=reader, email="new@example.org", verified=True)
    signed_in.post(reverse("account_email"), {"action_primary": "", "email": "new@example.org"})
    reader.refresh_from_db()
    assert reader.email == "new@example.org"
    outbox.outbox.clear()
    services.send_waiting()
    digests = [one for one in outbox.outbox if "Market hall" in one.subject]
    assert [one.to for one in digests] == [["new@example.org"]]
    assert Suppression.objects.get() == dead


def test_what_could_not_be_sent_for_a_week_goes_out_when_the_address_works(signed_in, reader, topic, council, dead):
    services.follow(person=reader, target=("topic", topic.pk))
    factories.case_study(council, title="Market hall", topics=[topic])
    assert send_now() == []
    assert "1 mail of the last seven days waits" in signed_in.get("/following/").content.decode()
    ask(signed_in)
    services.send_waiting()
    Client().post(link_in(parsed(outbox.outbox[0])))
    services.send_waiting()
    assert "Market hall" in parsed(outbox.outbox[1])["Subject"]
    assert DigestRecipient.objects.get().state == "sent"


def test_what_is_older_than_a_week_is_let_go(signed_in, reader, dead, time_machine):
    mail = queued(reader, "decision", state="suppressed", error="Nothing is sent to this address.")
    time_machine.move_to(timezone.now() + timedelta(days=7, minutes=1))
    dead.kind = "complaint"
    dead.save()
    ask(signed_in, "want")
    mail.refresh_from_db()
    assert mail.state == "suppressed"


def queued(reader, kind, n=1, **changes):
    return OutgoingEmail.objects.create(
        key=f"{kind}{n}", kind=kind, person=reader, message_id=f"<{kind}{n}@x>", **changes
    )


@pytest.mark.parametrize("kind", ["digest", "decision", "reply", "review", "question", "follow", "mention"])
def test_nothing_else_goes_to_a_dead_address(reader, dead, kind):
    mail = queued(reader, kind)
    assert addresses.refused([mail]) == {mail.pk: "Nothing is sent to this address."}


def test_whoever_asks_to_sign_in_gets_the_mail_once_an_hour(reader, dead, time_machine):
    first, second = queued(reader, "account", 1), queued(reader, "account", 2)
    assert set(addresses.refused([first, second])) == {second.pk}
    OutgoingEmail.objects.filter(pk=first.pk).update(state="sent", sent_at=timezone.now(), address=reader.email.upper())
    assert set(addresses.refused([second])) == {second.pk}
    time_machine.move_to(timezone.now() + timedelta(minutes=61))
    assert addresses.refused([second]) == {}


def test_after_a_complaint_sign_in_mails_that_were_asked_for_still_go(reader, complained):
    assert addresses.refused([queued(reader, "account", n) for n in range(3)]) == {}


def test_the_question_costs_the_same_for_many_mails(reader, dead, django_assert_max_num_queries):
    mails = [queued(factories.UserFactory(), "account", n) for n in range(10)] + [queued(reader, "account", 99)]
    with django_assert_max_num_queries(2):
        addresses.refused(mails)
