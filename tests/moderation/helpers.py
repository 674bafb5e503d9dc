"""What the tests of this room share."""

import json
from importlib import import_module

from django.db import connection
from django.utils import timezone

from moderation.state_machine import drop_triggers, ensure_triggers


def settle():
    """PostgreSQL changes no table whose foreign keys it has yet to check."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def put(contribution, state, reasons=("new_person",)):
    """Into a state, whatever it was: the guard of the table stands aside for that moment."""
    settle()
    table = contribution._meta.db_table
    drop_triggers(connection, table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET state = %s, state_reasons = %s WHERE id = %s",  # noqa: S608 - a table of ours
            [str(state), json.dumps(list(reasons)), contribution.pk],
        )
    ensure_triggers(connection)
    contribution.refresh_from_db()


def aged(decision, by):
    """As if it had been made that long ago, for which the log's guard stands aside."""
    earlier = import_module("moderation.migrations.0002_append_only_decisions")
    when = timezone.now() - by
    settle()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER moderation_decision_no_update")
        else:
            cursor.execute("ALTER TABLE moderation_decision DISABLE TRIGGER moderation_decision_append_only")
        type(decision).objects.filter(pk=decision.pk).update(decided_at=when)
        if connection.vendor == "sqlite":
            cursor.execute(earlier.SQLITE[0])
        else:
            settle()
            cursor.execute("ALTER TABLE moderation_decision ENABLE TRIGGER moderation_decision_append_only")
    return type(decision).objects.get(pk=decision.pk)
