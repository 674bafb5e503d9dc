"""The database refuses to change who looked at whose data, and to delete it within two years."""

from typing import Any

from django.db import migrations

TABLE = "core_stafflook"

SQLITE = (
    f"""CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, 'looks are append-only'); END""",
    f"""CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE} WHEN OLD.at > datetime('now', '-730 days')
        BEGIN SELECT RAISE(ABORT, 'looks are append-only'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION core_append_only_looks() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' AND OLD.at <= now() - interval '730 days' THEN RETURN OLD; END IF;
            RAISE EXCEPTION 'looks are append-only';
        END $$""",
    f"""CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION core_append_only_looks()""",
)


def add_triggers(apps: Any, schema_editor: Any) -> None:
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop_triggers(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER {TABLE}_no_update")
        schema_editor.execute(f"DROP TRIGGER {TABLE}_no_delete")
    else:
        schema_editor.execute(f"DROP TRIGGER {TABLE}_append_only ON {TABLE}")
        schema_editor.execute("DROP FUNCTION core_append_only_looks()")


class Migration(migrations.Migration):
    dependencies = [("core", "0002_privacy")]

    operations = [migrations.RunPython(add_triggers, drop_triggers)]
