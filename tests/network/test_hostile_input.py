"""What a hostile person would type into every form and every parameter of every address.

The addresses come from the URL map (`tests/network/test_routes.py` names each, and fails for one without a line), the
parameters from what the code asks a request for while it is answered (`asked.py`), and the forms from the pages
themselves. Each line of ours that reads a parameter, and each form, is given the whole corpus by the first who reaches
it, and some of it by the others. Asked for: no error page of ours (500), no text that comes back as markup or was
evaluated, and nothing changed that the form is not about. What is stored is hostile as well while the pages are read.

Files: `tests/network/test_hostile_files.py`.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from types import SimpleNamespace
from urllib.parse import quote, urlencode

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models, transaction
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse
from wagtail.fields import RichTextField

from accounts.models import User
from core.models import Topic
from digests import tokens
from digests.models import MailKind, OutgoingEmail
from digests.services import follow
from discussion.models import Ask, Comment
from members.models import Invitation, JoinRequest, Membership, Organisation
from members.services.invitations import token_of
from moderation.models import Decision
from moderation.services import report
from places.models import RecordEntry as Entry
from tests import factories
from tests.network.asked import ROOMS, ROOT, listening
from tests.network.test_routes import PAGES, POSTS, ROLES, ROUTES, _address, _as, quick, world  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db

MARK = "hx7"
# Several attacks in one text where one does not spoil the other. What comes back of these is looked at.
WORDS = (
    f'</textarea><svg/onload={MARK}()>{{{{ 6|add:42351 }}}}<script>{MARK}()</script>"><img src=x onerror={MARK}()>',
    f"javascript:{MARK}()//${{6*7059}}#{{6*7059}}<%= 6*7059 %>{{% debug %}}{{{{ settings.SECRET_KEY }}}}'-{MARK}()-'",
)
# Of these, whether there is an answer, where it leads to, and what was changed.
VALUES = (
    "1'; DROP TABLE accounts_user; --') UNION SELECT password FROM accounts_user -- `id`;|id&*)(uid=*))(|(uid=*%s%n",
    "http://169.254.169.254/\r\nSet-Cookie: hx7=1\r\nLocation: https://evil.example\nBcc: everybody@evil.example",
    "//evil.example/..%2f..%2f../../etc/passwd",
    "a\x00b\u202egpj.exe\u2066😀",
    # Servers refuse a longer address before it comes to us.
    "(" * 2000 + "A" * 2000,
    "-1",
    "9" * 12,
    "9" * 26,
    "1e309",
    "NaN",
    "٣",
    "2026-02-30",
)
CORPUS = WORDS + VALUES
# What fields that are no words make something of.
TYPED = ("9" * 26, VALUES[3], "1e309", "2026-02-30")
EVALUATED = ("42357", "42354")  # 6 + 42351; 6 × 7059
FILE = ("../../<svg onload=hx7()>\r\n.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='hx7()'/>")
TOKENS = {"csrfmiddlewaretoken"}
# Leads out of the session that the rest is tried with.
SKIPPED_FORMS = ("/account/logout/",)
THEIRS = (
    "account_login", "account_signup", "account_reset_password", "account_change_password", "account_email",
    "account_reauthenticate", "account_request_login_code", "mfa_index", "mfa_activate_totp", "mfa_list_webauthn",
    "mfa_generate_recovery_codes", "socialaccount_connections", "usersessions_list",
)  # fmt: skip


def _check(answer, where: str) -> None:
    assert answer.status_code < 500, where
    assert "hx7" not in answer.cookies, where
    assert "evil.example" not in answer.headers.get("Location", "").split("?")[0], where
    if answer.streaming or "text/html" not in answer.headers.get("Content-Type", ""):
        return
    page = answer.content.decode()
    assert not any(text in page for text in EVALUATED), f"{where}: it was evaluated"
    for raw in (f"<script>{MARK}", f"<svg/onload={MARK}", f"<img src=x onerror={MARK}"):
        found = page.find(raw)
        assert found < 0, f"{where}: it came back: {page[max(found - 200, 0) : found + 200]!r}"
    assert not re.search(rf'(?:href|src|action)="\s*javascript:{MARK}', page), f"{where}: a link that runs"


def _unchanged(doing=None, role=""):
    """What no form that these people can reach is about: rows of which none may be another afterwards."""
    people = User.objects.exclude(pk=doing.pk) if doing and doing.is_authenticated else User.objects
    rows = {
        "people": people.values_list("pk", "email", "is_superuser", "is_staff", "password"),
        "organisations": Organisation.objects.values_list("pk", "name", "slug"),
        "decisions": Decision.objects.values_list("pk", "words", "moderator"),
        "topics": Topic.objects.values_list("pk", "name"),
        "words of others": Comment.objects.filter(author__email="owen@example.org").values_list("pk", "author", "body"),
    }
    if role not in {"lead", "administrator"}:
        rows["groups"] = User.groups.through.objects.filter(user__in=people.all()).values_list("user", "group")
        rows["roles"] = Membership.objects.filter(person__in=people.all()).values_list("pk", "role", "ended_at")
    return {what: set(found) for what, found in rows.items()}


@pytest.fixture
def hostile(world, quick, monkeypatch, settings):  # noqa: F811 - the fixtures
    """The world, whoever asks in it, and no limit to how often."""
    settings.ACCOUNT_RATE_LIMITS = False
    monkeypatch.setattr("core.ratelimit.cache", SimpleNamespace(add=lambda *args, **kwargs: True))
    other = factories.UserFactory(name="Owen Other", email="owen@example.org")
    Comment.objects.create(page=world["public"], author=other, body="Mine and nobody else’s.", state="published")
    author = world["people"]["author"]
    world["follow"] = follow(person=author, target=("topic", Topic.objects.get(slug="empty-shops").pk)).pk
    comment, entry = (model.objects.get(pk=world[name]) for model, name in ((Comment, "comment"), (Entry, "entry")))
    owners = {"comment": comment.author, "ask": Ask.objects.get(pk=world["ask"]).author, "record": entry.author}
    owners["withdraw_join"] = JoinRequest.objects.get(pk=world["join request"]).person
    # Asks whether it is still true, which is answered by a link in the mail.
    about = {"case_studies": [world["public"].pk], "adoptions": []}
    mail = OutgoingEmail.objects.create(kind=MailKind.QUESTION, person=author, payload=about, key="question")
    notice = report(subject=comment, kind="defamation", email="ada@example.org")
    invitation = Invitation.objects.get(pk=world["invitation"])
    links = {
        "answer_questions": tokens.answer_token(mail=mail.pk, person=author.pk),
        "read_mail": tokens.mail_token(mail.pk),
        "stop_mail": tokens.stop_token(person=author.pk, what="all"),
        "invitation": token_of(invitation),
        "report_made": signing.dumps("R-1", salt="moderation.thanks"),
        "notice_answer": signing.dumps(notice.pk, salt="moderation.notice"),
    }
    everybody = {**world["people"], **owners}
    clients = {role: _as(person) for role, person in everybody.items()}
    return {**world, "everybody": everybody, "clients": clients, "unfilled": quick, "links": links}


def _top(expected: dict[str, int]) -> list[str]:
    """Who may do most of those who get the page."""
    return [role for role in ROLES if expected[role] == 200 and role not in {"suspended", "visitor"}][-1:]


def _tried(hostile):
    """Each address, as whom: a visitor, whoever may do most there, and whose it is."""
    for name in [*PAGES, *ROUTES]:
        expected = (PAGES.get(name) or ROUTES[name])[1]
        owner = [role for role in hostile["clients"] if name.startswith(f"{role}_")]
        for role in ("visitor", *_top(expected), *owner):
            yield name, _address(hostile, name), role
    for name, token in hostile["links"].items():
        yield name, reverse(name, args=[token]), "visitor"
    for kind in ("complaint", "defamation", "intimate_image"):
        yield f"report {kind}", f"/report/comment/{hostile['comment']}/?kind={kind}", "visitor"
    yield "complaint", "/report/?kind=complaint", "visitor"
    for name in THEIRS:
        for role in ("visitor", "author"):
            yield name, reverse(name), role


class Ways:
    """The corpus for each line of ours that reads a parameter: what is still to be tried there."""

    def __init__(self, asked, unfilled) -> None:
        self.asked, self.unfilled = asked, unfilled
        self.done: dict[tuple[str, str], int] = defaultdict(int)
        self.names: dict[str, set[str]] = {"GET": set(), "POST": set()}

    def read(self, method: str) -> dict[str, str]:
        """What the last request asked for: name → by which line."""
        found = {name: line for (kind, name), line in self.asked.found.items() if kind == method}
        self.names[method] |= set(found)
        return {name: line for name, line in found.items() if name not in TOKENS}

    def try_all(self, method: str, names: dict[str, str], send: Callable, corpus: tuple[str, ...] = CORPUS) -> None:
        """`send` each value for each of these names, and for those that are asked for on the way as well.

        All names at once; without the others those that the code then did not come to read.
        """
        lines, waiting = dict(names), [list(names)]
        while waiting:
            group = waiting.pop()
            while group := [one for one in group if self.done[lines[one], one] < len(corpus)]:
                values = {one: corpus[self.done[lines[one], one]] for one in group}
                filled = any(value in WORDS or "tags/" in lines[one] for one, value in values.items())
                self.asked.begin()
                with nullcontext() if filled else self.unfilled():
                    send(values)
                read = self.read(method)
                if new := [one for one in read if one not in lines]:
                    waiting.append(new)
                    lines |= {one: read[one] for one in new}
                # A library's form reads what it has fields for: there is no line of ours.
                taken = [one for one in group if one in read or not lines[one].endswith(tuple("0123456789"))]
                for one in taken:
                    self.done[lines[one], one] += 1
                if taken and len(taken) < len(group):
                    waiting.append([one for one in group if one not in taken])
                group = taken


def _with(address: str, values: dict[str, str]) -> str:
    """What is read as a list is given more than one."""
    query = urlencode([(name, one) for name, value in values.items() for one in (VALUES[0], value)])
    return f"{address}{'&' if '?' in address else '?'}{query}"


@dataclass
class Fields:
    """Of one form: what each holds or could, and which take words or a file."""

    values: dict[str, str] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)

    def add(self, tag) -> None:
        name, kind = tag.get("name"), tag.get("type", "text")
        if tag.name == "select":
            options = [one.get("value", "") for one in tag.find_all("option")]
            value = next((one for one in options if one), "")
        elif tag.name == "textarea":
            value, kind = tag.get_text(strip=True), "text"
        else:
            value = tag.get("value", "")
        if tag.name == "input" and kind == "file":
            self.files.add(name)
            return
        if kind in {"text", "search"} and tag.name != "button":
            self.words.add(name)
        self.values[name] = self.values.get(name) or value


class Forms:
    """Each form of each page: sent as it is with hostile words, and with anything in any field."""

    def __init__(self, ways: Ways, hostile) -> None:
        self.ways, self.hostile = ways, hostile
        self.tried: set[tuple] = set()
        self.before: dict = {}

    def of(self, page: str, address: str, role: str) -> None:
        for form in BeautifulSoup(page, "html.parser").find_all("form", method=re.compile("post", re.IGNORECASE)):
            fields = Fields()
            for tag in form.find_all(["input", "textarea", "select", "button"]):
                if tag.get("name") and tag["name"] not in TOKENS:
                    fields.add(tag)
            self.at(form.get("action") or address, role, fields)

    def at(self, path: str, role: str, fields: Fields) -> None:
        known = re.sub(r"\d+", "n", path.split("?", maxsplit=1)[0])
        key = (known, tuple(sorted(fields.values)))
        if (role, key) in self.tried or path.startswith(SKIPPED_FORMS):
            return
        first = not any(tried == key for who, tried in self.tried)
        self.tried.add((role, key))

        def send(values):
            self._send(path, role, {**fields.values, **values})

        self.ways.asked.begin()
        if first:
            send(dict.fromkeys(fields.values, WORDS[len(self.tried) % 2]))
        with self.hostile["unfilled"]():
            for value in (WORDS[0], VALUES[0], VALUES[3], VALUES[4])[: 4 if first and fields.words else 1]:
                send(dict.fromkeys(fields.words, value))
            names = self.ways.read("POST")
            self.ways.try_all("POST", names, send, TYPED)
            if not first:
                return
            send({one: ["a", "b"] for one in fields.values})
            self._send(path, role, b"\xff\xfe{", content_type="application/json")
            for one in fields.files:
                send({one: SimpleUploadedFile(*FILE)})
            if not names and path in {reverse(name) for name in THEIRS}:
                self.ways.try_all("POST", dict.fromkeys(fields.values, known), send, TYPED)

    def _send(self, path: str, role: str, sent, **more) -> None:
        client, person = self.hostile["clients"][role], self.hostile["everybody"][role]
        where, wrote = f"{path} as {role}: {str(sent)[:300]}", []

        def watch(execute, sql, *args):
            if not sql.startswith(("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK")):
                wrote.append(sql)
            return execute(sql, *args)

        if role not in self.before:
            self.before[role] = _unchanged(person, role)
        with transaction.atomic():
            with connection.execute_wrapper(watch):
                _check(client.post(path, sent, **more), where)
            if wrote:
                after = _unchanged(person, role)
                for what, rows in self.before[role].items():
                    assert rows <= after[what], f"{where}: {what} changed"
            transaction.set_rollback(True)
        if person.is_authenticated != ("_auth_user_id" in client.session):
            client.cookies.clear()
            if person.is_authenticated:
                client.force_login(person)


def _make_the_stored_hostile() -> None:
    """Whatever words are in the database are markup that runs, if a page does not write them as text."""
    for model in apps.get_models():
        if model._meta.app_label not in ROOMS or model._meta.label == "moderation.Decision":
            continue
        fields = {}
        for column in model._meta.local_concrete_fields:
            words = isinstance(column, models.TextField) or column.name in {"name", "title", "short_name", "headline"}
            cleaned = isinstance(column, RichTextField) or column.name == "html"
            if words and not (cleaned or column.choices or column.unique):
                fields[column.name] = f"<svg/onload={MARK}()>{{{{ 6|add:42351 }}}}"
        # Where there are no words there shall be none.
        for name, words in fields.items():
            model.objects.exclude(**{name: ""}).update(**{name: words})


def _of_code(pattern: str) -> set[str]:
    """What stands in our code, but that of the CMS's pages."""
    paths = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    texts = [path.read_text() for path in paths if not {"admin", "staff"} & set(re.split(r"[/_.]", str(path)))]
    return {name for text in texts for name in re.findall(pattern, text)}


