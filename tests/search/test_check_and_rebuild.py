"""`search_rebuild`, `search_check` and the nightly comparison."""

import gc
import io
from contextlib import nullcontext

import pytest
from django.core.management import CommandError, call_command

from search import checking, engines, indexing, tasks
from search.engines.base import IndexingFailed
from search.models import IndexedDocument, RemovedDocument
from tests.factories import case_study, organisation
from tests.search.documents import NOW, document, found

pytestmark = pytest.mark.django_db


@pytest.fixture
def engine():
    return engines.database()


@pytest.fixture
def pages():
    council = organisation("Stockport")
    return [case_study(council, title=f"Market {number}") for number in range(3)]


def said(command, **options):
    out = io.StringIO()
    call_command(command, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def spoil(engine, pages):
    """One missing, one stale, one extra."""
    indexing.rebuild(engine)
    version = indexing.read_version()
    engine.remove([f"case_study:{pages[0].pk}"], version=version)
    type(pages[1]).objects.filter(pk=pages[1].pk).update(title="Market renamed")
    engine.index([document(987_654, "Market that nobody has")], version=version)


def test_rebuild_fills_and_says_how_many(engine, pages):
    assert "database: 4 documents." in said("search_rebuild")
    assert len(found(engine, "market")) == 3
    assert "database: 4 documents." in said("search_rebuild"), "and may be repeated"


def test_rebuild_drops_what_is_no_longer_there(engine, pages):
    indexing.rebuild(engine)
    engine.index([document(987_654, "Market that nobody has")], version=NOW)
    indexing.rebuild(engine)
    assert 987_654 not in found(engine, "market")


@pytest.mark.parametrize("fails", [False, True])
def test_rubbish_is_looked_for_as_before_after_a_rebuild(engine, pages, monkeypatch, fails):
    def during(self, documents, *, version):
        assert not gc.isenabled()
        if fails:
            raise IndexingFailed("no")

    monkeypatch.setattr(type(engine), "index", during)
    with pytest.raises(IndexingFailed) if fails else nullcontext():
        indexing.rebuild(engine)
    assert gc.isenabled()


def test_check_names_what_differs_and_repairs_it(engine, pages):
    spoil(engine, pages)
    with pytest.raises(CommandError, match="differs"):
        said("search_check")
    report = said("search_check", repair=True)
    assert "1 missing, 1 stale, 1 extra" in report
    assert f"missing: case_study:{pages[0].pk}" in report
    assert "extra: case_study:987654" in report
    assert "0 missing, 0 stale, 0 extra" in said("search_check")
    assert set(found(engine, "market")) == {page.pk for page in pages}
    assert found(engine, "renamed") == [pages[1].pk]


def test_nightly_check_repairs(engine, pages):
    spoil(engine, pages)
    tasks.check_index()
    assert not checking.compare(engine)


def test_nightly_check_makes_lost_texts_anew(engine, pages):
    indexing.rebuild(engine)
    engine._dialect.erase(list(IndexedDocument.objects.values_list("pk", flat=True)))
    assert found(engine, "market") == []
    tasks.check_index()
    assert len(found(engine, "market")) == 3


def test_removals_are_remembered_for_a_day(engine, pages):
    indexing.rebuild(engine)
    engine.remove([f"case_study:{pages[0].pk}"], version=indexing.read_version())
    tasks.check_index()
    assert not RemovedDocument.objects.exists(), "it was repaired, so it is no longer removed"
    engine.remove(["case_study:987654"], version=indexing.read_version())
    engine.clean_up()
    assert RemovedDocument.objects.count() == 1
    RemovedDocument.objects.update(removed_at="2020-01-01T00:00:00Z")
    engine.clean_up()
    assert not RemovedDocument.objects.exists()


def test_a_check_costs_the_same_queries_a_batch(engine, django_assert_max_num_queries):
    council = organisation("Stockport")
    for number in range(12):
        case_study(council, title=f"Market {number}")
    indexing.rebuild(engine)
    with django_assert_max_num_queries(28):
        assert not checking.compare(engine)


def test_there_is_no_elasticsearch_to_rebuild_without_its_address(settings):
    settings.ELASTICSEARCH_URL = ""
    with pytest.raises(CommandError, match="ELASTICSEARCH_URL is empty"):
        said("search_rebuild", engine="elasticsearch")
