"""Open data: whole tables of what is public, and nothing else."""

import csv
import hashlib
import io
import json

import pytest
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.exports import DATASETS, case_studies, csv_lines, shared
from api.tasks import write_nightly_archive
from casestudies.models import Indicator
from tests import factories

pytestmark = pytest.mark.django_db
FILES = [(name, form) for name in DATASETS for form in ("csv", "json")]
MEASURE = {"unit": "%", "better": "lower", "before": 25, "after": 12.5, "before_date": "2018", "after_date": "2020"}


def fetch(client, path, **headers):
    response = client.get(path, headers=headers)
    assert response.status_code == 200, path
    return response, b"".join(response) if response.streaming else response.content


def table(client, name):
    _, body = fetch(client, f"/data/{name}.csv")
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


def items(client, name):
    return json.loads(fetch(client, f"/data/{name}.json")[1])["items"]


@pytest.fixture
def stockport():
    return factories.organisation("Stockport", gss_code="E08000007")


def test_a_reader_gets_every_public_case_study_measure_and_adoption(client, stockport):
    bury = factories.organisation("Bury")
    page = factories.case_study(
        stockport, topics=[factories.TopicFactory(slug="shops")], tags=["market"], setup_cost=1200
    )
    agreed = Indicator.objects.create(name="Vacant shops", unit="%", better="lower", state="agreed")
    page.measures.create(indicator="Empty shops", standard=agreed, target=10, **MEASURE)
    page.save()
    place = factories.PlaceFactory(name="Radcliffe")
    adoption = factories.adoption(page, bury, outcome="did_not_work", reasons=["money", "people"], place=place)
    adoption.measures.create(indicator="Empty shops", **{**MEASURE, "after": 30})

    [row] = table(client, "case-studies")
    assert (row["title"], row["organisation"], row["gss_code"]) == (page.title, "Stockport Council", "E08000007")
    assert (row["topics"], row["tags"], row["setup_cost"], row["measures"]) == ("shops", "market", "1200", "1")
    own, theirs = table(client, "measures")
    assert (own["measured_by"], own["agreed_indicator"], own["difference"]) == (
        "Stockport Council",
        "Vacant shops",
        "-12.5",
    )
    assert (own["difference_unit"], own["relative_change_percent"]) == ("percentage points", "-50.0")
    assert (own["improved"], own["target_result"]) == ("true", "partly")
    assert own["in_words"] == "down from 25% to 12.5% (−12.5 percentage points)"
    assert (theirs["measured_by"], theirs["adoption_id"], theirs["improved"]) == (
        "Bury Council",
        str(adoption.pk),
        "false",
    )
    [row] = items(client, "adoptions")
    assert (row["organisation"], row["origin"], row["place"]) == ("Bury Council", "Stockport Council", "Radcliffe")
    assert (row["reasons"], row["counted"], row["is_demonstration"]) == (["money", "people"], True, False)


def test_a_reader_gets_every_ask_that_can_be_read_and_what_came_of_it(client, stockport):
    page = factories.case_study(stockport)
    asker = factories.member(stockport, name="Pat Private", email="pat@example.org")
    place = factories.PlaceFactory(name="Radcliffe")
    ask = factories.ask(
        author=asker,
        organisation=stockport,
        place=place,
        topics=[factories.TopicFactory(slug="shops")],
        case_study=page,
    )
    factories.answer(ask, factories.UserFactory())
    factories.answer(ask, factories.UserFactory(), state="held")
    members_only = factories.case_study(stockport, audience="members")
    made_up = factories.ask(author=factories.UserFactory(is_demonstration=True), case_study=members_only)
    for state in ("held", "hidden", "draft"):
        factories.ask(author=asker, state=state)
    first, second = items(client, "asks")
    assert (first["id"], first["topics"], first["place"], first["gss_code"]) == (
        ask.pk, ["shops"], "Radcliffe", "E08000007"
    )  # fmt: skip
    assert (first["answers"], first["settled"], first["case_study_id"]) == (1, False, page.pk)
    assert (first["is_demonstration"], first["url"]) == (False, f"http://localhost:8000{ask.get_absolute_url()}")
    assert (second["id"], second["case_study_id"], second["is_demonstration"]) == (made_up.pk, None, True)
    assert b"Private" not in fetch(client, "/data/asks.csv")[1]


