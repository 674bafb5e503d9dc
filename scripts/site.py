"""A whole site on a free port, for the browser journeys and the screenshots: web, worker and beat as they run for real.

with Site(folder, environment={…}) as site:
    browser.goto(site.url)
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PREPARE_SECONDS = 400
START_SECONDS = 90
STOP_SECONDS = 20


class SiteError(Exception):
    """The site could not be prepared or started; the message ends with what its processes last wrote."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """Loads the demonstration content into `folder` and serves it; every process it starts is stopped at the end."""

    def __init__(self, folder: Path, *, environment: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
            "DEMO": "1",
            "BASE_URL": self.url,
            "PORT": str(self.port),
            "VAR_DIR": str(folder),
            "SECRET_KEY": "",
            "DJANGO_SETTINGS_MODULE": "network.settings",
            "PYTHONUNBUFFERED": "1",
            **(environment or {}),
        }
        self._processes: list[subprocess.Popen[bytes]] = []
        self._commanded: subprocess.Popen[bytes] | None = None
        self._prepared = False

    def prepare(self) -> None:
        """What `with` begins with; beforehand, for who has something else to do meanwhile."""
        self.manage("prepare", timeout=PREPARE_SECONDS)
        self._prepared = True

    def __enter__(self) -> Site:
        try:
            if not self._prepared:
                self.prepare()
            for name, command in self._commands().items():
                log = (self.folder / f"{name}.log").open("wb")
                self._processes.append(
                    subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT)
                )
            self._wait_until_it_answers()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._stop()

    def manage(self, *arguments: str, timeout: int = 120) -> str:
        """Run a management command on this site's data and return what it printed."""
        code, said = self._ask(arguments, timeout) if self._processes else self._run(arguments, timeout)
        if code:
            raise SiteError(f"manage.py {' '.join(arguments)} failed:\n{said[-4000:]}")
        return said

    def _run(self, arguments: Sequence[str], timeout: int) -> tuple[int, str]:
        done = subprocess.run(
            [str(BIN / "python"), "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )
        return done.returncode, done.stdout

    def _ask(self, arguments: Sequence[str], timeout: int) -> tuple[int, str]:
        """While the site runs: by a process that has imported it once (`scripts/commands.py`)."""
        if self._commanded is None:
            with (self.folder / "commands.log").open("wb") as log:
                self._commanded = subprocess.Popen(
                    [str(BIN / "python"), "-m", "scripts.commands"],
                    cwd=ROOT,
                    env=self.environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                )
            self._processes.append(self._commanded)
        asked, answered, line = self._commanded.stdin, self._commanded.stdout, b""
        if asked and answered:
            with suppress(BrokenPipeError):
                asked.write(json.dumps([arguments, timeout]).encode() + b"\n")
                asked.flush()
                line = answered.readline()
        if not line:
            raise SiteError(f"No command can be given any more.\n{self.log('commands')[-4000:]}")
        code, said = json.loads(line)
        return code, said

    @contextmanager
    def second_web(self, environment: dict[str, str]) -> Iterator[str]:
        """Another web process over the same data, with other settings; its address."""
        port = free_port()
        url = f"http://localhost:{port}"
        with (self.folder / "second-web.log").open("wb") as log:
            process = subprocess.Popen(
                self._web(port),
                cwd=ROOT,
                env={**self.environment, "BASE_URL": url, "PORT": str(port), **environment},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            self._processes.append(process)
            try:
                self._wait_until_it_answers(url)
                yield url
            finally:
                process.terminate()
                process.wait(STOP_SECONDS)
                self._processes.remove(process)

    def log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _commands(self) -> dict[str, list[str]]:
        celery = [str(BIN / "python"), "-m", "celery", "-A", "network"]
        return {
            "web": self._web(self.port),
            "worker": [
                *[*celery, "worker", "--pool", "solo", "--loglevel", "WARNING"],
                *["--without-gossip", "--without-mingle", "--without-heartbeat"],
            ],
            "beat": [*celery, "beat", "--loglevel", "WARNING", "--pidfile="],
        }

    @staticmethod
    def _web(port: int) -> list[str]:
        return [
            *[str(BIN / "gunicorn"), "network.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"],
            *["--worker-class", "gthread", "--workers", "1", "--threads", "8"],
        ]

    def _wait_until_it_answers(self, url: str = "") -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if any(process.poll() is not None for process in self._processes):
                break
            try:
                with urllib.request.urlopen(f"{url or self.url}/readyz", timeout=5) as answer:  # noqa: S310 - our own site
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.3)
        raise SiteError("The site did not start.\n" + "\n".join(self.log(name)[-2000:] for name in self._commands()))

    def _stop(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._processes:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()
        self._commanded = None
