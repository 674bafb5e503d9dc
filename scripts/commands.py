"""Management commands for `scripts/site.py`: each in a fresh process, which need not import the whole site first.

Reads a line of JSON, [arguments, seconds]; answers with one, [exit code, what was printed]. This process has imported
the site, opened no connection and runs nothing itself: its children, one a command, begin where it stands.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def run(arguments: list[str], printed: int) -> None:
    from django.core.management import execute_from_command_line

    os.dup2(printed, 1)
    os.dup2(printed, 2)
    execute_from_command_line(["manage.py", *arguments])


def answer(arguments: list[str], seconds: float) -> tuple[int, str]:
    with tempfile.TemporaryFile() as printed:
        child = get_context("fork").Process(target=run, args=(arguments, printed.fileno()))
        child.start()
        child.join(seconds)
        late = child.exitcode is None
        if late:
            child.kill()
            child.join()
        printed.seek(0)
        said = printed.read().decode(errors="replace")
    return child.exitcode or 0, said + ("\nIt took too long." if late else "")


def main() -> None:
    import django

    django.setup()
    from django.conf import settings

    import_module(settings.ROOT_URLCONF)
    for line in sys.stdin:
        arguments, seconds = json.loads(line)
        print(json.dumps(answer(arguments, seconds)), flush=True)


if __name__ == "__main__":
    main()
