"""The mail of an installation that sends none can be read, and only there."""

import pytest
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(settings, tmp_path):
    settings.EMAIL_BACKEND = settings.OUTGOING_EMAIL_BACKEND = "core.mail.EmlFileBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    settings.PRODUCTION = False
    return tmp_path


def send(subject="3 new on empty shops", text="See http://localhost:8000/a/?b=1&c=2 <script>alert(1)</script>"):
    message = EmailMultiAlternatives(subject, text, "a@example.org", ["rhian@example.org"])
    message.attach_alternative(
        "<html><head></head><body><h1>New</h1><script>alert(2)</script></body></html>", "text/html"
    )
    message.send()


def test_an_empty_inbox_says_how_to_fill_it(files, client):
    assert "No mail yet" in client.get("/inbox/").content.decode()


def test_mail_is_listed_newest_first_and_can_be_read(files, client):
    send("First")
    send("Second <b>")
    html = client.get("/inbox/").content.decode()
    assert html.index("Second &lt;b&gt;") < html.index("First")
    newest = max(path.name for path in files.glob("*.eml"))
    html = client.get(reverse("inbox_letter", args=[newest])).content.decode()
    assert '<a class="govuk-link" href="http://localhost:8000/a/?b=1&amp;c=2">' in html
    assert "&lt;script&gt;alert(1)" in html
    assert 'sandbox="allow-top-navigation-by-user-activation"' in html


def test_the_html_part_runs_nothing(files, client):
    send()
    (name,) = (path.name for path in files.glob("*.eml"))
    answer = client.get(reverse("inbox_letter_html", args=[name]))
    assert "<h1>New</h1>" in answer.content.decode()
    assert "script-src 'none'" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["..", "%2e%2e%2fdb.sqlite3", "20261122T140000.000000-ffffffff.eml", "x.eml", "a\x00"])
def test_only_mails_can_be_read(files, client, name):
    assert client.get(f"/inbox/{name}/").status_code == 404


@pytest.mark.parametrize(
    "change", [("PRODUCTION", True), ("OUTGOING_EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")]
)
def test_it_is_not_there_in_production_or_with_a_mail_server(files, settings, client, change):
    send()
    (name,) = (path.name for path in files.glob("*.eml"))
    setattr(settings, *change)
    for address in ("/inbox/", f"/inbox/{name}/", f"/inbox/{name}/html/"):
        assert client.get(address).status_code == 404
