"""What an attacker would try first: headers, reports, redirects, links, files, secrets, calls to elsewhere."""

import ast
import importlib
import io
import json
import re
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse
from wagtail.documents import get_document_model

from core.documents import trouble_with
from tests import factories
from tests.network.test_routes import PAGES, ROUTES, _address, _as, world  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "core", "accounts", "members", "moderation", "places", "casestudies", "discussion", "search", "digests", "api",
    "network",
)  # fmt: skip


def _sources():
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_text(encoding="utf-8")


# --- Headers -------------------------------------------------------------------------------------


def test_every_address_says_the_same_to_browsers(world):  # noqa: F811 - the fixture
    people = {"visitor": Client(), "author": _as(world["people"]["author"])}
    for name in [*PAGES, *ROUTES]:
        address = _address(world, name)
        for role, client in people.items():
            answer = client.get(address)
            headers, where = answer.headers, f"{name} as {role}"
            assert headers["X-Content-Type-Options"] == "nosniff", where
            assert headers["Referrer-Policy"] in {
                "strict-origin-when-cross-origin", "same-origin", "no-referrer", "strict-origin",
            }, where  # fmt: skip
            if headers["Referrer-Policy"] == "no-referrer":
                # Browsers send its forms with “Origin: null”, which is refused as forged.
                assert b"csrfmiddlewaretoken" not in answer.content, where
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin", where
            assert "camera=()" in headers["Permissions-Policy"], where
            policy = headers["Content-Security-Policy"]
            assert "unsafe" not in policy, where
            assert "report-uri /csp-reports/" in policy, where
            assert "report-to csp" in policy, where
            assert headers["Reporting-Endpoints"] == 'csp="/csp-reports/"', where
            # What may be in a frame of any site is one page, which is everybody's alike.
            framed = name == "map_embed"
            assert ("X-Frame-Options" in headers) != framed, where
            assert ("frame-ancestors *" in policy) == framed, where
            cached = headers["Cache-Control"]
            if role == "author" and "text/html" in headers.get("Content-Type", "") and not framed:
                assert "no-store" in cached, f"{where}: {cached}"
            if "public" in cached:
                assert "Set-Cookie" not in headers, where


def test_over_https_browsers_are_told_to_stay_there():
    with override_settings(SECURE_HSTS_SECONDS=31_536_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True):
        assert "max-age=31536000" in Client().get("/privacy/", secure=True)["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in Client().get("/privacy/")


# --- What browsers report ------------------------------------------------------------------------

OLD = {
    "csp-report": {
        "document-uri": "https://ours.example/following/?address=nia@example.org",
        "violated-directive": "script-src 'self'",
        "blocked-uri": "https://evil.example/x.js?who=nia@example.org",
    }
}
NEW = [
    {
        "type": "csp-violation",
        "body": {
            "documentURL": "https://ours.example/following/",
            "effectiveDirective": "img-src",
            "blockedURL": "inline",
        },
    },
    {"type": "deprecation", "body": {"id": "nothing of ours"}},
]


def test_reports_of_browsers_are_logged_without_anybody_in_them_and_never_fail(caplog, client):
    send = lambda body, kind: client.post("/csp-reports/", body, content_type=kind)  # noqa: E731 - a table follows
    assert send(json.dumps(OLD), "application/csp-report").status_code == 204
    assert send(json.dumps(NEW), "application/reports+json").status_code == 204
    said = "\n".join(record.getMessage() for record in caplog.records if record.name == "core.csp")
    assert "directive=script-src blocked=https://evil.example page=following" in said
    assert "directive=img-src blocked=inline" in said
    assert "nia@" not in said
    assert said.count("refused something") == 2
    hostile = (
        b"", b"\x00\xff", b"[" * 10_000, b"null", b"1e999", b'{"csp-report": []}', b'[{"type": "csp-violation"}]',
        b'{"csp-report": {"blocked-uri": "http://[::1", "document-uri": {"a": 1}, "disposition": "\\u0000\\n x"}}',
        json.dumps({"csp-report": {"document-uri": "x" * 20_000}}).encode(),
    )  # fmt: skip
    for body in hostile:
        assert send(body, "application/csp-report").status_code == 204, body[:40]
    assert client.get("/csp-reports/").status_code == 405
    caplog.clear()
    for _time in range(30):
        send(json.dumps(OLD), "application/csp-report")
    assert 0 < sum(record.name == "core.csp" for record in caplog.records) <= 20, "one visitor cannot fill the log"


# --- Redirects and links -------------------------------------------------------------------------

ELSEWHERE = ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "https:evil.example")


