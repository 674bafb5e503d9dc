"""The text of the documents, in the full-text search of whichever database this is.

SQLite: FTS5. What everybody may find and what members may find are two tables, so that neither a match nor a
rank of the one depends on a word of the other. PostgreSQL: generated text-search vectors with GIN indexes.
"""

from django.db import migrations

SQLITE = [
    """CREATE VIRTUAL TABLE search_public USING fts5(
        title, summary, tags, context, body, tokenize = 'porter unicode61 remove_diacritics 2')""",
    """CREATE VIRTUAL TABLE search_members USING fts5(
        title, summary, tags, context, body, tokenize = 'porter unicode61 remove_diacritics 2')""",
    """CREATE VIRTUAL TABLE search_titles USING fts5(
        title, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3')""",
]
SQLITE_BACK = ["DROP TABLE search_titles", "DROP TABLE search_members", "DROP TABLE search_public"]

VECTOR = """setweight(to_tsvector('search_english', title), 'A')
         || setweight(to_tsvector('search_english', summary), 'B')
         || setweight(to_tsvector('search_english', tags || ' ' || context), 'C')
         || setweight(to_tsvector('search_english', {body}), 'D')"""
POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS unaccent",
    # Without PostgreSQL's stop words: “other”, “down” and “off” are words that people search for.
    "CREATE TEXT SEARCH DICTIONARY search_stem (TEMPLATE = snowball, Language = english)",
    "CREATE TEXT SEARCH CONFIGURATION search_english (COPY = pg_catalog.english)",
    """ALTER TEXT SEARCH CONFIGURATION search_english
       ALTER MAPPING FOR asciihword, asciiword, hword_asciipart, hword, hword_part, word WITH unaccent, search_stem""",
    "CREATE TEXT SEARCH CONFIGURATION search_plain (COPY = pg_catalog.simple)",
    """ALTER TEXT SEARCH CONFIGURATION search_plain
       ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple""",
    f"""CREATE TABLE search_text (
        document_id bigint PRIMARY KEY,
        title text NOT NULL, summary text NOT NULL, tags text NOT NULL, context text NOT NULL,
        body text NOT NULL, members_body text NOT NULL,
        public_vector tsvector GENERATED ALWAYS AS ({VECTOR.format(body="body")}) STORED,
        members_vector tsvector GENERATED ALWAYS AS ({VECTOR.format(body="members_body")}) STORED,
        title_vector tsvector GENERATED ALWAYS AS (to_tsvector('search_plain', title)) STORED)""",
    "CREATE INDEX search_text_public ON search_text USING gin (public_vector)",
    "CREATE INDEX search_text_members ON search_text USING gin (members_vector)",
    "CREATE INDEX search_text_title ON search_text USING gin (title_vector)",
]
POSTGRESQL_BACK = [
    "DROP TABLE search_text",
    "DROP TEXT SEARCH CONFIGURATION search_plain",
    "DROP TEXT SEARCH CONFIGURATION search_english",
    "DROP TEXT SEARCH DICTIONARY search_stem",
]


def _run(statements):
    def run(apps, schema_editor):
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [
        migrations.RunPython(
            _run({"sqlite": SQLITE, "postgresql": POSTGRESQL}),
            _run({"sqlite": SQLITE_BACK, "postgresql": POSTGRESQL_BACK}),
        )
    ]
