"""`read_bounces`: what mail servers and providers report about our mail, from a pipe or a folder."""

import logging
import mailbox
import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from digests import services
from digests.bounces.reading import LARGEST
from digests.errors import NotYet

logger = logging.getLogger(__name__)
# By which a mail server knows that it should try again later (sysexits.h, EX_TEMPFAIL).
TRY_AGAIN = 75


class Command(BaseCommand):
    help = (
        "Read one delivery report or complaint from standard input, as a mail server's pipe gives it, or all that are "
        "new in a Maildir. Whatever a message holds, this ends well: a failure would make the server report the report."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--maildir", type=Path, help="Read the new messages of this folder and mark them as seen.")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["maildir"]
        if folder is not None and not (folder / "new").is_dir():
            raise CommandError(f"{folder} is not a Maildir: it has no folder “new”.")
        try:
            done = self._folder(folder) if folder else Counter([self._take(sys.stdin.buffer.read(LARGEST))])
        except OperationalError as error:
            logger.exception("The database does not answer; the report is to be given again.")
            raise SystemExit(TRY_AGAIN) from error
        except NotYet as error:
            raise SystemExit(TRY_AGAIN) from error
        self._say(done)

    def _folder(self, folder: Path) -> Counter[str]:
        """What nobody understood is flagged, for somebody to look at."""
        box = mailbox.Maildir(folder, create=False)
        done: Counter[str] = Counter()
        for path in sorted((folder / "new").iterdir()):
            try:
                with path.open("rb") as file:
                    outcome = self._take(file.read(LARGEST))
            except NotYet:
                done["about a mail that is still being sent, left for the next time"] += 1
                continue
            done[outcome] += 1
            flags = "FS" if outcome.startswith("unknown") else "S"
            path.rename(folder / "cur" / f"{path.name.partition(box.colon)[0]}{box.colon}2,{flags}")
        return done

    @staticmethod
    def _take(raw: bytes) -> str:
        taken = services.take_report(raw=raw)
        if not taken.tied:
            return f"{taken.kind}, about no mail of ours"
        if not taken.new:
            return f"{taken.kind}, known already"
        return f"{taken.kind}, and the address gets no more mail" if taken.stopped else str(taken.kind)

    def _say(self, done: Counter[str]) -> None:
        for outcome, number in sorted(done.items()):
            self.stdout.write(f"{number} {outcome}")
        if not done:
            self.stdout.write("Nothing new.")
