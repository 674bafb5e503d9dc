"""Following without an account: asking, the mail, confirming, and what nobody learns or can force by it."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as outbox
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from digests import services, tokens
from digests.models import Follow, FollowRequest, MailPreference, OutgoingEmail, Suppression
from digests.services import searches
from digests.tasks import forget_follow_requests
from search.models import SavedSearch
from tests import factories
from tests.digests.helpers import html_of, parsed, send_now, text_of

pytestmark = pytest.mark.django_db
NEWCOMER = "newcomer@example.org"


@pytest.fixture(autouse=True)
def _no_limits_left_over():
    cache.clear()


@pytest.fixture
def asking(topic):
    return f"{reverse('follow_new')}?kind=topic&id={topic.pk}"


def ask(client, page, email=NEWCOMER, cadence="weekly"):
    return client.post(page, {"email": email, "cadence": cadence})


def sent():
    """What leaves the outbox now."""
    before = len(outbox.outbox)
    services.send_waiting()
    return [parsed(message) for message in outbox.outbox[before:]]


def link_in(message):
    return re.search(r"https?://[^/\s]+((?:/cy)?/following/confirm/\S+)", text_of(message))[1]


def follow_by_mail(client, page, **asked):
    ask(client, page, **asked)
    (message,) = sent()
    return client.post(link_in(message))


def test_the_page_says_what_comes_and_how_often_and_is_kept_by_nobody(client, asking):
    answer = client.get(asking)
    html = answer.content.decode()
    assert "Follow Empty shops" in html
    assert "When there is nothing new, there is no email" in html
    assert re.search(r'value="weekly"[^>]*checked', html)
    assert 'value="off"' not in html
    assert "no-store" in answer["Cache-Control"]
    login = f"{reverse('account_login')}?next=%2Ffollowing%2Fnew%2F%3Fkind%3Dtopic"
    assert login in html


def test_a_visitor_follows_with_an_address_a_mail_and_one_button(client, asking, topic, council):
    answer = ask(client, asking, email=" Newcomer@Example.org ", cadence="daily")
    assert answer.status_code == 200
    assert "Check your email" in answer.content.decode()
    assert not User.objects.filter(email=NEWCOMER).exists()
    (message,) = sent()
    assert message["To"] == NEWCOMER
    assert message["Subject"] == "Please confirm: email about Empty shops"
    for part in (text_of(message), html_of(message)):
        assert "/following/confirm/" in part
        assert "do nothing" in part
    link = link_in(message)
    looked = client.get(link)
    assert "at most once a day" in looked.content.decode()
    assert "csrf" not in looked.content.decode()
    assert not looked.cookies
    assert not Follow.objects.exists(), "a link scanner opens links"
    done = client.post(link)
    assert "You follow Empty shops" in done.content.decode()
    assert reverse("account_request_login_code") in done.content.decode()
    person = User.objects.get(email=NEWCOMER)
    assert not person.has_usable_password()
    address = EmailAddress.objects.get(user=person)
    assert (address.email, address.verified, address.primary) == (NEWCOMER, True, True)
    follow = Follow.objects.of(person).get()
    assert (follow.target_kind, follow.target_id, follow.cadence) == ("topic", topic.pk, None)
    assert MailPreference.objects.get(person=person).cadence == "daily"
    factories.case_study(council, title="Market hall", topics=[topic])
    (digest,) = send_now("daily")
    assert digest["To"] == NEWCOMER


def test_what_they_agreed_to_is_kept_with_its_date(client, asking, time_machine):
    time_machine.move_to("2026-11-23T09:00Z", tick=False)
    follow_by_mail(client, asking)
    request = FollowRequest.objects.get()
    assert request.asked_at == request.confirmed_at == timezone.now()
    assert request.wording == (
        "Email me at most once a week, on Tuesdays at 8 in the morning when there is something new about Empty shops. "
        "One click in any of these emails stops them."
    )
    assert request.person.email == NEWCOMER


def test_confirming_twice_is_once_and_does_not_bring_back_what_was_stopped(client, asking):
    ask(client, asking)
    (message,) = sent()
    link = link_in(message)
    client.post(link)
    assert "You follow Empty shops" in client.post(link).content.decode()
    assert "confirmed already" in client.get(link).content.decode()
    assert Follow.objects.count() == User.objects.filter(email=NEWCOMER).count() == 1
    services.stop_follow(follow=Follow.objects.get(), reason="reader")
    assert "does not start it again" in client.post(link).content.decode()
    assert not Follow.objects.active().exists()


def test_known_unknown_and_suppressed_addresses_get_the_same_page_for_the_same_work(client, asking, reader, topic):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    services.follow(person=reader, target=("topic", topic.pk))
    gone = factories.UserFactory(email="gone@example.org", is_active=False)
    Suppression.objects.create(address="dead@example.org", reason="550 5.1.1")
    client.get(asking)
    pages, work = set(), set()
    for email in (reader.email, "unknown@example.org", gone.email, "dead@example.org"):
        with CaptureQueriesContext(connection) as asked:
            answer = ask(client, asking, email=email)
        work.add(len(asked))
        assert answer.status_code == 200
        html = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode())
        pages.add(html.replace(email, "ADDRESS"))
    assert len(pages) == 1
    assert len(work) == 1
    assert sorted(message["To"] for message in sent()) == [reader.email, "unknown@example.org"]


def test_who_has_an_account_follows_with_it_and_keeps_the_rest_as_it_is(client, asking, reader, topic):
    reader.language = "cy"
    reader.set_password("long enough to pass")
    reader.save()
    services.set_default_cadence(person=reader, cadence="weekly")
    follow_by_mail(client, asking, email="RHIAN@example.org", cadence="daily")
    assert OutgoingEmail.objects.get().person == reader
    follow = Follow.objects.get()
    assert (follow.person, follow.cadence) == (reader, "daily")
    reader.refresh_from_db()
    assert reader.has_usable_password()
    assert MailPreference.objects.get(person=reader).cadence == "weekly"
    assert "_auth_user_id" not in client.session, "a link in a mail signs nobody in"


def test_a_second_verified_address_is_the_same_person(client, asking, reader):
    EmailAddress.objects.create(user=reader, email="work@example.org", verified=True, primary=False)
    follow_by_mail(client, asking, email="work@example.org")
    assert Follow.objects.get().person == reader
    assert User.objects.count() == 1


def test_a_password_that_somebody_else_chose_for_the_address_opens_nothing_later(client, asking):
    password = "long enough to pass"
    client.post("/account/signup/", {"name": "Eve", "email": NEWCOMER, "password1": password})
    assert User.objects.get().has_usable_password()
    outbox.outbox.clear()
    OutgoingEmail.objects.exclude(kind="follow").delete()
    follow_by_mail(client, asking)
    person = User.objects.get()
    assert Follow.objects.get().person == person
    assert not person.has_usable_password()
    assert client.post("/account/login/", {"login": NEWCOMER, "password": password}).status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("sent", [{"email": "no address"}, {"email": ""}, {"cadence": "off"}, {"cadence": "hourly"}])
def test_a_mistake_is_named_at_its_field_and_loses_nothing(client, asking, sent):
    answer = client.post(asking, {"email": NEWCOMER, "cadence": "daily", **sent})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "govuk-error-summary" in html
    if sent.get("email", NEWCOMER):
        assert f'value="{sent.get("email", NEWCOMER)}"' in html
    assert not FollowRequest.objects.exists()


@pytest.mark.parametrize(
    "wish",
    [
        "kind=topic&id=999999",
        "kind=person&id=1",
        "kind=topic&id=-1",
        "kind=topic&id=x",
        "kind=saved_search&id=1",
        "kind=%00&id=1",
        "",
        "q=!!!",
        "q=market&type=place",
        "topic=made-up",
    ],
)
def test_what_is_not_there_has_a_clear_page_and_no_form(client, wish):
    for answer in (client.get(f"/following/new/?{wish}"), ask(client, f"/following/new/?{wish}")):
        assert answer.status_code == 404
        assert "There is nothing here to follow" in answer.content.decode()
        assert 'name="email"' not in answer.content.decode()
    assert not FollowRequest.objects.exists()
    assert not SavedSearch.objects.exists()


def test_a_draft_cannot_be_asked_for_and_what_was_withdrawn_cannot_be_confirmed(client, council):
    draft = factories.case_study(council, live=False, title="Secret plan")
    answer = client.get(f"/following/new/?kind=case_study&id={draft.pk}")
    assert answer.status_code == 404
    assert "Secret plan" not in answer.content.decode()
    page = factories.case_study(council, title="Market hall")
    ask(client, f"/following/new/?kind=case_study&id={page.pk}")
    (message,) = sent()
    page.unpublish()
    for answer in (client.get(link_in(message)), client.post(link_in(message))):
        assert answer.status_code == 410
        assert "Market hall" not in answer.content.decode()
    assert not User.objects.filter(email=NEWCOMER).exists()


def test_what_is_withdrawn_before_the_mail_leaves_is_not_in_it(client, council):
    page = factories.case_study(council, title="Market hall")
    ask(client, f"/following/new/?kind=case_study&id={page.pk}")
    page.unpublish()
    assert sent() == []


def test_a_search_is_followed_with_its_words_but_they_are_not_mailed_to_who_did_not_ask(client, council):
    page = "/following/new/?q=cheap+pills+market"
    assert "cheap pills market" in client.get(page).content.decode()
    ask(client, page)
    (message,) = sent()
    for part in (str(message["Subject"]), text_of(message), html_of(message)):
        assert "pills" not in part
    assert "cheap pills market" in client.get(link_in(message)).content.decode()
    client.post(link_in(message))
    follow = Follow.objects.get()
    assert (follow.target_kind, follow.target_id) == ("saved_search", SavedSearch.objects.get().pk)


def test_too_many_searches_are_too_many_by_mail_as_well(client, reader, monkeypatch):
    from search.state import SearchState

    monkeypatch.setattr(searches, "MOST_SEARCHES", 1)
    services.follow_search(person=reader, state=SearchState(text="one"))
    ask(client, "/following/new/?q=two", email=reader.email)
    (message,) = sent()
    answer = client.post(link_in(message))
    assert answer.status_code == 409
    assert "You follow 1 searches already" in answer.content.decode()
    assert Follow.objects.count() == 1


def test_members_text_is_in_no_page_and_no_mail(client, council):
    page = factories.case_study(
        council, title="Open title", audience="members", problem="<p>Members only words</p>", summary="Open summary"
    )
    address = f"/following/new/?kind=case_study&id={page.pk}"
    shown = client.get(address).content.decode() + ask(client, address).content.decode()
    (message,) = sent()
    shown += text_of(message) + html_of(message) + client.get(link_in(message)).content.decode()
    shown += client.post(link_in(message)).content.decode()
    assert "Open title" in shown
    assert "Members only words" not in shown


def test_nobody_is_bombed_with_mail(client, council, topic, time_machine):
    time_machine.move_to("2026-11-23T09:00Z", tick=False)
    pages = [f"/following/new/?kind=topic&id={factories.TopicFactory().pk}" for _ in range(4)]
    for _ in range(3):
        assert ask(client, pages[0]).status_code == 200
    assert len(sent()) == 1, "one mail while the first may still be on its way"
    assert [ask(client, page).status_code for page in pages] == [200, 200, 200, 429]
    refused = ask(client, pages[3])
    assert "try again tomorrow" in refused.content.decode()
    assert f'value="{NEWCOMER}"' in refused.content.decode()
    assert len(sent()) == 2
    assert FollowRequest.objects.count() == 3
    assert ask(client, pages[3], email="other@example.org").status_code == 200
    assert [message["To"] for message in sent()] == ["other@example.org"]
    time_machine.move_to("2026-11-24T09:00Z", tick=False)
    assert ask(client, pages[0]).status_code == 200
    assert [message["To"] for message in sent()] == [NEWCOMER]


def test_asking_again_later_changes_how_often_and_sends_another_mail(client, asking, time_machine):
    time_machine.move_to("2026-11-23T09:00Z", tick=False)
    ask(client, asking, cadence="daily")
    (first,) = sent()
    time_machine.move_to("2026-11-23T10:00Z", tick=False)
    ask(client, asking, cadence="immediately")
    (second,) = sent()
    assert "as it happens" in text_of(second)
    assert FollowRequest.objects.count() == 1
    client.post(link_in(first))
    assert MailPreference.objects.get().cadence == "immediately"


def test_one_network_cannot_ask_for_everybody(client, asking, monkeypatch):
    from digests import request_views

    monkeypatch.setattr(request_views, "ASKS_AN_HOUR", 2)
    answers = [ask(client, asking, email=f"p{n}@example.org") for n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Try again in an hour" in answers[2].content.decode()
    assert FollowRequest.objects.count() == 2


def test_old_forged_and_other_links_are_refused(client, asking, reader, time_machine):
    time_machine.move_to("2026-11-23T09:00Z", tick=False)
    ask(client, asking)
    (message,) = sent()
    link = link_in(message)
    request = FollowRequest.objects.get()
    other_salts = [tokens.mail_token(request.pk), tokens.stop_token(person=reader.pk, what=request.pk)]
    for token in [*other_salts, link.split("/")[3] + "x", f"{request.pk}", f"{request.pk}:1:x"]:
        address = reverse("confirm_follow", args=[token])
        assert client.get(address).status_code == client.post(address).status_code == 404
    time_machine.move_to("2026-11-30T09:00:01Z", tick=False)
    answer = client.post(link)
    assert answer.status_code == 410
    assert "too old" in answer.content.decode()
    assert not Follow.objects.exists()


def test_a_link_of_one_request_does_nothing_for_another(client, asking, council, topic):
    other = factories.TopicFactory(name="Markets")
    ask(client, asking)
    ask(client, f"/following/new/?kind=topic&id={other.pk}", email="second@example.org")
    first, second = sorted(sent(), key=lambda one: one["To"])
    client.post(link_in(first))
    assert [(one.person.email, one.target_id) for one in Follow.objects.all()] == [(NEWCOMER, topic.pk)]
    client.post(link_in(second))
    assert Follow.objects.of(User.objects.get(email="second@example.org")).get().target_id == other.pk


def test_a_closed_account_follows_nothing(client, asking, reader):
    ask(client, asking, email=reader.email)
    (message,) = sent()
    User.objects.filter(pk=reader.pk).update(is_active=False)
    answer = client.post(link_in(message))
    assert answer.status_code == 409
    assert not Follow.objects.exists()
    assert FollowRequest.objects.get().confirmed_at is None


def test_who_has_stopped_all_mail_is_told_that_nothing_comes(client, asking, reader):
    services.stop_all_mail(person=reader)
    html = follow_by_mail(client, asking, email=reader.email).content.decode()
    assert "nothing comes before you start it again" in html
    assert MailPreference.objects.get().stopped_at


def test_somebody_signed_in_needs_one_click_and_no_mail(client, asking, reader, topic):
    client.force_login(reader)
    html = client.get(asking).content.decode()
    assert 'name="email"' not in html
    assert f'action="{reverse("follow")}"' in html
    assert client.post(asking, {"email": "other@example.org", "cadence": "weekly"}).status_code == 200
    assert not FollowRequest.objects.exists()
    answer = client.post(reverse("follow"), {"kind": "topic", "id": topic.pk, "next": topic.get_absolute_url()})
    assert answer["Location"] == topic.get_absolute_url()
    html = client.get("/following/new/?q=market").content.decode()
    assert f'action="{reverse("follow_search")}"' in html
    assert '<input type="hidden" name="q" value="market">' in html


def test_the_page_takes_nothing_from_another_site(asking):
    from django.test import Client

    assert ask(Client(enforce_csrf_checks=True), asking).status_code == 403


def test_what_nobody_confirms_is_forgotten_after_eight_days(client, asking, time_machine):
    time_machine.move_to("2026-11-01T09:00Z", tick=False)
    ask(client, asking)
    sent()
    time_machine.shift(timedelta(days=8))
    forget_follow_requests()
    assert FollowRequest.objects.count() == 1
    time_machine.shift(timedelta(seconds=1))
    forget_follow_requests()
    assert not FollowRequest.objects.exists()


def test_what_was_confirmed_is_kept_as_long_as_the_account(client, asking, time_machine):
    time_machine.move_to("2026-11-01T09:00Z", tick=False)
    follow_by_mail(client, asking)
    time_machine.shift(timedelta(days=100))
    assert services.forget_follow_requests() == 0
    User.objects.get(email=NEWCOMER).delete()
    assert not FollowRequest.objects.exists()


def test_a_mail_that_waited_too_long_is_not_sent(client, asking, time_machine):
    time_machine.move_to("2026-11-01T09:00Z", tick=False)
    ask(client, asking)
    time_machine.shift(timedelta(days=1, seconds=1))
    assert sent() == []


def test_it_is_all_in_welsh_for_who_reads_welsh(client, topic):
    ask(client, f"/cy/following/new/?kind=topic&id={topic.pk}")
    mail = OutgoingEmail.objects.get()
    assert (mail.language, mail.tongue) == ("cy", "cy")
    (message,) = sent()
    assert 'lang="cy"' in html_of(message)
    client.post(link_in(message))
    assert User.objects.get(email=NEWCOMER).language == "cy"
