"""What a hostile person would type into every form and every parameter of every address.

The addresses come from the URL map (`tests/network/test_routes.py` names each, and fails for one without a line); the
forms are read from the pages themselves. For each field some of the corpus are tried, chosen by the field's name, so
that a run is the same each time and all of the corpus is tried somewhere. Asked for: no error page of ours (500), no
text that comes back as markup or was evaluated, and nothing changed that the form is not about.
"""

import re
import zlib

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from core.models import Topic
from digests.services import follow
from discussion.models import Comment
from members.models import Membership, Organisation
from moderation.models import Decision
from tests import factories
from tests.network.test_routes import PAGES, POSTS, ROUTES, _address, _as, world  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db

MARK = "hx7"
CORPUS = (
    f"<script>{MARK}()</script>",
    f'"><img src=x onerror={MARK}()>',
    f"'-{MARK}()-'",
    f"javascript:{MARK}()",
    f"</textarea><svg/onload={MARK}()>",
    "{{ 6|add:42351 }}{% debug %}{{ settings.SECRET_KEY }}",
    "${6*7059}#{6*7059}<%= 6*7059 %>",
    "1' OR '1'='1",
    "1; DROP TABLE accounts_user; --",
    "') UNION SELECT password FROM accounts_user --",
    "x\r\nSet-Cookie: hx7=1\r\nLocation: https://evil.example",
    "x\nBcc: everybody@evil.example",
    "../../../../etc/passwd",
    "..%2f..%2f..%5cwindows",
    "file:///etc/passwd",
    "http://169.254.169.254/latest/meta-data/",
    "a\x00b",
    "\u202egpj.exe\u2066",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16") * 3,
    "A" * 20_000,
    "(" * 3000,
    "-1",
    "0",
    "99999999999999999999999999",
    "1e309",
    "NaN",
    "٣",
    "2026-02-30",
    "[]",
    '{"$gt": ""}',
    "null",
    "%s%n%00",
    "`id`;|id&",
    "*)(uid=*))(|(uid=*",
)
PER_FIELD = 2
EVALUATED = "42357"  # 6 + 42351; 6 × 7059 is 42354
TRUSTED = {"csrfmiddlewaretoken"}
# Pages that a form leads out of, or that hand over to a library's own flow with a wait in it.
SKIPPED_FORMS = ("/account/logout/",)


def _some(name: str, *, how_many: int = PER_FIELD) -> list[str]:
    start = zlib.crc32(name.encode())
    return [CORPUS[(start + step * 7) % len(CORPUS)] for step in range(how_many)]


def _check(answer, where: str) -> None:
    assert answer.status_code < 500, where
    assert "hx7" not in answer.cookies, where
    assert "evil.example" not in answer.headers.get("Location", "").split("?")[0], where
    if answer.streaming or "text/html" not in answer.headers.get("Content-Type", ""):
        return
    page = answer.content.decode()
    assert EVALUATED not in page, f"{where}: a template was evaluated"
    assert "42354" not in page, f"{where}: an expression was evaluated"
    assert f"<script>{MARK}" not in page, f"{where}: a script came back"
    assert f"onerror={MARK}" not in re.sub(r"&(lt|gt|quot|#x27|amp);[^<]*", "", page), f"{where}: a handler came back"
    assert f"<svg/onload={MARK}" not in page, f"{where}: a handler came back"
    assert not re.search(rf'(?:href|src|action)="\s*javascript:{MARK}', page), f"{where}: a link that runs"


def _forms(page: str):
    """Each form of a page that is sent by POST: where to, and its fields with what they hold."""
    for form in BeautifulSoup(page, "html.parser").find_all("form", method=re.compile("post", re.IGNORECASE)):
        fields = {}
        for field in form.find_all(["input", "textarea", "select", "button"]):
            name = field.get("name")
            if name and field.get("type") not in {"file", "submit"} and field.name != "button":
                fields.setdefault(name, field.get("value") or field.get_text(strip=True))
        yield form.get("action") or "", fields


def _unchanged(*doing):
    """What no form that these people can reach is about."""
    return {
        "people": list(User.objects.order_by("pk").values_list("pk", "email", "is_superuser", "is_staff", "password")),
        "groups": [(group.pk, group.user_set.count()) for group in Group.objects.order_by("pk")],
        "organisations": list(Organisation.objects.order_by("pk").values_list("pk", "name", "slug")),
        # Everybody may end their own, and a moderator may let somebody in who asked: that is a new row.
        "roles of others": set(
            Membership.objects.exclude(person__in=doing).order_by("pk").values_list("pk", "role", "ended_at")
        ),
        "decisions": set(Decision.objects.values_list("pk", "words", "moderator")),
        "topics": list(Topic.objects.order_by("pk").values_list("pk", "name")),
        "words of others": list(
            Comment.objects.filter(author__in=_others()).order_by("pk").values_list("pk", "author", "body")
        ),
    }


