"""The pages that the law asks for: complete where the software knows, honest where the operator has not said."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import announcing, retention
from core.cookies import cookies, entries
from core.models import OperatorSettings, RetentionRecord
from core.tasks import forget_what_is_due
from digests.services import send_waiting
from digests.services.retention import RULES
from tests import factories

pytestmark = pytest.mark.django_db

OWED = "Not completed yet by the operator"
HEADINGS = {
    "privacy": [
        "Who is responsible (the controller)",
        "Data protection officer",
        "What we keep about you, and why",
        "Lawful basis",
        "Where it comes from",
        "Who else sees it",
        "Transfers abroad",
        "How long we keep it",
        "Your rights",
        "Withdrawing your consent",
        "Decisions made by machine",
        "Complaining about how we treat your data",
    ],
    "cookies": ["If you only read", "If you sign in or send a form", "What we do not use"],
    "terms": ["Illegal content, and how you are protected from it", "How we decide", "Complaints and appeals"],
    "complaints": ["How to complain", "What you can complain about", "What happens then"],
    # SI 2018/952 and the model statement; the order is the model's.
    "accessibility": [
        "How accessible this website is",
        "Feedback and contact information",
        "Reporting accessibility problems with this website",
        "Enforcement procedure",
        "Technical information about this website’s accessibility",
        "Compliance status",
        "Non-accessible content",
        "Non-compliance with the accessibility regulations",
        "Disproportionate burden",
        "Content that’s not within the scope of the accessibility regulations",
        "What we’re doing to improve accessibility",
        "Preparation of this accessibility statement",
    ],
}


def _page(client, name):
    response = client.get(reverse(name))
    assert (response.status_code, dict(response.cookies)) == (200, {})
    return BeautifulSoup(response.content, "html.parser")


def _complete():
    operator = OperatorSettings.load()
    for field in OperatorSettings._meta.concrete_fields:
        if field.name != "id" and field.editable:
            value = {"DateField": timezone.localdate(), "PositiveSmallIntegerField": 5}.get(field.get_internal_type())
            words = f"a@{field.name}.example\nline two"[: field.max_length]
            setattr(operator, field.name, value or words)
    operator.law, operator.accessibility_status = "scotland", "partial"
    operator.save()


def test_each_page_has_the_headings_of_the_law_and_says_what_the_operator_owes(client):
    for name, wanted in HEADINGS.items():
        page = _page(client, name)
        found = [heading.get_text(strip=True) for heading in page.main.find_all(["h2", "h3"])]
        assert [one for one in found if one in wanted] == wanted, name
        assert (OWED in page.main.get_text()) is (name != "cookies"), name
        assert reverse(name) in [link["href"] for link in page.footer.find_all("a")], name
    _complete()
    for name in HEADINGS:
        words = _page(client, name).main.get_text()
        assert OWED not in words, name
        assert "not completed" not in words, name
    assert "a@controller_name.example" in _page(client, "privacy").main.get_text()
    assert "Scotland" in _page(client, "terms").main.get_text()
    welsh = BeautifulSoup(client.get("/cy/privacy/").content, "html.parser")
    assert welsh.main.find(lang="en"), "what the operator wrote in English is marked as English in Welsh"
    assert client.get("/accessibility-statement/")["Location"] == "/accessibility/"


def test_only_administrators_change_what_the_operator_says(client):
    address = reverse("wagtailsettings:edit", args=["core", "operatorsettings", OperatorSettings.load().pk])
    for person, status in (
        (factories.UserFactory(moderator=True), 302),
        (factories.UserFactory(administrator=True), 200),
    ):
        client.force_login(person)
        assert client.get(address).status_code == status


def test_the_cookie_page_lists_what_is_really_set(client):
    seen = set()
    page = factories.case_study(factories.organisation())
    for path in ("/", "/search/?q=shops", page.url, "/ask/", "/map/", "/privacy/", f"/report/page/{page.pk}/"):
        response = client.get(path)
        if "Set-Cookie" in response.headers or response.cookies:
            seen |= set(response.cookies)
            assert path.startswith("/report/"), f"{path} sets a cookie for somebody who only reads"
    person = factories.UserFactory()
    person.set_password("a-long-password")
    person.save()
    seen |= set(client.get("/account/login/").cookies)
    seen |= set(client.post("/account/login/", {"login": person.email, "password": "a-long-password"}).cookies)
    for path in ("/", "/following/", "/account/", "/ask/new/", "/account/email/", page.url):
        seen |= set(client.get(path).cookies)
    seen |= set(client.post("/account/", {"name": "Someone", "language": "en"}).cookies)
    seen |= set(client.post("/account/logout/").cookies)
    listed = {cookie.name for cookie in cookies()}
    assert seen == listed
    scripts = [path.read_text() for path in (Path(settings.BASE_DIR) / "static/js").rglob("*.js")]
    kept = set()
    for script in scripts:
        if re.search("localStorage|sessionStorage", script):
            kept |= set(re.findall(r'^const KEPT = "(.+)";', script, re.M)) or {"unnamed"}
    assert kept == {entry.name for entry in entries()}
    assert {code.get_text() for code in _page(Client(), "cookies").main.find_all("code")} == listed | kept


def test_the_schedule_that_is_shown_is_the_one_that_is_run(client):
    now = timezone.now()
    Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(minutes=1))
    Session.objects.create(session_key="new", session_data="", expire_date=now + timedelta(days=1))
    forget_what_is_due()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    record = RetentionRecord.objects.get(rule="sessions")
    assert (record.rows, record.error) == (1, "")
    assert record.finished_at
    run_here = {rule.name for rule in retention.rules() if rule.last is None}
    assert set(RetentionRecord.objects.values_list("rule", flat=True)) == run_here
    shown = _page(client, "privacy").main.find("table").get_text(" ")
    for rule in retention.rules():
        assert str(rule.what) in shown, rule.name
    described = {rule.name for rule in retention.rules()}
    assert {rule.name.replace(" ", "-") for rule in RULES} <= described, "a rule of the mail room is not in the list"


def test_a_rule_that_fails_is_recorded_and_stops_no_other(monkeypatch):
    def broken(now):
        raise RuntimeError("somebody@example.org is in the way")

    rule = retention.Rule(name="a-broken-one", order=1, what="x", kept=timedelta(1), since="x", why="x", run=broken)
    monkeypatch.setitem(retention._rules, rule.name, rule)
    retention.forget_what_is_due()
    failed = RetentionRecord.objects.get(rule=rule.name)
    assert failed.error == "RuntimeError", "the kind of error, never its words"
    assert RetentionRecord.objects.filter(error="").count() > 3


def test_everybody_is_told_once_of_a_change_before_it_holds(client, mailoutbox, monkeypatch):
    monkeypatch.setattr(announcing, "BATCH", 2)
    people = [factories.UserFactory(language=code) for code in ("en", "en", "cy")]
    factories.UserFactory(is_active=False)
    EmailAddress.objects.filter(user=factories.UserFactory()).update(verified=False)
    operator = OperatorSettings.load()
    operator.change_from = date(2030, 3, 1)
    with pytest.raises(ValidationError):
        operator.clean()
    operator.change_words = "Photos are kept for one year.\nIt was two <b>years</b>."
    operator.clean()
    operator.save()
    assert announcing.tell_of_changes() == 3
    assert announcing.tell_of_changes() == 0
    people.append(factories.UserFactory())
    assert announcing.tell_of_changes(today=date(2030, 2, 28)) == 1, "who joins before the day hears of it"
    send_waiting()
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted(person.email for person in people)
    *others, welsh = sorted(mailoutbox, key=lambda mail: mail.to[0] == people[2].email)
    assert {mail.subject for mail in others} == {"Our terms or our privacy notice change on 1 March 2030"}
    assert "1 Mawrth 2030" in welsh.subject
    assert "Photos are kept for one year." in mailoutbox[0].body
    for page in ("terms", "privacy"):
        shown = client.get(reverse(page)).content.decode()
        assert "This changes on 1 March 2030" in shown
        assert "two &lt;b&gt;years" in shown
    assert "This changes on" not in client.get(reverse("cookies")).content.decode()
    factories.UserFactory()
    assert announcing.tell_of_changes(today=date(2030, 3, 1)) == 0, "it is over"
    # A later change is another one, and begins with the first person.
    OperatorSettings.objects.update(change_from=date(2031, 1, 1))
    assert announcing.tell_of_changes() == 5
