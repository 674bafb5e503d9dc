"""`python -m bench [NAME …] [--size N]`: one JSON line a measurement."""

import argparse
import json
import os
import pkgutil
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack, nullcontext
from pathlib import Path

from bench import measures
from bench.databases import database

ROOT = Path(__file__).resolve().parent.parent
NAMES = sorted(module.name for module in pkgutil.iter_modules(measures.__path__))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(NAMES)} (default: all)")
    parser.add_argument("--size", type=int, help="how many things to measure with, instead of each one's default")
    parser.add_argument(
        "--postgresql",
        action="store_true",
        help="over databases of their own on the server of DATABASE_URL, or of “make services”, instead of SQLite",
    )
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(NAMES))
    if unknown:
        parser.error(f"there is no measurement {', '.join(unknown)}; there are {', '.join(NAMES)}")
    failed = False
    server = _server("DATABASE_URL") if options.postgresql else ""
    if options.postgresql and not server.startswith("postgres"):
        parser.error("there is no PostgreSQL: set DATABASE_URL, or run “make services”")
    with tempfile.TemporaryDirectory(prefix="connected-localism-bench-") as folder, ExitStack() as databases:
        template = Path(folder) / "template"
        template.mkdir()
        prepared = databases.enter_context(database(server)) if server else ""
        _python(template, prepared, "-m", "bench.prepare")
        for name in options.names or NAMES:
            own = Path(folder) / name
            shutil.copytree(template, own)
            size = [str(options.size)] if options.size else []
            with database(server, template=prepared) if server else nullcontext("") as copy:
                done = _python(own, copy, "-m", "bench.one", name, *size, check=False)
            line = done.stdout.strip().splitlines()[-1:] if done.returncode == 0 else []
            print(line[0] if line else json.dumps({"bench": name, "failed": done.stderr[-2000:]}), flush=True)
            failed = failed or not line
            shutil.rmtree(own)
    return 1 if failed else 0


def _python(var: Path, database: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run Python with the embedded default in `var`, whatever the environment of the caller says.

    On `database` if it is named. The servers' addresses go by other names, to the measurements that compare with them.
    What is said on the error stream is passed on at once, so that a long measurement shows how far it is.
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
        "DATABASE_URL": database,
    }
    command = [sys.executable, *arguments]
    with (var / "out").open("w+", encoding="utf-8") as out:
        said: list[str] = []
        with subprocess.Popen(  # noqa: S603 - our own modules
            command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.PIPE, text=True
        ) as process:
            for line in process.stderr or ():
                sys.stderr.write(line)
                said.append(line)
        out.seek(0)
        done = subprocess.CompletedProcess(command, process.returncode, out.read(), "".join(said[-100:]))
    if check:
        done.check_returncode()
    return done


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
