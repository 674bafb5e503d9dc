"""The open data as files in a directory: complete or not there at all."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from api.exports.columns import Row
from api.exports.datasets import DATASETS
from api.exports.writing import FORMATS, attribution, described, lines
from core.licence import LICENCE, LICENCE_NAME

LATEST = "latest"
KEEP = 14


def write_archive(*, directory: Path, keep: int = KEEP, on_row: Callable[[str], Any] = lambda name: None) -> Path:
    """Write every table in every format with a manifest into a new directory, and point `latest` at it.

    The files are written beside it first and named last, so a reader finds the old archive or the whole new one. Of
    those that were there, the newest `keep` stay. `on_row` hears the table's name after each row. Returns the new one.
    """
    directory.mkdir(parents=True, exist_ok=True)
    now = timezone.now()
    writing = Path(tempfile.mkdtemp(prefix=".writing-", dir=directory))
    try:
        files = [_write(writing, name, form, on_row) for name in DATASETS for form in FORMATS]
        _save(writing / "manifest.json", [json.dumps(_manifest(files, now), ensure_ascii=False, indent=1), "\n"])
        writing.chmod(0o755)
        done = directory / f"{now:%Y-%m-%dT%H%M%S%fZ}"
        writing.rename(done)
    except BaseException:
        shutil.rmtree(writing, ignore_errors=True)
        raise
    _point(directory / LATEST, done)
    for old in sorted(directory.glob("[0-9]*Z"), reverse=True)[keep:]:
        shutil.rmtree(old)
    return done


def _write(directory: Path, name: str, form: str, on_row: Callable[[str], Any]) -> dict[str, Any]:
    count = 0

    def counted(rows: Iterable[Row]) -> Iterator[Row]:
        nonlocal count
        for row in rows:
            yield row
            count += 1
            on_row(name)

    dataset = DATASETS[name]
    path = directory / f"{name}.{form}"
    digest, size = _save(path, lines(dataset, form, counted(dataset.rows())))
    return {"file": path.name, "table": name, "rows": count, "bytes": size, "sha256": digest}


def _save(path: Path, parts: Iterable[str]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for part in parts:
            encoded = part.encode()
            digest.update(encoded)
            size += file.write(encoded)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size


def _manifest(files: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
    return {
        "made": now.isoformat(),
        "licence": LICENCE,
        "licence_name": LICENCE_NAME,
        "attribution": attribution(),
        "tables": {name: described(dataset) for name, dataset in DATASETS.items()},
        "files": files,
    }


def _point(link: Path, target: Path) -> None:
    """A new link takes the place of the old in one step."""
    fresh = link.with_name(f".{link.name}-{target.name}")
    fresh.symlink_to(target.name, target_is_directory=True)
    fresh.replace(link)
