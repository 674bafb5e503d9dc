"""`make check`: what must hold before a change lands. Every check runs, so that one failure does not hide another."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PACKAGES = (
    "accounts", "api", "casestudies", "core", "digests", "discussion", "members", "moderation", "network", "places",
    "search",
)  # fmt: skip
PRODUCTION = {
    "BASE_URL": "https://network.example.org",
    "ALLOWED_HOSTS": "network.example.org",
    "SECRET_KEY": "check-only-" + "0123456789abcdefghij" * 3,
    "EMAIL_URL": "smtp+starttls://user:password@mail.example.org:587",
    "DEMO": "0",
    "DEBUG": "0",
}


def main() -> int:
    failed = []
    for name, check in CHECKS.items():
        began = time.monotonic()
        good = check()
        print(f"{'ok    ' if good else 'FAILED'} {name} ({time.monotonic() - began:.0f} s)", flush=True)
        if not good:
            failed.append(name)
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def _run(*command: str, **environment: str) -> bool:
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout[-6000:], flush=True)
    return done.returncode == 0


def _manage(*arguments: str, **environment: str) -> bool:
    return _run("python", "-W", "error::DeprecationWarning:__main__", "manage.py", *arguments, **environment)


def no_bare_delay() -> bool:
    """`.delay(` inside a transaction announces work that may never be committed: `delay_on_commit` instead."""
    return _absent(re.compile(r"\.delay\("), "*.py", "use delay_on_commit()")


def no_stubs() -> bool:
    """What is not built is not in the code either."""
    return _absent(re.compile(r"\b(?:TODO|FIXME|XXX)\b|lorem ipsum", re.IGNORECASE), "*.py", "build it or remove it")


def _absent(pattern: re.Pattern[str], glob: str, advice: str) -> bool:
    good = True
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob(glob)):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                if pattern.search(line):
                    print(f"{path.relative_to(ROOT)}:{number}: {advice}: {line.strip()}")
                    good = False
    return good


CHECKS = {
    "lint": lambda: _run("ruff", "check", "."),
    "format": lambda: _run("ruff", "format", "--check", "."),
    "rooms import downwards": lambda: _run("lint-imports"),
    "migrations are complete": lambda: _manage("makemigrations", "--check", "--dry-run"),
    "production settings": lambda: _manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION),
    "templates": lambda: _run("djlint", "templates", "--lint", "--quiet"),
    "no bare .delay(": no_bare_delay,
    "no stubs": no_stubs,
    "types": lambda: _run("mypy"),
}


if __name__ == "__main__":
    sys.exit(main())
