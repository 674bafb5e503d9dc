"""PostgreSQL: the vectors that words are weighed by stay in the row."""

from django.db import migrations


def at_hand(apps, schema_editor):
    """A long value is cut up, compressed and kept elsewhere, and to weigh a frequent word by `ts_rank` is to fetch
    thousands of them. In the row, in a compression that is quick to undo, that takes a third of the time.

    A server that was built without lz4 keeps its own compression. Rows that are there already stay as they are until
    they are written again; `search_rebuild` does.
    """
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'")
        quick = (cursor.fetchone() or [False])[0]
    _keep(schema_editor, "MAIN", "lz4" if quick else "DEFAULT")


def elsewhere(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        _keep(schema_editor, "EXTENDED", "DEFAULT")


def _keep(schema_editor, where, compressed):
    for column in ("public_vector", "members_vector"):
        schema_editor.execute(f"ALTER TABLE search_text ALTER COLUMN {column} SET STORAGE {where}")
        schema_editor.execute(f"ALTER TABLE search_text ALTER COLUMN {column} SET COMPRESSION {compressed}")


class Migration(migrations.Migration):
    dependencies = [("search", "0010_followed_asks")]

    operations = [migrations.RunPython(at_hand, elsewhere)]
