#!/usr/bin/env python3
"""Refresh the vendored front-end files and compile the stylesheet.

`assets/vendor.json` names each npm package with its exact version and the integrity hash that npm publishes for it.
This script installs them into a temporary folder, refuses anything whose hash differs, copies the few files we ship to
`static/vendor/`, compiles `assets/sass/site.scss` into `static/css/site.css`, cuts the outlines of the maps out of
Natural Earth's countries (`scripts/uk_outline.py`), and writes the hash of every result back into the manifest, which
the tests compare with what is committed. Only this script needs Node and a network.

    python scripts/vendor_frontend.py                fetch, copy, compile
    python scripts/vendor_frontend.py --accept-new   also record the hash of a package that has none yet (a new version:
                                                     change "version", empty "integrity", read the changes, run this)
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import uk_outline  # noqa: E402 - the path comes first

MANIFEST = ROOT / "assets" / "vendor.json"
SASS = ROOT / "assets" / "sass"
VENDOR = ROOT / "static" / "vendor"
STYLESHEET = ROOT / "static" / "css" / "site.css"
COUNTRIES = Path("node_modules") / "world-atlas" / "countries-10m.json"
OUTLINE, FINE_OUTLINE = ROOT / "core" / "uk_outline.json", ROOT / "static" / "map" / "uk.json"


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sources_hash() -> str:
    """One hash over all our Sass, so that an edit without a compile is noticed."""
    digest = hashlib.sha256()
    for path in sorted(SASS.glob("*.scss")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def install(packages: dict[str, dict[str, Any]], folder: Path, *, accept_new: bool) -> None:
    """Install the exact versions into `folder` and compare npm's integrity hashes with the manifest's."""
    wanted = {name: package["version"] for name, package in packages.items()}
    (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": wanted}))
    command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=folder, check=True)
    locked = json.loads((folder / "package-lock.json").read_text())["packages"]
    for name, package in packages.items():
        found = locked[f"node_modules/{name}"]["integrity"]
        if accept_new and not package["integrity"]:
            package["integrity"] = found
        if package["integrity"] != found:
            sys.exit(
                f"{name} {package['version']}: the manifest says {package['integrity'] or 'nothing'}, npm gave {found}"
            )


def copy(packages: dict[str, dict[str, Any]], modules: Path) -> dict[str, str]:
    """Replace `static/vendor` with the files the manifest names; return the hash of each."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    files: dict[str, str] = {}
    for name, package in packages.items():
        shipped = {modules / name / source: target for source, target in package["copy"].items()}
        if "licence_text" in package:  # the package itself leaves the text out
            shipped[ROOT / package["licence_text"]] = "LICENSE"
        for source, target in shipped.items():
            path = VENDOR / package.get("folder", name) / target
            path.parent.mkdir(parents=True, exist_ok=True)
            data = source.read_bytes()
            if path.suffix == ".js":
                # The source map is not shipped, and the manifest storage would look for it.
                lines = [line for line in data.splitlines() if not line.startswith(b"//# sourceMappingURL=")]
                data = b"\n".join(lines) + b"\n"
            path.write_bytes(data)
            files[path.relative_to(ROOT).as_posix()] = sha256(path)
    return files


def compile_stylesheet(folder: Path) -> None:
    """Compile our Sass with GOV.UK Frontend's beside it."""
    sources = folder / "node_modules" / "govuk-frontend" / "dist"
    command = ["node", "node_modules/sass/sass.js", "--style=compressed", "--no-source-map", f"--load-path={sources}"]
    command += [str(SASS / "site.scss"), str(STYLESHEET)]
    subprocess.run(command, cwd=folder, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accept-new", action="store_true", help="record the hash of packages that have none yet")
    options = parser.parse_args()
    if shutil.which("npm") is None:
        sys.exit("Refreshing the front-end files needs Node and npm. Running and testing the site do not.")
    manifest = json.loads(MANIFEST.read_text())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        install(manifest["packages"], folder, accept_new=options.accept_new)
        manifest["files"] = copy(manifest["packages"], folder / "node_modules")
        STYLESHEET.parent.mkdir(parents=True, exist_ok=True)
        compile_stylesheet(folder)
        uk_outline.write(folder / COUNTRIES, OUTLINE, FINE_OUTLINE)
    manifest["stylesheet"] = {
        "sources": sources_hash(),
        STYLESHEET.relative_to(ROOT).as_posix(): sha256(STYLESHEET),
    }
    manifest["outline"] = {path.relative_to(ROOT).as_posix(): sha256(path) for path in (OUTLINE, FINE_OUTLINE)}
    MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()
