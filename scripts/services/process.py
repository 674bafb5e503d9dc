"""Start a server in its own session, remember it, and end exactly that one.

A pid alone is not proof: the number may belong to somebody else by now. The kernel's start time
of the process is kept beside it, and both must match before anything is signalled.
"""

from __future__ import annotations

import grp
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from . import config
from .config import Account, ServicesError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Running:
    """A server that we started: its pid (also its process group), its start time, its port."""

    pid: int
    started: int
    port: int

    def alive(self) -> bool:
        return _start_time(self.pid) == self.started


def _stat(pid: int) -> list[str] | None:
    """Fields of /proc/PID/stat from the state on, or None when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(")")[2].split()


def _start_time(pid: int) -> int | None:
    """Clock ticks after boot at which the process began; None when it is gone or a zombie."""
    fields = _stat(pid)
    if fields is None or fields[0] in "ZX":
        return None
    return int(fields[19])


def group_members(group: int) -> list[int]:
    members = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _stat(int(entry.name))
            if fields is not None and fields[0] not in "ZX" and int(fields[2]) == group:
                members.append(int(entry.name))
    return members


def service_account() -> Account:
    """The caller, or for root an unprivileged system user, made when it does not exist yet."""
    if os.getuid() != 0:
        me = pwd.getpwuid(os.getuid())
        return Account(name=me.pw_name, uid=me.pw_uid, gid=me.pw_gid)
    try:
        entry = pwd.getpwnam(config.SERVICE_USER)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        command += ["--shell", "/usr/sbin/nologin", config.SERVICE_USER]
        subprocess.run(
            command,
            check=True,
            stdin=subprocess.DEVNULL,
        )
        entry = pwd.getpwnam(config.SERVICE_USER)
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def as_account(account: Account) -> dict[str, object]:
    """Arguments for subprocess that drop root's rights; none when there is nothing to drop."""
    if not account.is_other:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def prepare_state(account: Account) -> Path:
    """Make var/services, in a place that the service user can reach.

    A clone below /root cannot be walked by anybody but root. Then var/services becomes a link to
    a folder under /var/lib, named after the clone.
    """
    if not config.STATE.is_symlink():
        config.STATE.mkdir(parents=True, exist_ok=True)
        if not _can_walk(account, config.STATE):
            name = "-".join(config.ROOT.parts[1:])
            target = Path("/var/lib") / config.SERVICE_USER / name
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
            shutil.move(config.STATE, target)
            config.STATE.symlink_to(target)
    else:
        config.state_dir().mkdir(parents=True, exist_ok=True)
    own(config.state_dir(), account)
    return config.state_dir()


def _can_walk(account: Account, folder: Path) -> bool:
    test = subprocess.run(["test", "-x", folder], check=False, **as_account(account))  # type: ignore[call-overload]  # keyword arguments held in a dict
    return bool(test.returncode == 0)


def own(path: Path, account: Account, *, deep: bool = False) -> None:
    if not account.is_other:
        return
    os.chown(path, account.uid, account.gid, follow_symlinks=False)
    if deep:
        for folder, names, files in os.walk(path):
            for name in (*names, *files):
                os.chown(Path(folder) / name, account.uid, account.gid, follow_symlinks=False)


def folder_for(name: str, account: Account) -> Path:
    folder = config.state_dir(name)
    folder.mkdir(mode=0o755, exist_ok=True)
    own(folder, account)
    return folder


def record(name: str) -> Path:
    return config.state_dir(f"{name}.pid")


def running(name: str) -> Running | None:
    """The server of that name that we started and that is still alive."""
    try:
        found = Running(**json.loads(record(name).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return found if found.alive() else None


def log_file(name: str) -> Path:
    return config.state_dir(f"{name}.log")


def log_tail(name: str, lines: int = 15) -> str:
    try:
        text = log_file(name).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return "(no log)"
    return "\n".join(text.splitlines()[-lines:])


def port_is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.HOST, port))
        except OSError:
            return False
    return True


def launch(
    name: str,
    command: Sequence[str | Path],
    *,
    port: int,
    account: Account | None,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
) -> Running:
    """Start a server in the background as `account` (None: it drops its rights by itself)."""
    with log_file(name).open("ab") as log:
        child = subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env={**base_environment(cwd), **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o022,
            **(as_account(account) if account else {}),  # type: ignore[call-overload]  # keyword arguments held in a dict
        )
    started = _start_time(child.pid)
    server = Running(pid=child.pid, started=started or 0, port=port)
    record(name).write_text(json.dumps(asdict(server)), encoding="utf-8")
    return server


def base_environment(home: Path) -> dict[str, str]:
    """A server inherits nothing of the caller's environment, secrets least of all."""
    return {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "LC_ALL": "C.UTF-8",
        "HOME": str(home),
    }


def end(name: str, *, stop_signal: int = signal.SIGTERM, patience: float = 30) -> bool:
    """Stop a server and its children; True when there was one. SIGKILL after `patience` seconds."""
    server = running(name)
    if server is None:
        record(name).unlink(missing_ok=True)
        return False
    try:
        os.kill(server.pid, stop_signal)
    except PermissionError as error:
        owner = grp.getgrgid(os.getgid()).gr_name
        raise ServicesError(
            f"{name} (pid {server.pid}) was started by another user; {owner} cannot stop it."
        ) from error
    if not _wait_until_gone(server.pid, patience):
        os.killpg(server.pid, signal.SIGKILL)
        _wait_until_gone(server.pid, 10)
    record(name).unlink(missing_ok=True)
    return True


def _wait_until_gone(group: int, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while group_members(group):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