def test_nothing_that_is_not_public_is_in_any_file(client, stockport):
    """Not for a member either: the files are the same for everybody, and caches keep them."""
    bury, leeds = factories.organisation("Bury"), factories.organisation("Leeds")
    public = factories.case_study(stockport, title="Open to all")
    members = factories.case_study(stockport, audience="members", title="secret-title", summary="secret-summary")
    withdrawn = factories.case_study(stockport, title="secret-withdrawn")
    draft = factories.case_study(stockport, live=False, title="secret-draft")
    for page in (members, withdrawn, draft):
        page.measures.create(indicator="secret-indicator", **MEASURE)
        page.save()
        factories.adoption(page, bury, words="secret-words").measures.create(indicator="secret-adopted", **MEASURE)
    withdrawn.unpublish()
    own = factories.case_study(leeds, audience="members", title="secret-own")
    factories.adoption(public, bury, state="held", words="secret-held").measures.create(
        indicator="secret-held", **MEASURE
    )
    shown = factories.adoption(public, leeds, words="We did it too.", own_case_study=own)
    factories.ask(author=factories.UserFactory(), state="held", title="secret-ask that waits", body="secret-problem")
    client.force_login(factories.member(stockport, "author"))
    for name, form in FILES:
        response, body = fetch(client, f"/data/{name}.{form}")
        assert "secret" not in body.decode(), name
        assert str(own.pk) not in {row.get("own_case_study_id") for row in table(client, "adoptions")}
        assert not response.cookies
        assert response["Cache-Control"] == "public, max-age=300"
    assert [row["id"] for row in items(client, "adoptions")] == [shown.pk]


def test_no_persons_name_or_address_is_in_any_file(client, stockport):
    person = factories.UserFactory(name="Pat Secret", email="pat.secret@example.org")
    page = factories.case_study(stockport, contact_name="Kim Secret", contact_email="kim.secret@example.org")
    factories.adoption(page, factories.organisation("Bury"), author=person)
    for name, form in FILES:
        assert "secret" not in fetch(client, f"/data/{name}.{form}")[1].decode().lower(), name


def test_demonstration_rows_are_marked_and_not_counted(client, stockport):
    invented = factories.organisation("Exampleford", is_demonstration=True)
    example = factories.case_study(invented)
    example.measures.create(indicator="Made up", **MEASURE)
    example.save()
    page = factories.case_study(stockport)
    factories.adoption(page, invented, outcome="worked")
    factories.adoption(example, stockport, outcome="worked", author=factories.UserFactory())
    marks = {row["title"]: row["is_demonstration"] for row in table(client, "case-studies")}
    assert marks == {example.title: "true", page.title: "false"}
    assert {row["is_demonstration"] for row in table(client, "measures")} == {"true"}
    assert {(row["is_demonstration"], row["counted"]) for row in table(client, "adoptions")} == {("true", "false")}


def test_what_people_wrote_is_never_a_formula_in_a_spreadsheet(client, stockport):
    page = factories.case_study(stockport, title='=HYPERLINK("https://evil.example","Click")')
    page.measures.create(
        indicator="@SUM(A1)", unit="+1", better="lower", before=-4, after=-9, note="\tx", sample="＝1+1"
    )
    page.save()
    [row] = table(client, "measures")
    assert row["case_study_title"].startswith("'=")
    assert (row["indicator"], row["unit"], row["sample"]) == ("'@SUM(A1)", "'+1", "'＝1+1")
    assert (row["before"], row["after"], row["difference"]) == ("-4.0", "-9.0", "-5.0")
    assert items(client, "measures")[0]["indicator"] == "@SUM(A1)"


def test_excel_reads_the_pound_sign(client, stockport):
    page = factories.case_study(stockport)
    page.measures.create(indicator="Cost", unit="£", better="lower", before=4, after=9)
    page.save()
    body = fetch(client, "/data/measures.csv")[1]
    assert body.startswith(b"\xef\xbb\xbf")
    assert "£4" in body.decode("utf-8-sig")


