"""`prepare`: all that must be done before the embedded site starts; quick the second time."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = (
        "Migrate, load the demonstration content once (in demonstration mode) and the first synonyms, rate what was "
        "never rated and collect changed static files."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("Bringing the database up to date …")
        call_command("migrate", verbosity=0, interactive=False)
        if settings.DEMO:
            call_command("load_demo", once=True, stdout=self.stdout)
        call_command("load_synonyms", stdout=self.stdout)
        call_command("rate_evidence", unrated=True, stdout=self.stdout)
        self._collect_static()

    def _collect_static(self) -> None:
        """Only when a file of ours or a package changed: hashing and compressing Wagtail's takes a while."""
        stamp = settings.STATIC_ROOT / ".collected"
        wanted = self._fingerprint()
        if stamp.exists() and stamp.read_text() == wanted:
            return
        self.stdout.write("Collecting static files (once) …")
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(wanted)

    def _fingerprint(self) -> str:
        digest = hashlib.sha256((settings.BASE_DIR / "requirements" / "base.txt").read_bytes())
        for folder in settings.STATICFILES_DIRS:
            for path in sorted(Path(folder).rglob("*")):
                if path.is_file():
                    digest.update(f"{path.relative_to(folder)} {path.stat().st_size} ".encode())
                    digest.update(path.read_bytes())
        return digest.hexdigest()
