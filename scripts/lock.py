"""Compile the pinned, hashed requirements from pyproject.toml. The output names no index."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# 3.11 and not a patch release: some packages refuse the oldest 3.11 that Debian ships.
BASE = ["--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate"]


def main() -> int:
    uv = Path(sys.executable).with_name("uv")
    for name, more in {
        "base": [],
        "s3": ["--extra", "s3", "-c", "requirements/base.txt"],
        "dev": ["--extra", "dev", "-c", "requirements/base.txt"],
    }.items():
        output = f"requirements/{name}.txt"
        done = subprocess.run(
            [uv, "pip", "compile", "--quiet", *BASE, "pyproject.toml", *more, "-o", output],
            cwd=ROOT,
            check=False,
            stdout=subprocess.DEVNULL,
        )
        if done.returncode:
            return done.returncode
        print(output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