def test_every_parameter_and_every_form_of_every_address_takes_whatever_comes(hostile, monkeypatch):
    _make_the_stored_hostile()
    # Nobody is warned of what they call themselves.
    User.objects.filter(pk=hostile["people"]["administrator"].pk).update(name="Ada")
    with listening(monkeypatch) as asked:
        ways = Ways(asked, hostile["unfilled"])
        forms = Forms(ways, hostile)
        for name, address, role in _tried(hostile):
            client, where = hostile["clients"][role], f"{name} as {role}"
            asked.begin()
            answer = client.get(address)
            _check(answer, where)

            def ask(values, client=client, address=address, where=where):
                _check(client.get(_with(address, values)), f"{where}: {str(values)[:200]}")

            ways.try_all("GET", ways.read("GET"), ask)
            if answer.status_code == 200 and "text/html" in answer.headers.get("Content-Type", ""):
                forms.of(answer.content.decode(), address, role)
        for name, arguments in POSTS.items():
            path = reverse(name, args=[hostile.get(one, one) for one in arguments])
            owners = [role for role in hostile["clients"] if name.startswith(f"{role}_")]
            for role in ("visitor", "author", "administrator", *owners):
                forms.at(path, role, Fields())
    assert _of_code(r"request\.GET(?:\.get|\.getlist)?[\[(]\"(\w+)\"") - ways.names["GET"] == set(), "not tried"
    assert _of_code(r"request\.POST(?:\.get|\.getlist)?[\[(]\"(\w+)\"") - ways.names["POST"] == set(), "not tried"
    assert len(forms.tried) > 60


