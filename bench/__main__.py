"""`python -m bench [NAME …] [--size N]`: one JSON line a measurement."""

import argparse
import json
import os
import pkgutil
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import measures

ROOT = Path(__file__).resolve().parent.parent
NAMES = sorted(module.name for module in pkgutil.iter_modules(measures.__path__))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(NAMES)} (default: all)")
    parser.add_argument("--size", type=int, help="how many things to measure with, instead of each one's default")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(NAMES))
    if unknown:
        parser.error(f"there is no measurement {', '.join(unknown)}; there are {', '.join(NAMES)}")
    failed = False
    with tempfile.TemporaryDirectory(prefix="connected-localism-bench-") as folder:
        template = Path(folder) / "template"
        template.mkdir()
        _python(template, "-m", "bench.prepare")
        for name in options.names or NAMES:
            own = Path(folder) / name
            shutil.copytree(template, own)
            size = [str(options.size)] if options.size else []
            done = _python(own, "-m", "bench.one", name, *size, check=False)
            line = done.stdout.strip().splitlines()[-1:] if done.returncode == 0 else []
            print(line[0] if line else json.dumps({"bench": name, "failed": done.stderr[-2000:]}), flush=True)
            failed = failed or not line
            shutil.rmtree(own)
    return 1 if failed else 0


def _python(var: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run Python with the embedded default in `var`, whatever the environment of the caller says.

    The servers' addresses go by other names, to the measurements that compare with them.
    """
    ours = {"DATABASE_URL", "REDIS_URL", "ELASTICSEARCH_URL", "EMAIL_URL", "BASE_URL", "DEMO", "DEBUG"}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    environment |= {
        **{f"BENCH_{name}": _server(name) for name in ("ELASTICSEARCH_URL", "REDIS_URL")},
        "DJANGO_SETTINGS_MODULE": "network.settings",
        "SECRET_KEY": "bench-only-" + "x" * 50,
        "VAR_DIR": str(var),
        "LOG_FORMAT": "plain",
        **dict.fromkeys(ours & {"DEMO", "DEBUG"}, "0"),
        **dict.fromkeys(ours - {"DEMO", "DEBUG"}, ""),
    }
    return subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, *arguments], cwd=ROOT, env=environment, check=check, capture_output=True, text=True
    )


def _server(name: str) -> str:
    """A server's address from the environment, or from where `make services` wrote it; empty if there is none."""
    if asked := os.environ.get(name):
        return asked
    written = ROOT / "var" / "services" / "env"
    lines = written.read_text(encoding="utf-8").splitlines() if written.exists() else []
    found = (line.removeprefix("export ").partition("=") for line in lines)
    return next((value.strip("'\"") for held, _, value in found if held == name), "")


if __name__ == "__main__":
    sys.exit(main())
