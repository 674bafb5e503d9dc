"""The small map: where points fall, what is left out, and that the outline is the one the script makes."""

import gzip
import hashlib
import json
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from core.maps import OUTLINE, MapPoint, is_on_map, project, small_map
from scripts import uk_outline

ROOT = Path(__file__).resolve().parents[2]


def inside(point, path):
    """Whether a point lies in an outline: how often a ray to the right crosses it."""
    x, y = point
    odd = False
    for ring in _rings(path):
        for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                odd = not odd
    return odd


def _rings(path):
    for part in filter(None, path.split("z")):
        x = y = 0.0
        ring = []
        for step in part.replace("M", "l").split("l")[1:]:
            dx, dy = map(float, step.split())
            x, y = x + dx, y + dy
            ring.append((x, y))
        yield ring


@pytest.fixture(scope="module")
def outline():
    return json.loads(OUTLINE.read_text())


@pytest.mark.parametrize(
    ("place", "lat", "lng"),
    [
        ("Birmingham", 52.48, -1.9), ("Belfast", 54.58, -5.95), ("Lerwick", 60.17, -1.2), ("Orkney", 59.05, -3.2),
        ("Truro", 50.26, -5.05), ("Inverness", 57.44, -4.25), ("Norwich", 52.63, 1.3), ("Brecon", 51.95, -3.4),
    ],
)  # fmt: skip
def test_places_all_over_the_kingdom_are_on_its_land(outline, place, lat, lng):
    assert inside(project(lat, lng), outline["kingdom"]), place


@pytest.mark.parametrize(
    ("where", "lat", "lng"), [("Dublin", 53.3, -6.5), ("North Sea", 55.5, 1.0), ("Douglas", 54.2, -4.55)]
)
def test_what_is_not_the_kingdom_is_not_drawn_as_it(outline, where, lat, lng):
    assert not inside(project(lat, lng), outline["kingdom"]), where
    assert inside(project(lat, lng), outline["nearby"]) == (where != "North Sea")


@given(st.floats(min_value=49.8, max_value=60.9), st.floats(min_value=-10.6, max_value=2.0))
def test_north_is_up_east_is_right_and_all_of_it_is_on_the_map(lat, lng):
    assert is_on_map(lat, lng)
    x, y = project(lat, lng)
    assert project(lat + 0.5, lng)[1] < y
    assert project(lat, lng + 0.5)[0] > x


def test_what_is_off_the_map_is_left_out_and_nothing_is_no_map():
    paris, hull = MapPoint(lat=48.85, lng=2.35, label="Paris"), MapPoint(lat=53.74, lng=-0.33, label="Hull")
    assert small_map([paris], label="A map") is None
    assert [point.label for point in small_map([paris, hull], label="A map").points] == ["Hull"]


def test_the_origin_is_drawn_over_the_others_and_the_key_counts():
    shapes = ("origin", "worked", "ahead", "worked")
    drawn = small_map([MapPoint(lat=53.7, lng=-1.5, label=one, shape=one) for one in shapes], label="A map")
    assert [point.shape for point in drawn.points] == ["ahead", "worked", "worked", "origin"]
    assert drawn.counts == {"origin": 1, "worked": 2, "ahead": 1}


def test_the_drawing_has_a_name_and_escapes_what_people_wrote():
    drawn = small_map([MapPoint(lat=53.7, lng=-1.5, label="<b>Hull</b>")], label="Where it is")
    svg = render_to_string("components/small_map.html", {"map": drawn})
    assert 'role="img"' in svg
    assert 'aria-label="Where it is"' in svg
    assert "<title>&lt;b&gt;Hull" in svg
    assert "style=" not in svg


def test_the_outline_is_small_and_the_one_in_the_manifest():
    data = OUTLINE.read_bytes()
    assert len(gzip.compress(data)) < 15_000
    manifest = json.loads((ROOT / "assets" / "vendor.json").read_text())
    fine = (ROOT / "static/map/uk.json").read_bytes()
    assert len(gzip.compress(fine)) < 20_000
    assert manifest["outline"] == {
        "core/uk_outline.json": hashlib.sha256(data).hexdigest(),
        "static/map/uk.json": hashlib.sha256(fine).hexdigest(),
    }
    coarse, fine = json.loads(data), json.loads(fine)
    assert {name: coarse[name] for name in ("width", "height", "projection")} == {
        name: fine[name] for name in ("width", "height", "projection")
    }
    assert "Natural Earth" in (ROOT / "assets/licences/world-atlas.txt").read_text()


def test_clipping_and_simplifying_keep_the_shape():
    square = [(-5.0, 2.0), (5.0, 2.0), (5.0, 8.0), (-5.0, 8.0)]
    clipped = uk_outline.clip(square, 10, 10)
    assert uk_outline.area(clipped) == 30
    assert uk_outline.clip([(20.0, 20.0), (30.0, 20.0), (30.0, 30.0)], 10, 10) == []
    wobbly = [(0.0, 0.0), (5.0, 0.1), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]
    assert uk_outline.simplify(wobbly, 0.5) == [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]
    assert uk_outline.command([(0, 0), (1.21, 0), (1.22, 0), (1.2, 2)]) == "M0 0l1.2 0l0 2z"
