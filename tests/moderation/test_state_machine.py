"""The database refuses every move of a contribution's state that there is not, whoever asks."""

import itertools
import json

import pytest
from django.db import DatabaseError, connection, transaction

from discussion.services import add_comment
from moderation.models import MOVES, RETURNS, ContributionState
from moderation.registry import kinds
from moderation.state_machine import ensure_triggers, statements, triggers_on
from tests import factories
from tests.moderation.helpers import put, settle

pytestmark = pytest.mark.django_db


def one_of_each(case_study):
    made = {
        "comment": add_comment(page=case_study, body="Which year?", by=factories.UserFactory())[0],
        "ask": factories.ask(author=factories.UserFactory()),
        "adoption": factories.adoption(case_study, factories.organisation("Wigan")),
        "record": factories.record_entry(factories.PlaceFactory(), author=factories.UserFactory()),
    }
    assert {kind.name for kind in kinds()} == set(made), "A new kind of contribution belongs in this test."
    return made


def test_sql_makes_the_25_moves_that_there_are_and_no_other(case_study):
    for name, thing in one_of_each(case_study).items():
        table = thing._meta.db_table
        removed = [("decision", RETURNS), ("by_author", frozenset())]
        for was, to in itertools.product(ContributionState, ContributionState):
            for why, returns in removed if was == "removed" else [("new_person", frozenset())]:
                put(thing, was, [why])
                # The reasons change with it: writing the same again would be no move at all.
                refused = not try_to(table, thing.pk, to, ["changed"])
                last_removal = was == to == "removed" and why == "decision"
                allowed = to in MOVES[was] or to in returns or last_removal
                assert refused is not allowed, f"{name}: {was} ({why}) → {to}"
                if was == to:
                    put(thing, was, [why])
                    assert try_to(table, thing.pk, to, [why]), f"{name}: saving {was} again is no move"


def try_to(table, pk, state, reasons):
    statement = f"UPDATE {table} SET state = %s, state_reasons = %s WHERE id = %s"  # noqa: S608 - a table of ours
    return not refused_by_guard(statement, [str(state), json.dumps(reasons), pk])


def refused_by_guard(statement, values):
    """Whether one of our triggers refused it; other refusals are the test's own mistake."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except DatabaseError as error:
        if "illegal move" not in str(error):
            raise
        return True
    return False


def test_a_new_row_waits_or_is_public_and_was_never_taken_away(case_study):
    for name, thing in one_of_each(case_study).items():
        table = thing._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table} WHERE id = %s", [thing.pk])  # noqa: S608 - a table of ours
            columns, row = [one[0] for one in cursor.description], cursor.fetchone()
        thing.delete()
        quoted = ", ".join(connection.ops.quote_name(column) for column in columns)
        insert = f"INSERT INTO {table} ({quoted}) VALUES ({', '.join(['%s'] * len(columns))})"  # noqa: S608
        accepted = set()
        for state in ContributionState.values:
            values = [state if column == "state" else value for column, value in zip(columns, row, strict=True)]
            if not refused_by_guard(insert, values):
                accepted.add(state)
                type(thing).objects.all().delete()
        assert accepted == {"draft", "held", "published"}, name


def test_every_kind_is_guarded_and_an_old_guard_gives_way_to_the_present_one(case_study):
    tables = [kind.model._meta.db_table for kind in kinds()]
    settle()
    for table in tables:
        making = statements(connection.vendor, table)
        assert triggers_on(connection, table) == sorted(making)
        with connection.cursor() as cursor:
            suffix = "" if connection.vendor == "sqlite" else f" ON {table}"
            for what, (name, statement) in zip(("births", "moves"), sorted(making.items()), strict=True):
                cursor.execute(f"DROP TRIGGER {name}{suffix}")
                cursor.execute(statement.replace(name, f"{table}_{what}_earlier"))
    ensure_triggers(connection)
    assert [triggers_on(connection, table) for table in tables] == [
        sorted(statements(connection.vendor, table)) for table in tables
    ]
