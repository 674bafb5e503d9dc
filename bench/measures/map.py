"""The map with twenty thousand points: what it costs the server, what is sent, and how it moves in a browser.

The browser is Debian's Chromium without a window, over a connection as slow as Lighthouse's “slow 4G” (1.6 Mbit/s,
150 ms), once with the processor as it is and once four times slower, as a cheap phone's is. Both halves are of one run.
"""

import os
import random
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page, sync_playwright

from bench import figures, servers
from casestudies.choices import Outcome
from scripts.screenshots import browser_options
from search import engines, map_points
from search.documents import Point, SearchDocument, Term
from search.engines.base import NEWEST, Engine, SearchQuery
from search.indexing import chunks

SIZE = 20_000
VIEW = {"width": 412, "height": 900}
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
START_SECONDS, DRAGS, CLOSER = 60, 60, 4
TOWNS = ((51.5, -0.1), (52.5, -1.9), (53.5, -2.2), (53.8, -1.6), (55.9, -4.2), (51.5, -3.2), (54.6, -5.9), (50.4, -4.1))
# Counts the time between frames until it is told to stop.
FRAMES = """() => { window.frames_ = []; let before = performance.now(); window.counting = true;
  const next = now => { window.frames_.push(now - before); before = now;
    if (window.counting) requestAnimationFrame(next); };
  requestAnimationFrame(next); }"""
PAINTED = """() => ({ paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime || 0,
  whole: performance.getEntriesByType("navigation")[0].responseEnd, ready: performance.now(),
  kb: [performance.getEntriesByType("navigation")[0], ...performance.getEntriesByType("resource")]
    .reduce((sum, one) => sum + one.transferSize, 0) / 1024 })"""


