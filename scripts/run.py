"""`make run`: a working network on this machine, with nothing but Python 3.11. Standard library only.

Checks first what could go wrong, each with one line that says what to do; then prepares the database and
starts web, worker and beat under one process manager that Ctrl-C ends.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.venv import VenvError, ensure  # noqa: E402 - the path comes first

PASSWORD = (ROOT / "network" / "demo" / "content" / "password.txt").read_text().strip()
LOGINS = ("author", "approver", "lead", "moderator", "administrator", "practitioner")


class CannotRun(Exception):
    """One line that says what to do."""


def main() -> int:
    try:
        port = _port()
        var = _writable(Path(os.environ.get("VAR_DIR") or ROOT / "var"))
        _free(port)
        ensure()
        environment = _environment(port, var)
        _prepare(environment)
    except (CannotRun, VenvError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped before it was ready; run it again.", file=sys.stderr)
        return 130
    _welcome(environment)
    python = ROOT / ".venv" / "bin" / "python"
    os.chdir(ROOT)
    os.execve(python, [str(python), "-m", "honcho", "start", "--no-colour"], environment)  # noqa: S606 - our own venv
    return 0


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise CannotRun(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def _writable(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise CannotRun(
            f"{folder} cannot be written ({error.strerror}). Try: make run VAR_DIR=/a/folder/of/yours"
        ) from None
    return folder


def _free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotRun(f"Port {port} cannot be used ({error.strerror}). Try: make run PORT={port + 1}") from None


def _environment(port: int, var: Path) -> dict[str, str]:
    environment = {
        "DEMO": "1",
        "BASE_URL": f"http://localhost:{port}",
        **os.environ,
        "PORT": str(port),
        "VAR_DIR": str(var),
        "PYTHONUNBUFFERED": "1",
        "PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # without compiled files every start takes three times as long
    return environment


def _prepare(environment: dict[str, str]) -> None:
    python = str(ROOT / ".venv" / "bin" / "python")
    done = subprocess.run([python, "manage.py", "prepare"], cwd=ROOT, env=environment, check=False)
    if done.returncode:
        raise CannotRun("The site could not be prepared; the reason stands above.")


def _welcome(environment: dict[str, str]) -> None:
    print(f"\n  Connected Localism: {environment['BASE_URL']}/")
    print(f"  The CMS:            {environment['BASE_URL']}/cms/")
    print(f"  Mail that was sent: {environment['BASE_URL']}/inbox/")
    if environment["DEMO"] not in {"", "0", "false"}:
        print(f"\n  Demonstration people (password {PASSWORD}):")
        for name in LOGINS:
            print(f"    {name}@demo.example")
    print("\n  Ctrl-C ends it.\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
