"""`search_evaluate`: what it prints, and what it says of files that are wrong."""

import json
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from search import engines
from tests.factories import case_study, organisation

pytestmark = pytest.mark.django_db

QUESTIONS = '{"id": "q1", "text": "street market"}\n{"id": "q2", "text": "library"}\n'
JUDGEMENTS = "q1\tmarket\t3\nq1\tbooks\t0\nq2\tbooks\t2\n"


@pytest.fixture
def network():
    council = organisation()
    case_study(council, title="A street market run by volunteers", import_id="market")
    case_study(council, title="Books in the village hall", import_id="books", summary="When the library closed.")
    # Found for “market” as well, and nobody's document: it was not imported.
    case_study(council, title="Another street market")


@pytest.fixture
def evaluate(tmp_path):
    def run(questions=QUESTIONS, judgements=JUDGEMENTS, *options):
        (tmp_path / "queries.jsonl").write_text(questions, encoding="utf-8")
        (tmp_path / "qrels.tsv").write_text(judgements, encoding="utf-8")
        out, err = StringIO(), StringIO()
        files = [str(tmp_path / name) for name in ("queries.jsonl", "qrels.tsv")]
        call_command("search_evaluate", *files, *options, stdout=out, stderr=err)
        (line,) = out.getvalue().splitlines()
        return json.loads(line), err.getvalue()

    return run


def test_everything_found_first_is_a_full_score(network, evaluate):
    answer, said = evaluate()
    assert {"ndcg@10": 1.0, "map": 1.0, "recall@100": 1.0, "queries": 2, "engine": "database"}.items() <= answer.items()
    assert "never imported" not in said


def test_a_search_that_finds_nothing_counts_with_nought(network, evaluate):
    answer, _ = evaluate(QUESTIONS + '{"id": "q3", "text": "zeppelin"}\n', JUDGEMENTS + "q3\tmarket\t1\n")
    assert answer["ndcg@10"] == pytest.approx(2 / 3, abs=0.001)
    assert answer["found_nothing"] == 1


def test_the_order_of_grades_is_what_ndcg_measures(network, evaluate):
    council = organisation()
    case_study(council, title="Street market, street market", summary="A street market.", import_id="repeats")
    best_first, _ = evaluate(QUESTIONS, "q1\trepeats\t3\nq1\tmarket\t1\n")
    worst_first, _ = evaluate(QUESTIONS, "q1\trepeats\t1\nq1\tmarket\t3\n")
    assert best_first["recall@100"] == worst_first["recall@100"] == 1.0
    assert best_first["ndcg@10"] > worst_first["ndcg@10"]


def test_what_waits_to_be_indexed_is_indexed_first(network, evaluate):
    assert list(engines.database().keys()) == []
    answer, _ = evaluate()
    assert answer["not_indexed"] == 0


def test_what_only_members_may_read_is_not_found_by_its_text(evaluate):
    council = organisation()
    case_study(council, title="A briefing", problem="<p>The zeppelin fell.</p>", audience="members", import_id="secret")
    answer, _ = evaluate('{"id": 1, "text": "zeppelin"}', "1\tsecret\t3")
    assert answer["recall@100"] == 0.0


def test_each_search_is_shown_on_request(network, evaluate):
    answer, _ = evaluate(QUESTIONS, JUDGEMENTS, "--per-query")
    assert answer["per_query"]["q1"] == {
        "text": "street market",
        "ndcg@10": 1.0,
        "map": 1.0,
        "recall@100": 1.0,
        "found": ["market"],
    }


def test_documents_that_are_not_there_are_counted_and_named(network, evaluate):
    case_study(organisation("Bath"), title="A draft", live=False, import_id="draft")
    answer, said = evaluate(QUESTIONS, JUDGEMENTS + "q1\tnowhere\t1\nq1\tdraft\t1\n")
    assert (answer["unknown_documents"], answer["not_indexed"], answer["documents"]) == (1, 1, 4)
    assert "never imported, and count as not found: nowhere" in said
    assert "not in the index (drafts, or run search_rebuild): draft" in said


def test_searches_without_a_judgement_are_left_out(network, evaluate):
    answer, said = evaluate(QUESTIONS, "q1\tmarket\t3\n")
    assert (answer["queries"], answer["not_judged"]) == (1, 1)
    assert "q2" in said


def test_files_from_elsewhere_are_read(network, evaluate):
    """A byte-order mark, Windows line ends, empty lines, headings, numbers as ids."""
    answer, _ = evaluate(
        '\ufeff{"id": 7, "text": "street market", "source": "x"}\r\n\r\n',
        "query-id\tcorpus-id\tscore\r\n7\tmarket\t1\r\n\r\n",
    )
    assert answer["ndcg@10"] == 1.0


@pytest.mark.parametrize(
    ("questions", "judgements", "complaint"),
    [
        ('{"id": "q1", "text": "a"}\nq2 library\n', JUDGEMENTS, "queries.jsonl, line 2: this is no JSON object"),
        ('["q1", "a"]\n', JUDGEMENTS, "queries.jsonl, line 1: give one JSON object"),
        ('{"text": "a"}\n', JUDGEMENTS, "queries.jsonl, line 1: “id” is missing"),
        ('{"id": "q1"}\n', JUDGEMENTS, "queries.jsonl, line 1: “text” is missing"),
        ('{"id": "q1", "text": "a"}\n\n{"id": "q1", "text": "b"}', JUDGEMENTS, "queries.jsonl, line 3: there is a"),
        ("\n", JUDGEMENTS, "queries.jsonl: there is no question in it"),
        (QUESTIONS, "q1\tmarket\t3\nq1 market 3\n", "qrels.tsv, line 2: give a query, a document and a grade"),
        (QUESTIONS, "q1\tmarket\t\n", "qrels.tsv, line 1: give a query, a document and a grade"),
        (QUESTIONS, "q1\tmarket\tgood\n", "qrels.tsv, line 1: the grade “good” is no whole number"),
        (QUESTIONS, "q1\tmarket\t-1\n", "qrels.tsv, line 1: the grade -1 is below 0"),
        (
            QUESTIONS,
            "q1\tmarket\t3\n\nq9\tmarket\t1\n",
            "qrels.tsv, line 3: there is no question “q9” in queries.jsonl",
        ),
        (QUESTIONS, "q1\tmarket\t3\nq1\tmarket\t2\n", "qrels.tsv, line 2: “market” has another grade for “q1” above"),
        (QUESTIONS, "", "qrels.tsv: there is no judgement in it"),
    ],
)
def test_a_file_that_is_wrong_is_named_with_its_line(evaluate, questions, judgements, complaint):
    with pytest.raises(CommandError, match=complaint.replace("(", r"\(")):
        evaluate(questions, judgements)


def test_a_file_that_is_not_text_is_named(tmp_path, evaluate):
    (tmp_path / "picture.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match=r"picture\.jsonl: this is not text"):
        call_command("search_evaluate", str(tmp_path / "picture.jsonl"), str(tmp_path / "none.tsv"))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"none\.jsonl: No such file"):
        call_command("search_evaluate", str(tmp_path / "none.jsonl"), str(tmp_path / "none.tsv"))


def test_without_elasticsearch_it_cannot_be_evaluated(evaluate):
    with pytest.raises(CommandError, match="ELASTICSEARCH_URL is empty"):
        evaluate(QUESTIONS, JUDGEMENTS, "--engine", "elasticsearch")


def test_without_its_library_it_says_what_to_install(evaluate, monkeypatch):
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    with pytest.raises(CommandError, match=r"pip install ir-measures==0\.4\.3"):
        evaluate()