def test_files_say_their_terms_and_what_their_columns_mean(client, stockport):
    for name, dataset in DATASETS.items():
        response, body = fetch(client, f"/data/{name}.json")
        found = json.loads(body)
        assert "open-government-licence/version/3" in found["licence"]
        assert 'rel="license"' in response["Link"]
        assert list(found["columns"]) == list(dataset.columns)
        header = fetch(client, f"/data/{name}.csv")[1].decode("utf-8-sig").splitlines()[0]
        assert header.split(",") == list(dataset.columns)


def test_a_file_is_sent_again_only_when_something_has_happened(client, stockport):
    factories.case_study(stockport)
    first, _ = fetch(client, "/data/case-studies.csv")
    again = client.get("/data/case-studies.csv", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert client.get("/data/case-studies.json", headers={"If-None-Match": first["ETag"]}).status_code == 200
    factories.case_study(stockport)
    later = client.get("/data/case-studies.csv", headers={"If-None-Match": first["ETag"]})
    assert later.status_code == 200


@pytest.mark.parametrize(
    "path", ["/data/people.csv", "/data/measures.xlsx", "/data/measures/", "/data/../measures.csv"]
)
def test_there_are_no_other_files(client, path):
    assert client.get(path).status_code == 404


def _queries(client, name):
    with CaptureQueriesContext(connection) as queries:
        fetch(client, f"/data/{name}.csv")
    return len(queries)


def test_a_batch_costs_the_same_queries_whatever_is_in_it(client, stockport, monkeypatch):
    def add(n):
        for _ in range(n):
            page = factories.case_study(
                stockport, topics=[factories.TopicFactory()], places=[factories.PlaceFactory()], tags=[f"t{n}"]
            )
            page.measures.create(indicator="Empty shops", **MEASURE)
            page.save()
            factories.adoption(page, factories.organisation(f"Town {page.pk}")).measures.create(
                indicator="Empty shops", **MEASURE
            )

            factories.ask(topics=[factories.TopicFactory()], organisation=stockport, case_study=page)

    add(1)
    for name in DATASETS:
        fetch(client, f"/data/{name}.csv")  # what is asked once in a process has been asked
    few = {name: _queries(client, name) for name in DATASETS}
    add(4)
    assert {name: _queries(client, name) for name in DATASETS} == few
    assert max(few.values()) <= 12
    monkeypatch.setattr(shared, "BATCH", 2)
    assert len(table(client, "case-studies")) == 5
    assert [row["id"][0] for row in table(client, "measures")] == ["m"] * 5 + ["a"] * 5


def test_lines_are_written_as_they_are_read():
    """A file of any length needs the memory of one batch."""
    taken = []

    def rows():
        for number in range(1000):
            taken.append(number)
            yield {"a": number}

    lines = csv_lines({"a": "A number"}, rows())
    next(lines)
    next(lines)
    assert len(taken) == 1


# --- The page that explains it -----------------------------------------------------------------------


def test_the_page_begins_with_the_number_that_matters(client, stockport):
    page = factories.case_study(stockport)
    factories.adoption(page, factories.organisation("Bury"), outcome="worked")
    factories.adoption(page, factories.organisation("Leeds"), outcome="did_not_work")
    factories.adoption(page, factories.organisation("Hull"), outcome="too_early")
    response = client.get("/data/")
    soup = BeautifulSoup(response.content, "html.parser")
    assert "2 adoptions with a known outcome" in " ".join(soup.find(class_="cl-stat").get_text(" ").split())
    counts = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in soup.table.tbody.find_all("tr")]
    assert counts == [["Worked", "1"], ["Partly worked", "0"], ["Did not work", "1"]]
    links = {link["href"] for link in soup.main.find_all("a")}
    assert {f"/data/{name}.{form}" for name, form in FILES} <= links
    assert soup.main.find("a", rel="license")
    assert not response.cookies
    assert response["Cache-Control"].startswith("public")
    assert client.get("/data/", headers={"If-None-Match": response["ETag"]}).status_code == 304
    assert soup.footer.find("a", href="/data/"), "every page leads there"