def _paths():
    """Each pattern of ours with something in it that is not fixed: its name and what kinds of parts it has."""
    waiting: list = [get_resolver()]
    while waiting:
        for entry in waiting.pop().url_patterns:
            if isinstance(entry, URLResolver):
                if not str(entry.pattern).startswith(("cms/", "api/")):
                    waiting.append(entry)
            elif entry.name in ROUTES or entry.name in POSTS:
                yield entry.name, list(entry.pattern.converters.values())


def test_every_part_of_every_address_and_every_header_takes_whatever_comes(hostile):
    before = _unchanged()
    clients, tried = hostile["clients"], set()
    for name, parts in _paths():
        known = ROUTES[name][0] if name in ROUTES else POSTS[name]
        for place, part in enumerate(parts):
            for number, value in enumerate(CORPUS):
                if not re.fullmatch(part.regex, value):
                    continue
                arguments = [hostile.get(one, one) for one in known[: len(parts)]]
                arguments[place] = value
                try:
                    path = reverse(name, args=arguments)
                except NoReverseMatch:
                    continue
                tried.add(name)
                role = ("administrator", "visitor")[number % 2]
                send = clients[role].get if name in ROUTES else clients[role].post
                with hostile["unfilled"]():
                    _check(send(path), f"{name} at {path[:80]} as {role}")
    assert tried >= {name for name, parts in _paths() if parts}
    visitor = clients["visitor"]
    headers = ("HTTP_USER_AGENT", "HTTP_REFERER", "HTTP_ACCEPT_LANGUAGE", "HTTP_X_FORWARDED_FOR", "HTTP_ACCEPT")
    for value in CORPUS:
        _check(visitor.get("/" + quote(value[:200])), value[:30])
        _check(visitor.get("/privacy/", **dict.fromkeys(headers, value[:300])), f"headers {value[:30]!r}")
    assert _unchanged() == before
