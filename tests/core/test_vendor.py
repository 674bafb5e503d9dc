"""What ships to the browser is what the manifest names, and asks nobody else for anything."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = json.loads((ROOT / "assets" / "vendor.json").read_text())
SHIPPED = sorted(path for path in (ROOT / "static").rglob("*") if path.suffix in {".css", ".js", ".svg"})


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_vendored_file_is_the_one_in_the_manifest():
    found = {path.relative_to(ROOT).as_posix(): sha256(path) for path in (ROOT / "static/vendor").rglob("*.*")}
    found |= {p.relative_to(ROOT).as_posix(): sha256(p) for p in (ROOT / "static/vendor").rglob("LICENSE")}
    assert found == MANIFEST["files"]


def test_each_package_has_an_exact_version_a_hash_a_reason_and_its_licence():
    for name, package in MANIFEST["packages"].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"]), name
        assert package["integrity"].startswith("sha512-"), name
        assert package["why"], name
        assert package["licence"], name
        if package["copy"]:
            folder = package.get("folder", name)
            assert (ROOT / "static/vendor" / folder / "LICENSE").stat().st_size > 300, name


def test_the_stylesheet_was_compiled_from_the_sass_that_is_here():
    digest = hashlib.sha256()
    for path in sorted((ROOT / "assets/sass").glob("*.scss")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    assert MANIFEST["stylesheet"] == {
        "sources": digest.hexdigest(),
        "static/css/site.css": sha256(ROOT / "static/css/site.css"),
    }, "run python scripts/vendor_frontend.py"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_nothing_we_ship_fetches_from_another_host(path):
    text = path.read_text()
    assert not re.search(r"""(?:url\(|@import|from|import\(|src=|href=)\s*["']?(?:https?:)?//""", text)


def test_no_crown_and_no_gds_transport():
    css = (ROOT / "static/css/site.css").read_text()
    assert "GDS Transport" not in css
    names = [path.name.lower() for path in (ROOT / "static").rglob("*")]
    assert not [name for name in names if "crown" in name or "gds" in name or "transport" in name]


def test_every_file_the_stylesheet_asks_for_is_there():
    css = ROOT / "static/css/site.css"
    wanted = re.findall(r"""url\(["']?([^"')]+)["']?\)""", css.read_text())
    assert wanted
    for address in wanted:
        assert address.startswith("data:") or (css.parent / address).resolve().is_file(), address


def test_a_page_to_read_stays_light():
    """HTML + CSS + JS may be 100 KB compressed; this is what every page costs before its own words."""
    parts = ("css/site.css", "js/site.js", "vendor/govuk-frontend/govuk-frontend.min.js", "vendor/htmx/htmx.esm.min.js")
    sizes = {part: len(gzip.compress((ROOT / "static" / part).read_bytes())) for part in parts}
    assert sizes["css/site.css"] < 22_000
    assert sum(sizes.values()) < 50_000
