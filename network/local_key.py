"""The signing key of an installation on one machine, made at its first start."""

import contextlib
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def local_secret_key(folder: Path) -> str:
    """Read the key kept in `folder`, or make it; two processes that start together agree on one.

    Raises `ImproperlyConfigured` where the folder cannot be written.
    """
    path = folder / "secret_key"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"secret_key.{os.getpid()}"
        if not path.exists():
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(64))
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{folder} cannot be written ({error.strerror}). Set VAR_DIR to a folder that can, or set SECRET_KEY."
        ) from error
