import json

import pytest

from casestudies.importing import FileProblem, Rejection, read_rows
from casestudies.importing.readers import LONGEST_LINE
from casestudies.models import CaseStudyPage
from core.models import Event
from places.models import Place
from tests.casestudies.importing import checked, command, jsonl, neighbours, reasons, row

pytestmark = pytest.mark.django_db


def read(tmp_path, content, name="cases.jsonl"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_rows(path))


# --- The file as a whole -------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_json_lines_with_and_without_byte_order_mark_and_either_line_end(tmp_path, mark, end):
    rows = read(tmp_path, mark + end.join([b'{"title": "One"}', b"", b'{"title": "Two"}']))
    assert [(one.line, one.values) for one in rows] == [(1, {"title": "One"}), (3, {"title": "Two"})]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_with_and_without_byte_order_mark_and_either_line_end(tmp_path, mark, end):
    text = end.join(["title,topics,setup_cost", '"A market, weekly",high-streets; markets,', ""])
    [one] = read(tmp_path, mark + text.encode(), "cases.csv")
    assert one.values == {"title": "A market, weekly", "topics": ["high-streets", "markets"]}


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        ("{}\nCafé".encode("latin-1"), "cases.jsonl", "is not UTF-8 text (line 2)"),
        ("title\nCafé".encode("latin-1"), "cases.csv", "is not UTF-8 text"),
        ("title\nOne".encode("utf-16"), "cases.csv", "is not UTF-8 text"),
        (b"", "cases.csv", "The file is empty"),
        (b"title,title\n", "cases.csv", "names a column twice: title"),
        (b"", "cases.xlsx", "give a .jsonl file"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path, content, name, says):
    with pytest.raises(FileProblem) as problem:
        read(tmp_path, content, name)
    assert says in str(problem.value)


def test_a_file_that_is_not_there(tmp_path):
    message, _, _ = command(tmp_path / "nothing.jsonl")
    assert message == f"There is no file {tmp_path / 'nothing.jsonl'}."
    (tmp_path / "folder.jsonl").mkdir()
    message, _, _ = command(tmp_path / "folder.jsonl")
    assert "cannot be read" in message


# --- Lines --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "This is not JSON"),
        ("[]", "one JSON object"),
        ("5", "one JSON object"),
        ("null", "one JSON object"),
        ('{"title": "a",}', "This is not JSON"),
        ('{"setup_cost": NaN}', "NaN is not a number"),
        ('{"setup_cost": Infinity}', "Infinity is not a number"),
        ('{"setup_cost": -Infinity}', "-Infinity is not a number"),
        ('{"setup_cost": ' + "9" * 5000 + "}", "This is not JSON"),
        ('{"title": "a", "title": "b"}', "“title” is there twice"),
        ('{"measures": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
        ('{"title": "a\x00b"}', "This is not JSON"),
        ('{"title": "' + "x" * LONGEST_LINE + '"}', "longer than 2,000,000 characters"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_the_next_is_read(tmp_path, text, says):
    first, second = read(tmp_path, text + '\n{"title": "Two"}\n')
    assert (first.line, first.values) == (1, None)
    assert says in first.problem
    assert (second.line, second.values) == (2, {"title": "Two"})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title\nOne,two\n", "more cells than columns"),
        ('title,places\nOne,"[{""name"": NaN}]"\n', "places: this is not JSON: NaN"),
        ('title,places\nOne,"[{"\n', "places: this is not JSON"),
        ('title\n"One\n', "This is not CSV"),
    ],
)
def test_a_csv_row_that_cannot_be_read_is_named(tmp_path, text, says):
    [one] = read(tmp_path, text, "cases.csv")
    assert says in one.problem


def test_a_csv_cell_may_hold_lines_and_lists(tmp_path):
    cells = '"First line.\n\nSecond.",market; rent,"[{""name"": ""Sale"", ""lat"": 53.4, ""lng"": -2.3}]"'
    [one] = read(tmp_path, f"problem,tags,places\n{cells}\n", "cases.csv")
    assert one.values == {
        "problem": "First line.\n\nSecond.",
        "tags": ["market", "rent"],
        "places": [{"name": "Sale", "lat": 53.4, "lng": -2.3}],
    }