def measure(size: int) -> dict[str, Any]:
    """Half of the points stand around a few towns, as people do; the rest anywhere."""
    engine = engines.database()
    for some in chunks(_documents(size), 500):
        engine.index(some, version=time.time_ns() // 1000)
    found: dict[str, Any] = {"database": _asked(engine, size)}
    if servers.address():
        with servers.elasticsearch() as server:
            for some in chunks(_documents(size), 500):
                server.index(some, version=time.time_ns() // 1000)
            server.refresh()
            found["elasticsearch"] = _asked(server, size)
    found["file"] = _file()
    found["page"] = _page()
    with _served() as address:
        found["browser"] = {"as_it_is": _looked(address, slower=1), "four_times_slower": _looked(address, slower=4)}
    return found


def _documents(size: int) -> Iterator[SearchDocument]:
    chance = random.Random(20)  # noqa: S311 - the same each time
    outcomes = [one.value for one in Outcome]
    for number in range(size):
        lat, lng = 50.2 + chance.random() * 8, -5.5 + chance.random() * 6.5
        if number % 2:
            near = chance.choice(TOWNS)
            lat, lng = near[0] + chance.gauss(0, 0.25), near[1] + chance.gauss(0, 0.35)
        yield SearchDocument(
            kind="case_study",
            object_id=1_000_000 + number,
            url=f"/councils/council-{number % 380}/{number}/",
            title=f"What was tried in street {number}",
            facets={
                "type": (Term("case_study"),),
                "region": (Term(f"region-{number % 12}"),),
                "outcome": (Term(chance.choice(outcomes)),),
            },
            points=(Point(round(lat, 5), round(lng, 5)),),
        )


def _asked(engine: Engine, size: int) -> dict[str, Any]:
    """Milliseconds until the engine has said where everything is."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        located = engine.located(SearchQuery(sort=NEWEST))
        times.append((time.perf_counter() - began) * 1000)
        figures.expect(len(located) == size, f"{len(located)} of {size} points")
    return {"all_points_ms": round(statistics.median(times), 1)}


def _file() -> dict[str, Any]:
    """From nothing, and as the next reader of the same minute gets it."""
    first = _timed("/map/points/", cold=True)
    found = map_points.points(SearchQuery(sort=NEWEST))
    body = map_points.payload(found)
    return {
        "kb": round(len(map_points.compressed(body)) / 1024, 1),
        "unzipped_kb": round(len(body) / 1024, 1),
        "first_ms": first,
        "next_ms": _timed("/map/points/"),
    }


def _page() -> dict[str, Any]:
    return {
        "first_ms": _timed("/map/", cold=True),
        "next_ms": _timed("/map/"),
        "part_ms": _timed("/map/part/?view=52.48,-1.9,3"),
    }


def _timed(path: str, *, cold: bool = False) -> float:
    client, times = Client(SERVER_NAME="localhost"), []
    client.get(path)
    for _ in range(5):
        if cold:
            cache.clear()
        began = time.perf_counter()
        response = client.get(path, headers={"Accept-Encoding": "gzip"})
        times.append((time.perf_counter() - began) * 1000)
        figures.expect(response.status_code == 200, f"{path} answered {response.status_code}")
    return round(statistics.median(times), 1)


@contextmanager
def _served() -> Iterator[str]:
    """This site over HTTP, by the server that runs it in production."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "network.wsgi", "--no-control-socket", "--threads", "4"]
    process = subprocess.Popen(  # noqa: S603 - our own server
        [*command, "--bind", f"127.0.0.1:{port}"],
        cwd=settings.BASE_DIR,
        env=dict(os.environ),
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            figures.expect(time.monotonic() < deadline, "the server did not start")
            time.sleep(0.2)
        # The first request of a process loads the site; no reader is the first.
        with urllib.request.urlopen(f"http://localhost:{port}/map/", timeout=START_SECONDS) as answer:
            answer.read()
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _looked(address: str, *, slower: int) -> dict[str, Any]:
    """A first visit over the slow connection, then the map moved under the hand."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**browser_options())
        page = browser.new_page(viewport=VIEW)  # type: ignore[arg-type]  # width and height
        tools = page.context.new_cdp_session(page)
        tools.send("Network.enable")
        tools.send("Network.emulateNetworkConditions", SLOW)
        tools.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        page.goto(f"{address}/map/")
        page.wait_for_selector("[data-map][data-ready=points]", timeout=120_000)
        painted = page.evaluate(PAINTED)
        tools.send("Network.emulateNetworkConditions", {**SLOW, "latency": 0, "downloadThroughput": -1})
        found = {
            "first_paint_ms": round(painted["paint"]),
            "points_there_ms": round(painted["ready"]),
            "everything_kb": round(painted["kb"], 1),
            "frames_while_zooming": _frames(page, _zoom),
            "frames_while_panning": _frames(page, _pan),
        }
        browser.close()
    return found


def _zoom(page: Page) -> None:
    frame = page.locator("[data-map-frame]")
    frame.scroll_into_view_if_needed()
    frame.focus()
    for key in ("+",) * CLOSER + ("-",) * (CLOSER - 2):
        page.keyboard.press(key)
        page.wait_for_timeout(300)


def _pan(page: Page) -> None:
    area = page.locator("[data-map-frame] svg.cl-map").bounding_box()
    figures.expect(area is not None, "there is no map")
    x, y = (area["x"] + area["width"] / 2, area["y"] + min(area["height"] / 2, 300)) if area else (0, 0)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(DRAGS):
        page.mouse.move(x + 120 * ((step % 20) / 10 - 1), y + 3 * step - 90)
        page.wait_for_timeout(16)
    page.mouse.up()


def _frames(page: Page, work: Any) -> dict[str, float]:
    page.evaluate(FRAMES)
    work(page)
    return _spread(page.evaluate("() => { window.counting = false; return window.frames_.slice(1); }"))


def _spread(times: Sequence[float]) -> dict[str, float]:
    """A frame is late after 34 ms: the eye sees two of sixty a second missing."""
    late = sum(1 for one in times if one > 34)
    return {
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1], 1),
        "worst_ms": round(max(times), 1),
        "late_percent": round(100 * late / len(times), 1),
    }