def test_nobody_is_sent_to_another_site():
    person = factories.UserFactory()
    person.set_password("a-long-password")
    person.save()
    topic = factories.TopicFactory()
    known = {"login": person.email, "password": "a-long-password"}
    for target in ELSEWHERE:
        signed_in = _as(person)
        tries = {
            "sign in": Client().post("/account/login/", {**known, "next": target}),
            "sign in, link": Client().post(f"/account/login/?next={target}", known),
            "cms": Client().get(f"/cms/login/?next={target}"),
            "page": Client().get(f"/_util/login/?next={target}"),
            "again": signed_in.post(f"/account/reauthenticate/?next={target}", {"password": "a-long-password"}),
            "follow": signed_in.post(reverse("follow"), {"kind": "topic", "id": topic.pk, "next": target}),
            "out": signed_in.post("/account/logout/", {"next": target}),
        }
        for name, answer in tries.items():
            where = answer.headers.get("Location", "")
            where = where.split("?")[0]  # our own sign-in page may carry it on, and refuses it then
            assert "evil.example" not in where, (name, target)
            assert not where.startswith(("javascript:", "//", "https:", "/\\")), (name, target)


# What a signed link is for, and how many days it works. One works for ever: the law lets nobody's way out of mail end.
LINKS = {
    "accounts.data-export": 7,
    "accounts.keep": 15,
    "accounts.leave": 1,
    "casestudies.trial": 7,
    "digests.address": 3,
    "digests.answer": 90,
    "digests.confirm": 7,
    "digests.read": 400,
    "digests.stop": None,
    "members.domain_proof": 7,
    "members.invitation": 14,  # by its row: sent again, it starts anew
    "members.people_file": 1,
    "moderation.appeal": 30,
    "moderation.approve": 14,
    "moderation.notice": 14,
    "moderation.thanks": 1,
    "places.photos": 1,  # no link: what a form carries
}


def test_every_signed_link_has_a_purpose_of_its_own_and_an_age():
    salts: dict[str, set[str]] = {}
    for path, text in _sources():
        for found in re.findall(r"\bsalt=([\w.]+|\"[^\"]+\")", text):
            if found == "salt":
                continue  # handed on by the caller, who is seen himself
            if found.startswith('"'):
                value = found.strip('"')
            else:
                module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
                value = getattr(module, found.split(".")[-1])
            salts.setdefault(value, set()).add(str(path.relative_to(ROOT)))
    assert set(salts) == set(LINKS), "a link with a purpose of its own needs a line in the table"
    assert [salt for salt, days in LINKS.items() if days is None] == ["digests.stop"]
    for salt, files in salts.items():
        assert len(files) == 1, f"{salt} is used for two purposes: {files}"
    for path, text in _sources():
        for call in re.findall(r"signing\.loads\((.*?)\)\n", text, flags=re.DOTALL):
            assert "max_age=" in call, f"{path.name}: a link that works for ever"
            assert "salt=" in call, f"{path.name}: a link that works for any purpose"


# --- Files ---------------------------------------------------------------------------------------


def _zip(parts: dict[str, bytes], name: str) -> SimpleUploadedFile:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    return SimpleUploadedFile(name, out.getvalue())