# --- Fields -------------------------------------------------------------------------------------

PLACE = {"name": "Sale", "lat": 53.4, "lng": -2.3}
MEASURE = {"indicator": "Empty shops", "unit": "%", "after": 12}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"colour": "red"}, "colour: this field is not known."),
        ({"places": [PLACE | {"postcode": "M33"}]}, "places.0.postcode: this field is not known."),
        ({"title": None}, "title: this field is required."),
        ({"title": " \x00 "}, "title: use at least 3 characters."),
        ({"title": 5}, "title: should be a valid string."),
        ({"title": "x" * 256}, "title: use at most 255 characters."),
        ({"summary": "x" * 301}, "summary: use at most 300 characters."),
        ({"problem": ["x"]}, "problem: should be a valid string."),
        ({"council": "nowhere"}, "council: there is no organisation “nowhere”. Import the councils first."),
        ({"topics": ["high-streets", "dragons"]}, "topics: there is no topic “dragons”."),
        ({"topics": "high-streets"}, "topics: should be a valid list."),
        ({"programme": "dragons"}, "programme: there is no programme “dragons”."),
        ({"outcome": "splendid"}, "outcome: should be 'worked', 'partly_worked', 'did_not_work' or 'too_early'."),
        ({"started": "soon"}, "started: write a year, like 2013, or a year and a month, like 2013-03."),
        ({"started": "2013-13"}, "started: write a year, like 2013, or a year and a month, like 2013-03."),
        ({"started": "2013-03-99"}, "started: write a year, like 2013, or a year and a month, like 2013-03."),
        ({"started": "2015", "ended": "2014", "stage": "ended"}, "ended comes before started."),
        ({"ended": "2014"}, "it has an end: give stage “ended”."),
        ({"setup_cost": -1}, "setup_cost: should be greater than or equal to 0."),
        ({"setup_cost": True}, "setup_cost: must be a number."),
        ({"yearly_cost": 10**30}, "yearly_cost: should be less than or equal to 99999999999."),
        ({"lessons": 5}, "lessons: should be a valid list."),
        ({"places": "x"}, "places: should be a valid list."),
        ({"places": [PLACE | {"lat": 5}]}, "places.0.lat: should be greater than or equal to 49."),
        ({"measures": [MEASURE | {"after": "many"}]}, "measures.0.after: should be a valid number"),
        ({"measures": [MEASURE | {"after": True}]}, "measures.0.after: must be a number."),
        ({"measures": [MEASURE | {"comparison": "before and after"}]}, "measures.0: give the figure before"),
        (
            {"measures": [MEASURE | {"before_date": "2015", "after_date": "2014-05"}]},
            "measures.0: after_date comes before before_date.",
        ),
        (
            {"measures": [{"indicator": "Empty shops", "unit": "%", "after": 3, "after_date": "2098"}]},
            "measures.0: after_date lies ahead; what you expect is a target.",
        ),
        ({"advice": 5}, "advice: should be a valid list."),
        ({"advice": [{"kind": "luck", "need": "Some"}]}, "advice.0.kind: should be 'people', 'process', 'tools'"),
        ({"source_url": "javascript:alert(1)"}, "source_url: write a whole address, beginning with http://"),
        ({"source_url": "data:text/html,x"}, "source_url: write a whole address, beginning with http://"),
        ({"sources": [{"title": "x", "url": "https://intranet/x"}]}, "sources.0.url: write a whole address"),
        ({"tags": ["x" * 101]}, "tags.0: use at most 100 characters."),
        ({"id": ["x"]}, "id: should be a valid string."),
    ],
)
def test_a_field_that_is_wrong_is_named_with_the_reason(fields, reason):
    neighbours()
    assert any(one.startswith(reason) for one in reasons(**fields)), reasons(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"summary": None, "problem": None, "measures": None, "setup_cost": None},
        {"id": 17},
        {"started": 2013},
        {"started": "2013-03-22"},
        {"council": "E08000007"},
        {"outcome": "Partly worked"},
        {"setup_cost": "1200"},
        {"lessons": "First lesson\n- Second lesson"},
        {"measures": [MEASURE]},
    ],
)
def test_what_people_write_is_accepted(fields):
    neighbours()
    assert reasons(**fields) == []


