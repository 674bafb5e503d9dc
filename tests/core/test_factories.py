"""What the factories write in a few statements is what the services and Wagtail write, row for row."""

import itertools

import pytest
import time_machine
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

from casestudies.models import Measure
from tests import factories, pages
from tests.factories import PlaceFactory, TopicFactory, case_study, onboarded, organisation, programme

pytestmark = pytest.mark.django_db


def without_random(value):
    if isinstance(value, dict):
        return {key: without_random(one) for key, one in value.items() if key != "translation_key"}
    return [without_random(one) for one in value] if isinstance(value, list) else value


def rows():
    """Every row of every table."""
    return {
        (model._meta.label, row.pk): without_random(
            {field.attname: getattr(row, field.attname) for field in model._meta.local_concrete_fields}
        )
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        for row in model._base_manager.all()
    }


def written(make):
    """The rows that `make` writes or changes, undone afterwards; and what its answer says of itself."""
    _count_from_the_last()
    before = rows()
    point = transaction.savepoint()
    factories._numbers = itertools.count(1)
    answer = make()
    said = {field.attname: getattr(answer, field.attname) for field in answer._meta.concrete_fields}
    after = rows()
    transaction.savepoint_rollback(point)
    return {key: row for key, row in after.items() if before.get(key) != row}, without_random(said)


def _count_from_the_last():
    """PostgreSQL's counters of keys know nothing of what was undone."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
            cursor.execute(statement)


@pytest.fixture
def both(monkeypatch):
    """Make something by the factory and then the long way, at one moment; the rows, which must be the same."""
    monkeypatch.setattr(factories, "_numbers", factories._numbers)

    def compare(make, *, slowly=None):
        ours, said = written(make)
        with monkeypatch.context() as patch:
            patch.setattr(factories, "add_page", through_wagtail)
            theirs, meant = written(slowly or make)
        assert sorted(ours) == sorted(theirs)
        for key, row in theirs.items():
            assert ours[key] == row, key
        assert said == meant
        return ours

    with time_machine.travel("2026-03-02T10:00:00Z", tick=False):
        yield compare


def through_wagtail(page, *, below, live):
    below.refresh_from_db()
    pages.add_through_wagtail(page, below=below, live=live)
    if live:
        page.refresh_from_db()
    return page


FACTS = {"gss_code": "E08000007", "tier": "metropolitan", "lat": 53.4, "email_domains": ("Stockport.gov.uk", "x.org")}


@pytest.mark.parametrize("facts", [{}, FACTS])
def test_an_organisation_is_as_onboarded(both, facts):
    rows = both(lambda: organisation("Bury", **facts), slowly=lambda: onboarded("Bury", **facts))
    assert {"members.Organisation", "wagtailcore.GroupPagePermission", "core.Delivery"} <= {label for label, _ in rows}


@pytest.mark.parametrize("name", ["Bury", "Wigan"])
def test_so_is_one_beside_others(both, name):
    organisation("Trafford")
    both(lambda: organisation(name), slowly=lambda: onboarded(name))


def test_a_programme_is_as_published(both):
    both(programme)
    both(lambda: programme("A draft", live=False))


@pytest.mark.parametrize("live", [True, False])
def test_a_case_study_is_as_published(both, live):
    of, topics, places = organisation(), TopicFactory.create_batch(2), PlaceFactory.create_batch(2)
    case_study(of, title="The first")

    def full():
        figure = Measure(indicator="Empty shops", unit="%", better="lower", before=25, after=12.5)
        return case_study(of, live=live, topics=topics, places=places, tags=["Market", "empty shop"], measures=[figure])

    both(lambda: case_study(of, live=live))
    rows = both(full)
    assert len([label for label, _ in rows if label == "casestudies.CaseStudyPlace"]) == 2
    # A slug that is taken gets a number.
    both(lambda: case_study(of, live=live, title="The first"))