def _others():
    return User.objects.filter(name="Owen Other")


@pytest.fixture
def hostile(world):  # noqa: F811 - the fixture
    other = factories.UserFactory(name="Owen Other")
    Comment.objects.create(page=world["public"], author=other, body="Mine and nobody else’s.", state="published")
    people = world["people"]
    followed = follow(person=people["author"], target=("topic", Topic.objects.get(slug="empty-shops").pk))
    who = {"visitor": Client(), "member": _as(people["author"]), "moderator": _as(people["moderator"])}
    doing = (people["author"], people["moderator"])
    return {**world, "follow": followed.pk, "who": who, "doing": doing}


def test_every_parameter_of_every_address_takes_whatever_comes(hostile):
    before = _unchanged(*hostile["doing"])
    parameters = ("q", "page", "p", "topic", "near", "sort", "year", "cadence", "kind", "format", "id", "next")
    for number, name in enumerate([*PAGES, *ROUTES]):
        address = _address(hostile, name)
        joint = "&" if "?" in address else "?"
        for step, (role, client) in enumerate(hostile["who"].items()):
            asked = {one: _some(f"{name}{role}{one}", how_many=1)[0] for one in parameters}
            if (number + step) % 3 == 0:
                _check(client.get(address + joint, asked), f"{name} as {role}")
        # Each part of the address that is not fixed; what has no such address cannot be asked for.
        if name in ROUTES and ROUTES[name][0]:
            for value in _some(name):
                try:
                    path = reverse(name, args=[value] * len(ROUTES[name][0]))
                except NoReverseMatch:
                    continue
                _check(hostile["who"]["moderator"].get(path), f"{name} at {path[:80]}")
    for value in CORPUS:
        visitor = hostile["who"]["visitor"]
        _check(visitor.get("/search/", {"q": value, "topic": value, "page": value}), f"search for {value[:30]!r}")
        _check(visitor.get("/search/suggest/", {"q": value}), f"suggestions for {value[:30]!r}")
        _check(visitor.get("/" + value.replace("\x00", "%00").replace("\r", "").replace("\n", "")[:200]), value[:30])
        for header in ("HTTP_USER_AGENT", "HTTP_REFERER", "HTTP_ACCEPT_LANGUAGE", "HTTP_X_FORWARDED_FOR"):
            _check(visitor.get("/privacy/", **{header: value[:300]}), f"{header} {value[:30]!r}")
    assert _unchanged(*hostile["doing"]) == before


def test_every_form_takes_whatever_is_typed_and_changes_nothing_else(hostile):
    before = _unchanged(*hostile["doing"])
    tried, alone = set(), set()
    for name in [*PAGES, *ROUTES]:
        for role, client in hostile["who"].items():
            address = _address(hostile, name)
            answer = client.get(address)
            if answer.status_code != 200 or "text/html" not in answer.headers.get("Content-Type", ""):
                continue
            for action, fields in _forms(answer.content.decode()):
                path = action or address
                key = (role, re.sub(r"\d+", "n", path.split("?")[0]), tuple(sorted(fields)))
                free = [one for one in fields if one not in TRUSTED]
                if key in tried or not free or path.startswith(SKIPPED_FORMS):
                    continue
                tried.add(key)
                _send(client, path, fields, free, f"{path} as {role}", alone=key[1:] not in alone)
                alone.add(key[1:])
    for name, arguments in POSTS.items():
        path = reverse(name, args=[hostile.get(one, one) for one in arguments])
        for role, client in hostile["who"].items():
            guessed = {one: _some(name + role + one, how_many=1)[0] for one in ("body", "kind", "id", "cadence", "q")}
            _check(client.post(path, guessed), f"{name} as {role}")
    assert len(tried) > 10, "the forms were found"
    after = _unchanged(*hostile["doing"])
    for what, rows in before.items():
        kept = after[what]
        lost = set(rows) - set(kept)
        assert not lost, f"{what} changed"
        assert isinstance(rows, set) or len(rows) == len(kept), f"{what}: there are more"


def _send(client, path: str, fields: dict[str, str], free: list[str], where: str, *, alone: bool) -> None:
    """All fields hostile at once; for the first who reaches the form also some alone, with the others as they were."""
    everything = {one: _some(where + one, how_many=1)[0] for one in free}
    _check(client.post(path, {**fields, **everything}), f"{where}, all fields")
    if not alone:
        return
    for one in free[:2]:
        value = _some(path + one, how_many=1)[0]
        _check(client.post(path, {**fields, one: value}), f"{where}, {one}={value[:40]!r}")
    _check(client.post(path, {**fields, free[0]: ["a", "b"]}), f"{where}, twice")
    _check(client.post(path, b"\xff\xfe{", content_type="application/json"), f"{where}, not a form")