def test_an_id_may_come_once_in_a_file():
    neighbours()
    results = [result for _, result in checked(row(id="a"), row(id="b"), row(id="a"))]
    assert results[2] == Rejection(line=3, reasons=["id: “a” is on line 1 already."])


# --- The command --------------------------------------------------------------------------------


def test_one_bad_row_and_nothing_is_written(tmp_path):
    neighbours()
    path = jsonl(tmp_path, row(id="a", places=[PLACE]), row(id="b", colour="red", outcome="splendid"), row(id="c"))
    with path.open("a", encoding="utf-8") as file:
        file.write("{oh dear\n")
    before = Event.objects.count()
    message, _, errors = command(path)
    assert (
        message == "2 of 4 rows are good, 2 rejected. Nothing was written. Mend them, or repeat with --skip-rejected."
    )
    assert "cases.jsonl, line 2: colour: this field is not known." in errors
    assert "cases.jsonl, line 2: outcome: should be" in errors
    assert "cases.jsonl, line 4: This is not JSON" in errors
    assert not CaseStudyPage.objects.exists()
    assert not Place.objects.exists()
    assert Event.objects.count() == before


def test_skip_rejected_imports_the_others(tmp_path):
    neighbours()
    path = jsonl(tmp_path, row(id="a"), row(id="b", colour="red"), row(id="c"))
    message, out, _ = command(path, "--skip-rejected")
    assert message is None
    assert "2 created, 0 updated, 0 unchanged, 1 rejected." in out
    assert set(CaseStudyPage.objects.values_list("import_id", flat=True)) == {"a", "c"}


def test_check_writes_nothing(tmp_path):
    neighbours()
    path = jsonl(tmp_path, row(id="a"))
    message, out, _ = command(path, "--check")
    assert (message, out.strip()) == (None, "1 of 1 rows are good, 0 rejected. Nothing was written.")
    assert not CaseStudyPage.objects.exists()


def test_draft_publishes_nothing(tmp_path):
    neighbours()
    command(jsonl(tmp_path, row(id="a")), "--draft")
    assert list(CaseStudyPage.objects.values_list("live", flat=True)) == [False]


def test_repeating_the_command_changes_nothing(tmp_path):
    neighbours()
    path = jsonl(tmp_path, row(id="a"), row(id="b"))
    assert "2 created" in command(path)[1]
    assert "0 created, 0 updated, 2 unchanged" in command(path)[1]


def test_half_characters_and_control_characters_do_not_stop_an_import(tmp_path):
    neighbours()
    path = tmp_path / "cases.jsonl"
    text = json.dumps(row(title="A\u0000 mar\u0007ket", problem="wee\ufffekly", summary="half \ud800 of it 🙂"))
    path.write_text(text, encoding="utf-8")
    assert command(path)[0] is None
    page = CaseStudyPage.objects.get()
    assert (page.title, page.problem, page.summary) == ("A market", "<p>weekly</p>", "half  of it 🙂")


def test_the_same_from_csv(tmp_path):
    neighbours()
    path = tmp_path / "cases.csv"
    path.write_text(
        "id,title,council,problem,lessons,setup_cost,topics,places\n"
        'a,A weekly market,E08000007,"One shop in four.\n\nEmpty.","Ask first\nOpen late",1200,high-streets;markets,'
        '"[{""name"": ""Sale"", ""lat"": 53.4, ""lng"": -2.3}]"\n',
        encoding="utf-8",
    )
    assert command(path)[0] is None
    page = CaseStudyPage.objects.get()
    assert page.problem == "<p>One shop in four.</p><p>Empty.</p>"
    assert [one.lesson for one in page.lessons.all()] == ["Ask first", "Open late"]
    assert (page.setup_cost, page.topics.count(), page.case_study_places.count()) == (1200, 2, 1)
