"""`make test-services`: the whole suite against real servers. A server that is missing fails the run.

Reads the servers' addresses from var/services/env, where `make services` wrote them; addresses that are in the
environment already win.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NEEDED = ("DATABASE_URL", "REDIS_URL", "ELASTICSEARCH_URL", "EMAIL_URL")


def main() -> int:
    environment = {**_written(ROOT / "var" / "services" / "env"), **os.environ}
    missing = [name for name in NEEDED if not environment.get(name)]
    if missing:
        print(f"{', '.join(missing)} not set and not in var/services/env. Run “make services” first.", file=sys.stderr)
        return 1
    environment.update(TEST_SERVICES="1", DJANGO_ALLOW_ASYNC_UNSAFE="true")
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    pytest = [str(ROOT / ".venv" / "bin" / "python"), "-m", "pytest", *sys.argv[1:]]
    if len(sys.argv) > 1:
        return subprocess.run(pytest, cwd=ROOT, env=environment, check=False).returncode
    workers = os.environ.get("WORKERS", "2")
    everything = subprocess.run([*pytest, "-n", workers, "-m", "not journey"], cwd=ROOT, env=environment, check=False)
    # Journeys start their own site and worker; one at a time, so that a browser has the machine to itself.
    journeys = subprocess.run([*pytest, "-n0", "-m", "journey"], cwd=ROOT, env=environment, check=False)
    return everything.returncode or journeys.returncode


def _written(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = (line.removeprefix("export ").strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name: value.strip("'\"") for name, _, value in pairs}


if __name__ == "__main__":
    sys.exit(main())
