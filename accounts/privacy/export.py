"""Download my data: all that the register of personal data knows of one person, as a zip.

A file of JSON for each kind of thing, the same as CSV where its rows are flat, and a README that says what each field
is. Made in the background, told of by mail, opened by a signed link that also needs the person to be signed in, and
erased after a week.
"""

import csv
import io
import json
import logging
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.core import signing
from django.core.files import File
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import EXPORT_KEPT, DataExport, User
from core import personal_data, post
from core.spreadsheets import cell

logger = logging.getLogger(__name__)

SALT = "accounts.data-export"
MOST_A_DAY = 3
A_DAY = timedelta(days=1)


class TooManyDownloads(Exception):
    """Asked for more often in a day than anybody needs."""


@transaction.atomic
def ask_for_export(*, person: User) -> DataExport:
    """One at a time: asking again while one is being made gives that one. Raises `TooManyDownloads`."""
    from accounts.tasks import prepare_exports

    User.objects.select_for_update().get(pk=person.pk)
    lately = DataExport.objects.filter(person=person, asked_at__gt=timezone.now() - A_DAY, failed=False)
    if waiting := lately.filter(ready_at=None).first():
        return waiting
    if lately.count() >= MOST_A_DAY:
        raise TooManyDownloads
    export = DataExport.objects.create(person=person)
    prepare_exports.delay_on_commit()
    return export


def prepare_due() -> int:
    """Make every download that was asked for; return how many. A worker that died leaves its one to the next."""
    made = 0
    for pk in DataExport.objects.filter(ready_at=None, failed=False).order_by("pk").values_list("pk", flat=True):
        made += _prepare(pk)
    return made


def _prepare(pk: int) -> bool:
    """In one transaction: two workers wait for each other, and the second finds it done."""
    with transaction.atomic():
        export = DataExport.objects.select_for_update().filter(pk=pk, ready_at=None, failed=False).first()
        if export is None:
            return False
        try:
            with transaction.atomic(), tempfile.TemporaryFile() as out, translation.override(export.person.language):
                write_archive(export.person, out)
                export.size = out.tell()
                out.seek(0)
                export.file.save(f"{export.token}.zip", File(out), save=False)
        except Exception:  # whatever room it was: the person sees that it failed, and may ask again
            logger.exception("The download %s failed.", export.pk)
            export.failed = True
            export.save(update_fields=["failed"])
            return False
        export.ready_at = timezone.now()
        export.save(update_fields=["file", "size", "ready_at"])
        post.send(
            name="data_ready",
            key=f"data:{export.pk}",
            person=export.person,
            facts={"url": settings.BASE_URL + file_path(export)},
            worthless_after=export.expires_at,
        )
    return True


def file_path(export: DataExport) -> str:
    return reverse("account_data_file", args=[signing.dumps(str(export.token), salt=SALT)])


def export_of_link(*, token: str, person: Any) -> DataExport | None:
    """The download that a link names, if it is this person's, and its week is not over."""
    try:
        named = signing.loads(token, salt=SALT, max_age=EXPORT_KEPT)
    except signing.BadSignature:
        return None
    export = DataExport.objects.filter(token=named, person=person).first()
    return export if export and export.is_ready else None


def erase_old(now: Any) -> int:
    """For the retention schedule: the files whose week is over. Their rows stay for a month, to show when it was."""
    erased = 0
    for export in DataExport.objects.filter(ready_at__lt=now - EXPORT_KEPT).exclude(file=""):
        export.file.delete(save=False)
        export.file, export.erased_at = "", now
        export.save(update_fields=["file", "erased_at"])
        erased += 1
    DataExport.objects.filter(asked_at__lt=now - 4 * EXPORT_KEPT, file="").delete()
    return erased


# --- The archive --------------------------------------------------------------------------------


def write_archive(person: User, out: BinaryIO) -> None:
    """Write the zip. Rows go straight from the database into it, so its size is no matter."""
    told = []
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for holding in personal_data.holdings():
            count, is_flat = _write_json(archive, holding, person)
            if count and is_flat:
                _write_csv(archive, holding, person)
            told.append((holding, count, is_flat))
        archive.writestr("README.md", _readme(person, told))


def _write_json(archive: ZipFile, holding: personal_data.Holding, person: User) -> tuple[int, bool]:
    count, is_flat = 0, True
    with archive.open(f"{holding.name}.json", "w") as raw:
        raw.write(b"[")
        for row in holding.rows(person):
            raw.write((",\n" if count else "\n").encode())
            raw.write(json.dumps(row, ensure_ascii=False, default=str).encode())
            count += 1
            is_flat = is_flat and not any(isinstance(value, list | dict) for value in row.values())
        raw.write(b"\n]\n")
    return count, is_flat


def _write_csv(archive: ZipFile, holding: personal_data.Holding, person: User) -> None:
    with archive.open(f"{holding.name}.csv", "w") as raw, io.TextIOWrapper(raw, encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(list(holding.fields))
        for row in holding.rows(person):
            writer.writerow(["" if row[name] is None else cell(row[name]) for name in holding.fields])


def _readme(person: User, told: list[tuple[personal_data.Holding, int, bool]]) -> str:
    return "\n".join(_readme_lines(person, told))


def _readme_lines(person: User, told: list[tuple[personal_data.Holding, int, bool]]) -> Iterator[str]:
    yield "# " + _("What Connected Localism holds about you")
    yield ""
    yield _("Account: %(who)s. Made on %(when)s.") % {"who": person.email, "when": timezone.now().isoformat()}
    yield ""
    yield _(
        "Each kind of thing is a file of JSON: a list with an object for each row. Where the rows are flat there is "
        "the same as CSV, for a spreadsheet. Times are ISO 8601, in UTC. A value of null means that there is none. A "
        "file with an empty list means that we hold nothing of that kind."
    )
    yield ""
    yield _("Passwords and the secrets of your second steps are in no file: nobody can read them, we included.")
    yield ""
    yield _(
        "From notes of our staff we take out who else is in them: names, addresses, telephone numbers. What other "
        "people reported, in their own words, is left out, because it would say who they are; so is what would hinder "
        "the investigation of a crime, and nothing here says whether there is any. If you miss something, ask us: then "
        "a person looks at it."
    )
    for holding, count, is_flat in told:
        yield ""
        yield f"## {holding.name}.json" + (f", {holding.name}.csv" if count and is_flat else "")
        yield ""
        yield f"{holding.what}. " + _("Rows: %(n)s.") % {"n": count}
        yield ""
        for name, words in holding.fields.items():
            yield f"- `{name}`: {words}"