# --- The figures of one page -------------------------------------------------------------------------


def test_the_figures_of_a_page_can_be_taken_along(client, stockport):
    page, other = factories.case_study(stockport), factories.case_study(stockport)
    for one in (page, other):
        one.measures.create(indicator=f"Shops of {one.pk}", **MEASURE)
        one.save()
        one.save_revision().publish()
    factories.adoption(page, factories.organisation("Bury")).measures.create(indicator="Theirs", **MEASURE)
    factories.adoption(page, factories.organisation("Hull"), state="held").measures.create(indicator="Held", **MEASURE)
    soup = BeautifulSoup(client.get(page.url).content, "html.parser")
    address = soup.find(id="results").find("a", download=True)["href"]
    response, body = fetch(client, address)
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert [row["indicator"] for row in rows] == [f"Shops of {page.pk}", "Theirs"]
    assert response["Content-Disposition"].startswith('attachment; filename="measures-case-study')
    assert response["Cache-Control"].startswith("public")


def test_members_figures_are_for_those_who_may_read_the_page(client, stockport):
    page = factories.case_study(stockport, audience="members")
    page.measures.create(indicator="secret", **MEASURE)
    page.save()
    address = f"/data/case-studies/{page.pk}/measures.csv"
    assert client.get(address).status_code == 404
    client.force_login(factories.UserFactory())
    assert client.get(address).status_code == 404
    client.force_login(factories.member(stockport))
    response, body = fetch(client, address)
    assert b"secret" in body
    assert response["Cache-Control"] == "private, no-store"
    page.unpublish()
    assert client.get(address).status_code == 404


# --- The nightly archive -----------------------------------------------------------------------------


def test_the_archive_is_whole_and_says_what_is_in_it(stockport, tmp_path, settings):
    page = factories.case_study(stockport)
    page.measures.create(indicator="Empty shops", **MEASURE)
    page.save()
    out = io.StringIO()
    call_command("export_data", tmp_path, stdout=out)
    latest = tmp_path / "latest"
    manifest = json.loads((latest / "manifest.json").read_text())
    assert {one["file"] for one in manifest["files"]} == {f"{name}.{form}" for name, form in FILES}
    for one in manifest["files"]:
        assert hashlib.sha256((latest / one["file"]).read_bytes()).hexdigest() == one["sha256"]
    assert {one["rows"] for one in manifest["files"] if one["table"] == "measures"} == {1}
    assert "open-government-licence" in manifest["licence"]
    assert manifest["tables"]["measures"]["columns"]["after"] == "The figure after."
    assert "4 rows in" in out.getvalue()

    settings.EXPORT_DIR = str(tmp_path)
    call_command("export_data", keep=1, stdout=io.StringIO())
    assert len(list(tmp_path.glob("20*"))) == 1
    assert latest.resolve().is_dir()


def test_an_archive_that_fails_leaves_the_old_one(stockport, tmp_path, monkeypatch):
    call_command("export_data", tmp_path, stdout=io.StringIO())
    before = (tmp_path / "latest").resolve()
    factories.case_study(stockport)

    def broken(pages):
        raise RuntimeError("in the middle")

    monkeypatch.setattr(case_studies, "_case_studies", broken)
    with pytest.raises(RuntimeError):
        call_command("export_data", tmp_path, stdout=io.StringIO())
    assert (tmp_path / "latest").resolve() == before
    assert {one.name for one in tmp_path.iterdir()} == {before.name, "latest"}


def test_an_archive_needs_a_directory(settings, tmp_path):
    settings.EXPORT_DIR = ""
    with pytest.raises(CommandError, match="EXPORT_DIR"):
        call_command("export_data")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CommandError, match="Nothing was written"):
        call_command("export_data", tmp_path / "file")


def test_every_night_writes_an_archive_where_the_operator_wants_one(settings, tmp_path):
    settings.EXPORT_DIR = ""
    write_nightly_archive()
    settings.EXPORT_DIR = str(tmp_path / "archive")
    write_nightly_archive()
    assert (tmp_path / "archive" / "latest" / "manifest.json").is_file()
