"""The Debian packages that the servers and the browser journeys need."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from . import config
from .config import ServicesError

if TYPE_CHECKING:
    from collections.abc import Iterator

POLICY = Path("/usr/sbin/policy-rc.d")


def postgres_bin() -> Path | None:
    """PostgreSQL's programs; Debian keeps the server's own ones off the PATH."""
    folder = Path("/usr/lib/postgresql") / config.POSTGRES_VERSION / "bin"
    return folder if (folder / "postgres").exists() else None


def java_home() -> Path | None:
    """A JDK (with its compiler) of version 17 or later."""
    candidates = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    javac = shutil.which("javac")
    if javac:
        candidates.append(Path(javac).resolve().parents[1])
    candidates += sorted(Path("/usr/lib/jvm").glob("*"))
    for candidate in candidates:
        release = candidate / "release"
        if not (candidate / "bin" / "javac").exists() or not release.exists():
            continue
        found = re.search(r'JAVA_VERSION="(\d+)', release.read_text(encoding="utf-8"))
        if found and int(found.group(1)) >= 17:
            return candidate
    return None


def missing() -> list[str]:
    """Names of the Debian packages that have to be installed first."""
    names = []
    if shutil.which("make") is None:
        names.append("make")
    if importlib.util.find_spec("ensurepip") is None:
        names.append("python3.11-venv")
    if postgres_bin() is None:
        names.append("postgresql")
    if shutil.which("redis-server") is None:
        names.append("redis-server")
    if java_home() is None:
        names.append("default-jdk-headless")
    if shutil.which("mvn") is None and not elasticsearch_zip().exists():
        names.append("maven")
    if shutil.which("chromium") is None:
        names += ["chromium", "fonts-liberation"]
    return names


def elasticsearch_zip() -> Path:
    return config.cache_dir() / f"elasticsearch-{config.ELASTICSEARCH_VERSION}.zip"


def require() -> None:
    """Install what is missing, or say in one line what somebody with the right has to install."""
    names = missing()
    if not names:
        return
    if os.getuid() != 0:
        raise ServicesError(f"Packages are missing. Run: sudo apt-get install {' '.join(names)}")
    if shutil.which("apt-get") is None:
        raise ServicesError(f"This is not Debian. Install the equivalents of: {' '.join(names)}")
    print(f"packages       installing {' '.join(names)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = [
        "apt-get",
        "-q",
        "-y",
        "-o",
        "Dpkg::Use-Pty=0",
        "-o",
        "DPkg::Lock::Timeout=300",
    ]
    log = config.STATE / "packages.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as output, _no_daemons():
        for arguments in (["update"], ["install", "--no-install-recommends", *names]):
            done = subprocess.run(
                [*apt, *arguments],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
            if done.returncode:
                raise ServicesError(f"apt-get {arguments[0]} failed; its output is in {log}.")
    importlib.invalidate_caches()
    still = missing()
    if still:
        raise ServicesError(f"apt-get left these out: {' '.join(still)}; its output is in {log}.")


@contextmanager
def _no_daemons() -> Iterator[None]:
    """Keep Debian from starting its own PostgreSQL and Redis on the default ports on install."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()
