"""Texts by field, and Welsh ones by their headwords beside them.

What is there is copied as it is, so that searches answer meanwhile; the documents' `make` says that they are of an
older make, and within a minute a worker writes them all anew (`search.tasks.ensure_index`).

SQLite: FTS5. What everybody may find and what members may find stay two tables. PostgreSQL: the vectors are kept
uncompressed, because ranking reads them whole.
"""

from django.db import migrations

FIELDS = "title, summary, problem, lessons, tags, context, body"
TOKENIZE = "tokenize = 'porter unicode61 remove_diacritics 2'"
TABLES = ("search_public", "search_members")
COPY = """INSERT INTO {table} (rowid, title, summary, problem, lessons, tags, context, body)
          SELECT rowid, title, summary, '', '', tags, context, body FROM {table}_older"""
COPY_BACK = """INSERT INTO {table} (rowid, title, summary, tags, context, body)
               SELECT rowid, title, summary, tags, context, problem || ' ' || lessons || ' ' || body
               FROM {table}_newer"""
SQLITE = [
    statement
    for table in TABLES
    for statement in (
        f"ALTER TABLE {table} RENAME TO {table}_older",
        f"CREATE VIRTUAL TABLE {table} USING fts5({FIELDS}, {TOKENIZE})",
        COPY.format(table=table),
        f"DROP TABLE {table}_older",
        f"CREATE VIRTUAL TABLE {table}_welsh USING fts5(title, summary, body, {TOKENIZE})",
    )
]
SQLITE_BACK = [
    statement
    for table in TABLES
    for statement in (
        f"DROP TABLE {table}_welsh",
        f"ALTER TABLE {table} RENAME TO {table}_newer",
        f"CREATE VIRTUAL TABLE {table} USING fts5(title, summary, tags, context, body, {TOKENIZE})",
        COPY_BACK.format(table=table),
        f"DROP TABLE {table}_newer",
    )
]


def vector(*, members):
    """Weights A to D, as `search.engines.sql.postgresql` reads them."""

    def both(field):
        return f"{field} || ' ' || members_{field}" if members else field

    def part(text, weight):
        return f"setweight(to_tsvector('search_english', {text}), '{weight}')"

    parts = [
        part("title", "A"),
        part("summary || ' ' || tags", "B"),
        part(f"context || ' ' || {both('problem')} || ' ' || {both('lessons')}", "C"),
        part(both("body"), "D"),
    ]
    return " || ".join(parts)


def welsh_vector(*, members):
    body = "welsh_body || ' ' || members_welsh_body" if members else "welsh_body"
    parts = [("welsh_title", "A"), ("welsh_summary", "B"), (body, "D")]
    return " || ".join(f"setweight(to_tsvector('search_plain', {text}), '{weight}')" for text, weight in parts)


TEXTS = (
    "title",
    "summary",
    "problem",
    "lessons",
    "tags",
    "context",
    "body",
    "members_problem",
    "members_lessons",
    "members_body",
    "welsh_title",
    "welsh_summary",
    "welsh_body",
    "members_welsh_body",
)
VECTORS = {
    "public_vector": vector(members=False),
    "members_vector": vector(members=True),
    "welsh_vector": welsh_vector(members=False),
    "members_welsh_vector": welsh_vector(members=True),
    "title_vector": "to_tsvector('search_plain', title)",
}
POSTGRESQL = [
    "ALTER TABLE search_text RENAME TO search_text_older",
    "ALTER TABLE search_text_older RENAME CONSTRAINT search_text_pkey TO search_text_older_pkey",
    "DROP INDEX search_text_public, search_text_members, search_text_title",
    "CREATE TABLE search_text (document_id bigint PRIMARY KEY, "
    + ", ".join(f"{name} text NOT NULL DEFAULT ''" for name in TEXTS)
    + ", "
    + ", ".join(f"{name} tsvector GENERATED ALWAYS AS ({made}) STORED" for name, made in VECTORS.items())
    + ")",
    *(f"ALTER TABLE search_text ALTER COLUMN {name} SET STORAGE EXTERNAL" for name in VECTORS),
    """INSERT INTO search_text (document_id, title, summary, tags, context, body, members_body)
       SELECT document_id, title, summary, tags, context, body, substr(members_body, length(body) + 1)
       FROM search_text_older""",
    "DROP TABLE search_text_older",
    *(f"CREATE INDEX search_text_{name} ON search_text USING gin ({name})" for name in VECTORS),
]
OLD_VECTOR = """setweight(to_tsvector('search_english', title), 'A')
             || setweight(to_tsvector('search_english', summary), 'B')
             || setweight(to_tsvector('search_english', tags || ' ' || context), 'C')
             || setweight(to_tsvector('search_english', {body}), 'D')"""
POSTGRESQL_BACK = [
    "ALTER TABLE search_text RENAME TO search_text_newer",
    "ALTER TABLE search_text_newer RENAME CONSTRAINT search_text_pkey TO search_text_newer_pkey",
    f"""CREATE TABLE search_text (
        document_id bigint PRIMARY KEY,
        title text NOT NULL, summary text NOT NULL, tags text NOT NULL, context text NOT NULL,
        body text NOT NULL, members_body text NOT NULL,
        public_vector tsvector GENERATED ALWAYS AS ({OLD_VECTOR.format(body="body")}) STORED,
        members_vector tsvector GENERATED ALWAYS AS ({OLD_VECTOR.format(body="members_body")}) STORED,
        title_vector tsvector GENERATED ALWAYS AS (to_tsvector('search_plain', title)) STORED)""",
    """INSERT INTO search_text (document_id, title, summary, tags, context, body, members_body)
       SELECT document_id, title, summary, tags, context, concat_ws(' ', problem, lessons, body),
       concat_ws(' ', problem, lessons, body, members_problem, members_lessons, members_body)
       FROM search_text_newer""",
    "DROP TABLE search_text_newer",
    "CREATE INDEX search_text_public ON search_text USING gin (public_vector)",
    "CREATE INDEX search_text_members ON search_text USING gin (members_vector)",
    "CREATE INDEX search_text_title ON search_text USING gin (title_vector)",
]


def _run(statements):
    def run(apps, schema_editor):
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("search", "0006_points_words_and_make")]

    operations = [
        migrations.RunPython(
            _run({"sqlite": SQLITE, "postgresql": POSTGRESQL}),
            _run({"sqlite": SQLITE_BACK, "postgresql": POSTGRESQL_BACK}),
        )
    ]
