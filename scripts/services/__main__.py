"""Command line: ``python3.11 -m scripts.services start|stop|status|install|wipe|free-offset``."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from . import config, packages, process
from .config import ServicesError
from .elasticsearch import Elasticsearch
from .servers import Postgres, Redis, Server, SmtpSink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: The slowest to start comes first, so that the others get ready in its shadow.
SERVERS: tuple[type[Server], ...] = (Elasticsearch, Postgres, Redis, SmtpSink)


def say(name: str, text: str) -> None:
    print(f"{name:<14} {text}", flush=True)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two starts at once would both find nothing running."""
    path = config.ROOT / "var" / ".services.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def start() -> int:
    packages.require()
    account = process.service_account()
    process.prepare_state(account)
    servers = [kind(account) for kind in SERVERS]
    launched: list[Server] = []
    began = time.monotonic()
    try:
        for server in servers:
            found = process.running(server.name)
            if found is not None:
                if found.port != server.port:
                    raise ServicesError(
                        f"{server.name} already runs on port {found.port}, not on {server.port}: "
                        "run `make services-stop` first."
                    )
                continue
            if not process.port_is_free(server.port):
                raise ServicesError(
                    f"Port {server.port} for {server.name} is taken by another program. "
                    "Stop it, or set SERVICES_PORT_OFFSET=1 (2, 3 …) to move all ports."
                )
            server.prepare()
            server.launch()
            launched.append(server)
            say(server.name, f"starting on port {server.port}")
        _wait(servers, launched, began)
    except BaseException:
        for server in launched:
            process.end(server.name, stop_signal=server.stop_signal)
        raise
    _write_environment()
    return 0


def _wait(servers: list[Server], launched: list[Server], began: float) -> None:
    """Until every server answers; a server that has died or takes too long ends the wait."""
    waiting = list(servers)
    reported = time.monotonic()
    while waiting:
        for server in list(waiting):
            if process.running(server.name) is None:
                tail = process.log_tail(server.name)
                raise ServicesError(f"{server.name} did not stay up. Its log ends:\n{tail}")
            if server.ready():
                server.finish()
                waiting.remove(server)
                waited = time.monotonic() - began
                ready = f"ready after {waited:.1f} s" if server in launched else "already running"
                say(server.name, ready)
            elif time.monotonic() - began > server.patience:
                tail = process.log_tail(server.name)
                raise ServicesError(f"{server.name} does not answer after {server.patience} s. Its log ends:\n{tail}")
        if waiting and time.monotonic() - reported > 5:
            reported = time.monotonic()
            names = ", ".join(server.name for server in waiting)
            say("", f"waiting for {names} ({reported - began:.0f} s)")
        time.sleep(0.2 if waiting else 0)


def _write_environment() -> None:
    lines = [f"{key}={value}" for key, value in config.environment().items()]
    path = config.state_dir("env")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"\nThe environment to use, also in {config.STATE.relative_to(config.ROOT)}/env:\n")
    print("\n".join(lines))


def stop() -> int:
    for kind in reversed(SERVERS):
        stopped = process.end(kind.name, stop_signal=kind.stop_signal)
        say(kind.name, "stopped" if stopped else "was not running")
    config.state_dir("env").unlink(missing_ok=True)
    return 0


def status() -> int:
    """Exit code 0 when all run, 3 otherwise (as service managers do)."""
    all_run = True
    for kind in SERVERS:
        found = process.running(kind.name)
        all_run = all_run and found is not None
        text = f"running, pid {found.pid}, port {found.port}" if found else "not running"
        say(kind.name, f"{text}; log {process.log_file(kind.name)}")
    return 0 if all_run else 3


def install() -> int:
    packages.require()
    say("packages", "all there")
    return 0


def missing() -> int:
    print(" ".join(packages.missing()))
    return 0


def wipe() -> int:
    stop()
    folder = config.state_dir()
    shutil.rmtree(folder, ignore_errors=True)
    config.STATE.unlink(missing_ok=True) if config.STATE.is_symlink() else None
    say("services", "stopped and their data deleted")
    return 0


def free_offset() -> int:
    """Print the first SERVICES_PORT_OFFSET whose ports are all free."""
    for offset in range(100):
        if all(process.port_is_free(port) for port in config.ports(offset=offset).values()):
            print(offset)
            return 0
    raise ServicesError("No free set of ports was found.")


#: Command, whether it must not run beside another one, and its function.
COMMANDS: dict[str, tuple[bool, Callable[[], int]]] = {
    "start": (True, start),
    "stop": (True, stop),
    "status": (False, status),
    "install": (True, install),
    "missing": (False, missing),
    "wipe": (True, wipe),
    "free-offset": (False, free_offset),
}


def main() -> int:
    os.umask(0o022)
    parser = argparse.ArgumentParser(prog="scripts.services", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    exclusive, command = COMMANDS[parser.parse_args().command]
    try:
        if exclusive:
            with one_at_a_time():
                return command()
        return command()
    except ServicesError as error:
        print(f"services: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
