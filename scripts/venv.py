"""Create .venv with the pinned packages, or bring it up to date when the pins have changed.

Standard library only: this is the first thing that runs in a fresh clone. A second run takes no time, because
the checksum of what was installed is kept inside .venv.
"""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
REQUIREMENTS = ROOT / "requirements" / "dev.txt"
STAMP = VENV / ".installed.sha256"


class VenvError(Exception):
    """One line that says what to do."""


def main() -> int:
    try:
        ensure()
    except VenvError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def ensure() -> None:
    if sys.version_info[:2] != (3, 11):
        version = sys.version.split()[0]
        raise VenvError(f"Python 3.11 is needed; this is {version}. Try: make PYTHON=/path/to/python3.11")
    if VENV.is_symlink():
        return  # somebody shares one between work trees and looks after it
    # The folder is part of it: a moved clone needs a new environment.
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + str(ROOT).encode()).hexdigest()
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
        return
    if importlib.util.find_spec("ensurepip") is None:
        raise VenvError("Python's venv module is incomplete. On Debian: sudo apt-get install python3.11-venv")
    began = time.monotonic()
    print("Installing the pinned packages into .venv (one to three minutes, once) …", flush=True)
    python = VENV / "bin" / "python"
    # --clear: a half-made or moved .venv is made anew rather than trusted.
    _run([sys.executable, "-m", "venv", *([] if _works(python) else ["--clear"]), str(VENV)])
    pip = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-input"]
    _run([*pip, "--require-hashes", "-r", str(REQUIREMENTS)])
    STAMP.write_text(wanted, encoding="utf-8")
    print(f"Installed in {time.monotonic() - began:.0f} s.", flush=True)


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
    except OSError as error:
        raise VenvError(f"{command[0]} could not be started: {error.strerror}.") from error
    if done.returncode:
        raise VenvError("The virtual environment could not be completed; the reason stands above.")


def _works(python: Path) -> bool:
    """Whether there is a .venv with its own working pip."""
    if not python.exists():
        return False
    probe = [str(python), "-c", f"import pip, sys; sys.exit(sys.prefix != {str(VENV)!r})"]
    return subprocess.run(probe, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