def test_documents_that_are_traps_are_refused_and_others_are_saved_not_shown(client):
    word = {"word/document.xml": b"<w/>"}
    refused = {
        "a bomb": _zip({**word, "word/media/a.bin": b"\0" * (201 * 1024 * 1024)}, "report.docx"),
        "macros": _zip({**word, "word/vbaProject.bin": b"x"}, "report.docx"),
        "macros, renamed": _zip({"xl/workbook.xml": b"<x/>", "xl/VBAPROJECT.BIN": b"x"}, "sums.xlsx"),
        "another kind": _zip({"content.xml": b"<x/>"}, "report.docx"),
        "a page": SimpleUploadedFile("notes.txt", b"<!-- x --><script>alert(1)</script>"),
        "a drawing": SimpleUploadedFile("figures.csv", b"<?xml version='1.0'?><svg onload='alert(1)'/>"),
        "not a PDF": SimpleUploadedFile("paper.pdf", b"MZ\x90\x00"),
    }
    for name, upload in refused.items():
        assert trouble_with(upload), name
    assert not trouble_with(_zip(word, "report.docx"))
    assert not {"svg", "html", "htm", "xml", "js", "exe", "docm", "xlsm", "zip"} & set(settings.WAGTAILDOCS_EXTENSIONS)
    assert "svg" not in settings.WAGTAILIMAGES_EXTENSIONS
    # A PDF that is a page as well: who reads it as a page would run it.
    both = b"%PDF-1.7\n<html><script>alert(document.domain)</script></html>"
    document = get_document_model().objects.create(title="Both", file=ContentFile(both, name="both.pdf"))
    client.force_login(factories.UserFactory(administrator=True))
    answer = client.get(reverse("wagtaildocs_serve", args=[document.pk, document.filename]))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "'none'" in answer["Content-Security-Policy"]
    assert client.get(f"/media/{document.file.name}").status_code == 404, "there is no way round the view"


# --- The source itself ---------------------------------------------------------------------------

# Who may open a connection, and to where.
CALLS = {"smtplib", "urllib.request", "http.client", "requests", "httpx", "aiohttp", "urllib3", "ftplib", "socket"}
MAY_CALL = {
    "digests/services/sending.py": "to the mail server of the settings",
    "digests/services/refusals.py": "the kinds of errors of that server",
    "core/outside.py": "over https to public addresses alone; whoever else calls goes through it",
    "members/sign_in_views.py": "the kinds of errors of a council’s sign-in",
    "members/sign_in_admin.py": "the same",
}


def test_nothing_fetches_what_somebody_names():
    assert settings.WAGTAILEMBEDS_FINDERS == [], "an embed would be fetched by us from wherever an editor says"
    callers = {}
    for path, text in _sources():
        for node in ast.walk(ast.parse(text)):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            if found := {name for name in names if name in CALLS}:
                callers[str(path.relative_to(ROOT))] = found
    assert set(callers) - set(MAY_CALL) == set()


def test_no_secret_stands_in_the_source():
    secret = re.compile(r"""(?:SECRET|PASSWORD|TOKEN|API_KEY|PRIVATE_KEY)\w*\s*[:=]\s*["'][^"'{}%\s]{8,}["']""")
    found = {}
    for path, text in _sources():
        hits = [hit for hit in secret.findall(text) if "django." not in hit and "_" not in hit.split("=")[-1]]
        if hits:
            found[str(path.relative_to(ROOT))] = hits
    assert found == {}


@pytest.mark.parametrize("address", ["/councils/%00/", "/a%00b/", "/%00"])
def test_no_page_has_an_address_with_a_character_that_the_database_cannot_hold(client, db, address):
    assert client.get(address).status_code == 404


def test_what_is_asked_for_and_sent_loses_that_character_and_nothing_else(client, db):
    assert 'value="liskeard"' in client.get("/places/?q=liske%00ard").content.decode()
    sent = {"login": "ada\x00@example.org", "password": "three quiet harbours"}
    assert 'value="ada@example.org"' in client.post("/account/login/", sent).content.decode()
