from django.db import migrations


def faster(apps, schema_editor):
    """What was sent is kept for a month, and to compress it took PostgreSQL longer than all the rest of noting it.

    A server that was built without lz4 stays with its own way.
    """
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'")
        if (cursor.fetchone() or [False])[0]:
            _compress(schema_editor, "lz4")


def as_before(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        _compress(schema_editor, "DEFAULT")


def _compress(schema_editor, how):
    for column in ("text", "html"):
        schema_editor.execute(f"ALTER TABLE digests_outgoingemail ALTER COLUMN {column} SET COMPRESSION {how}")


class Migration(migrations.Migration):
    dependencies = [("digests", "0014_mail_of_the_cms")]

    operations = [migrations.RunPython(faster, as_before)]
