"""The moves of a contribution's state, held to in the database as well.

`BIRTHS` and `MOVES` are written into triggers on the table of every registered kind, so that no script and no forgotten
query makes a row or a move that there is not. Made sure of after every `migrate` and not in a migration: SQLite builds
a table anew for many a later change, and loses its triggers (`docs/decisions/0031-decisions-and-appeals.md`).
"""

import hashlib
from typing import Any

from moderation.models import BIRTHS, MOVES, RETURNS, ContributionState
from moderation.policy import ReasonCode

REFUSAL = "illegal move"
DECIDED = f'["{ReasonCode.DECISION.value}"]'


def _listed(states: Any) -> str:
    return ", ".join(f"'{state}'" for state in sorted(str(one) for one in states))


def legal(*, decided: str, unchanged: str) -> str:
    """The condition, in SQL, under which a row may be updated. Writing the same again is no move.

    What a moderator removed comes back only by a decision about the decision; and its author may remove it for good.
    """
    moves = [
        f"(OLD.state = '{state.value}' AND NEW.state IN ({_listed(targets)}))"
        for state, targets in ((ContributionState(one), MOVES[one]) for one in ContributionState)
        if targets
    ]
    removed = ContributionState.REMOVED.value
    returns = f"(OLD.state = '{removed}' AND {decided} AND NEW.state IN ({_listed([*RETURNS, removed])}))"
    return " OR ".join([f"({unchanged})", *moves, returns])


def statements(vendor: str, table: str) -> dict[str, str]:
    """What makes each trigger of a table, by the trigger's name, which changes with what it says."""
    born = f"NEW.state IN ({_listed(BIRTHS)})"
    if vendor == "sqlite":
        moved = legal(
            decided=f"json(OLD.state_reasons) = '{DECIDED}'",
            unchanged="NEW.state IS OLD.state AND NEW.state_reasons IS OLD.state_reasons",
        )
        then = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    else:
        moved = legal(
            decided=f"OLD.state_reasons = '{DECIDED}'::jsonb",
            unchanged="NEW.state = OLD.state AND NEW.state_reasons = OLD.state_reasons",
        )
        then = "EXECUTE FUNCTION moderation_illegal_move()"
    guards = (("births", "INSERT", born), ("moves", "UPDATE OF state, state_reasons", moved))
    return {
        (name := _name(table, what, condition)): f"""CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW
        WHEN (NOT ({condition})) {then}"""
        for what, event, condition in guards
    }


# PostgreSQL's triggers call a function.
REFUSING = f"""CREATE OR REPLACE FUNCTION moderation_illegal_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'check_violation'; END $$"""


def _name(table: str, what: str, condition: str) -> str:
    return f"{table}_{what}_{hashlib.sha256(condition.encode()).hexdigest()[:8]}"


def triggers_on(connection: Any, table: str) -> list[str]:
    """The names of the triggers of this module that stand on a table, in order."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [table])
        return sorted(name for (name,) in cursor.fetchall() if name.startswith((f"{table}_births_", f"{table}_moves_")))


def drop_triggers(connection: Any, table: str) -> None:
    with connection.cursor() as cursor:
        for name in triggers_on(connection, table):
            cursor.execute(
                f"DROP TRIGGER {name}" if connection.vendor == "sqlite" else f"DROP TRIGGER {name} ON {table}"
            )


def ensure_triggers(connection: Any) -> None:
    """Those of each table of contributions, as the code says today. Safe to repeat."""
    from moderation.registry import kinds

    for table in sorted({kind.model._meta.db_table for kind in kinds()}):
        making = statements(connection.vendor, table)
        if triggers_on(connection, table) == sorted(making):
            continue
        drop_triggers(connection, table)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(REFUSING)
            for statement in making.values():
                cursor.execute(statement)
