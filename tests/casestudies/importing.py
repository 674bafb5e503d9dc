"""What the import's tests share: rows, files, and the organisations that rows name."""

import json
from io import StringIO

from django.core.management import CommandError, call_command

from casestudies.importing import Known, RawRow, Rejection, import_case_studies, validate
from tests.factories import TopicFactory, organisation


def row(**fields):
    return {"id": "one", "title": "A market in an empty shop", "council": "stockport", **fields}


def neighbours():
    of = organisation("Stockport", gss_code="E08000007")
    TopicFactory(slug="high-streets")
    TopicFactory(slug="markets")
    return of


def checked(*rows):
    """The rows as the importer reads them: (line, row or rejection)."""
    return list(validate([RawRow(line=n, values=one) for n, one in enumerate(rows, 1)], known=Known()))


def reasons(**fields):
    """Why this row is rejected; an empty list when it is accepted."""
    _, result = checked(row(**fields))[0]
    return result.reasons if isinstance(result, Rejection) else []


def bring_in(*rows, **options):
    return import_case_studies(checked(*rows), known=Known(), **options)


def jsonl(tmp_path, *rows, name="cases.jsonl"):
    path = tmp_path / name
    path.write_text("\n".join(json.dumps(one) for one in rows) + "\n", encoding="utf-8")
    return path


def command(path, *options):
    """Run the command; return (its exit message or None, output, errors)."""
    out, err = StringIO(), StringIO()
    try:
        call_command("import_case_studies", str(path), *options, stdout=out, stderr=err)
    except CommandError as error:
        return str(error), out.getvalue(), err.getvalue()
    return None, out.getvalue(), err.getvalue()
