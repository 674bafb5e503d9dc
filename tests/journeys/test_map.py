"""The map by keyboard alone, with scripts and without, by hand, and in a frame of another site."""

import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.journey, pytest.mark.one_site]

FOCUSED = "document.activeElement?.getAttribute('aria-label') || document.activeElement?.labels?.[0]?.innerText"
LABELLED = f"({FOCUSED}) || document.activeElement?.innerText || ''"


def _tab_to(page, words, most=140):
    """Press Tab until what has these words has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if re.search(words, page.evaluate(LABELLED).strip()):
            return
    raise AssertionError(f"{most} times Tab did not lead to {words!r}")


def _heading(page):
    return page.locator("#results-title")


def _rested(page, work):
    """Do it, and wait until the server has said what is in the part of the map that then is shown."""
    before = page.locator("[data-map]").get_attribute("data-rests") or ""
    work()
    page.wait_for_function(
        "before => (document.querySelector('[data-map]').dataset.rests || '') !== before", arg=before
    )


def _numbers(page):
    """Of the sentence over the map: how many are on it, and how many in the part that is shown."""
    said = page.locator("#map-said").inner_text()
    placed = int(re.search(r"(\d+) (?:is|are) on the map", said)[1])
    shown = re.search(r"(\d+) (?:is|are) in this part", said)
    return placed, int(shown[1]) if shown else placed


def test_an_officer_finds_a_case_study_on_the_map_with_the_keyboard_alone(person):
    page = person(None)
    page.goto("/map/?type=case_study")
    page.wait_for_selector("[data-map][data-ready=points]")
    everything = _numbers(page)[0]
    _tab_to(page, r"^Did not work")
    page.keyboard.press("Space")
    expect(_heading(page)).to_have_text(re.compile("that did not work$"))
    found = int(re.match(r"\d+", _heading(page).inner_text())[0])
    placed = _numbers(page)[0]
    assert placed <= found
    assert placed < everything
    page.wait_for_selector("[data-map][data-ready=points]")
    _tab_to(page, r"^Map of the United Kingdom")
    _rested(page, lambda: page.keyboard.press("+"))
    assert re.search(r"view=[-\d.]+,[-\d.]+,1(&|$)", page.url), page.url
    _rested(page, lambda: page.keyboard.press("ArrowDown"))
    expect(page.get_by_role("heading", name="In this part of the map")).to_be_visible()
    listed = page.locator("#map-list .cl-mapped__list a")
    assert listed.count() >= _numbers(page)[1] > 0
    assert page.evaluate("document.activeElement.matches('[data-map-frame]')"), "the focus stays on the map"
    address = page.url
    _tab_to(page, r".")
    assert page.evaluate("document.activeElement.closest('#map-marks') !== null"), "then come the marks"
    title = listed.first.inner_text()
    _tab_to(page, re.escape(title[:40]))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.go_back()
    assert page.url == address, "the address is that of the part that was shown"
    expect(page.get_by_role("heading", name="In this part of the map")).to_be_visible()
    page.wait_for_selector("[data-map][data-ready=points]")
    _tab_to(page, r"^Map of the United Kingdom")
    _rested(page, lambda: page.keyboard.press("0"))
    assert _numbers(page) == (placed, placed)


def test_escape_leads_from_the_list_back_to_the_mark_and_from_the_mark_to_the_map(person):
    page = person(None)
    page.goto("/map/?type=opportunity")
    page.wait_for_selector("[data-map][data-ready=points]")
    several = page.locator("#map-marks a[href^='#here-']").first
    several.focus()
    page.keyboard.press("Enter")
    assert several.get_attribute("href") == "#" + page.evaluate("document.activeElement.id"), "its part of the list"
    page.keyboard.press("Escape")
    assert several.evaluate("mark => mark === document.activeElement"), "back at the mark"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('[data-map-frame]')"), "and back at the map"


def test_and_without_scripts(person):
    page = person(None, java_script_enabled=False)
    page.goto("/map/?type=case_study")
    box = page.get_by_role("checkbox", name=re.compile("^Did not work"))
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator(":focus").get_attribute("id") == box.get_attribute("id"):
            break
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(_heading(page)).to_have_text(re.compile("that did not work$"))
    placed = _numbers(page)[0]
    closer = page.get_by_role("link", name="Closer")
    closer.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="In this part of the map")).to_be_visible()
    assert _numbers(page)[0] == placed
    page.get_by_role("link", name="South").focus()
    page.keyboard.press("Enter")
    assert _numbers(page)[1] > 0
    link = page.locator("#map-list .cl-mapped__list a").first
    title = link.inner_text()
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_the_map_follows_the_hand_and_its_points_are_those_of_the_server(person):
    page = person(None)
    page.goto("/map/")
    page.wait_for_selector("[data-map][data-ready=points]")
    drawn, points, things = page.evaluate(
        """async () => {
          const { together, columns } = await import(document.querySelector('script[src*="/js/map."]').src);
          const file = await (await fetch(document.querySelector("[data-map]").dataset.points)).json();
          const all = { left: 0, top: 0, width: 265, height: 400 };
          const sum = (radius, of) => together(columns(file), all, 0, radius).reduce((n, spot) => n + of(spot), 0);
          return [sum(0.02, (spot) => spot.n), columns(file).n, sum(5000, (spot) => spot.n)];
        }"""
    )
    key = [int(n) for n in re.findall(r"\((\d+)\)", page.locator("#map-key").inner_text())]
    assert drawn == points >= things == sum(key) == _numbers(page)[0], "what has several points is counted once"
    frame = page.locator("[data-map-frame]")
    frame.focus()
    # Under way what is drawn is moved as a picture; where it rests it is drawn, and its marks are the server's.
    _rested(page, lambda: page.keyboard.press("+"))
    assert page.evaluate("document.querySelector('[data-map-frame] svg.cl-map').style.transform") == ""
    _rested(page, lambda: page.keyboard.press("0"))
    # Who cannot drag has links, which keep the focus as long as there is something to do with them.
    _rested(page, lambda: page.locator("[data-map-way=closer]").click())
    assert page.evaluate("document.activeElement.dataset.mapWay") == "closer"
    _rested(page, lambda: page.locator("[data-map-way=whole]").click())
    assert page.evaluate("document.activeElement.matches('[data-map-frame]')")
    # The second time the list beside it gets so short that the map would go up with it.
    for _ in range(2):
        _rested(page, lambda: frame.get_by_role("button", name="Closer").click())
        area = frame.bounding_box()
        assert area["y"] >= 0, "the map stays where it is seen"
    before = page.url
    page.mouse.move(area["x"] + 200, area["y"] + 200)

    def drag():
        page.mouse.down()
        page.mouse.move(area["x"] + 120, area["y"] + 140, steps=6)
        page.mouse.up()

    _rested(page, drag)
    assert page.url != before
    assert "/map/?" in page.url, "a drag opens nothing"
    assert page.locator("#search-filters input[name=view]").get_attribute("value") in page.url
    # A press that ends beside the map, where the frame hears nothing of it, keeps nothing from coming to rest.
    area = frame.bounding_box()
    page.mouse.move(area["x"] + 2, area["y"] + 200)
    page.mouse.down()
    page.mouse.move(area["x"] - 1, area["y"] + 200)
    page.mouse.up()
    frame.focus()
    _rested(page, lambda: page.keyboard.press("ArrowDown"))
    _rested(page, lambda: _fingers(page, area, apart=(40, 160)))
    assert page.url.endswith(",4"), "four times as far apart is two steps closer"
    _rested(page, lambda: _fingers(page, area, apart=(160, 40)))
    page.reload()
    # What is more than a hundred comes in pages of fifty.
    here = _numbers(page)[1]
    assert (here if here <= 100 else 50) == page.evaluate(
        "new Set([...document.querySelectorAll('#map-list .cl-mapped__list a')].map(link => link.href)).size"
    )


def _fingers(page, area, *, apart):
    """Two fingers on the map, of which each goes from and to where they are so many pixels apart."""
    browser = page.context.new_cdp_session(page)
    x, y = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    first, last = apart
    steps = [first + (last - first) * step / 4 for step in range(5)]
    both = [[{"x": x - one / 2, "y": y, "id": 1}, {"x": x + one / 2, "y": y, "id": 2}] for one in steps]
    browser.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": both[0][:1]})
    browser.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": both[0]})
    for points in both[1:]:
        browser.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points})
    browser.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_where_somebody_is_is_asked_for_only_when_they_ask(person):
    page = person(None, geolocation={"latitude": 53.8008, "longitude": -1.5491}, permissions=["geolocation"])
    page.add_init_script(
        "const ask = Geolocation.prototype.getCurrentPosition;"
        "Geolocation.prototype.getCurrentPosition = function (...all) { window.asked = true; ask.apply(this, all); };"
    )
    page.goto("/map/?type=case_study")
    page.wait_for_selector("[data-map][data-ready=points]")
    assert not page.evaluate("window.asked")
    page.get_by_text("Show what is near a place").click()
    page.get_by_role("button", name="Near me").click()
    expect(page).to_have_url(re.compile(r"near=53.80?%2C-1.55"))
    expect(page.locator("#map-here .cl-map__point--origin")).to_be_visible()


def test_another_site_shows_it_in_a_frame(site, person):
    page = person(None)
    page.goto("/map/?outcome=worked")
    page.get_by_text("Put this map on your own site").click()
    snippet = page.get_by_label("HTML for your page").input_value()
    assert snippet.startswith(f'<iframe src="{site.url}/map/embed/?')
    other = person(None)
    with _another_site(snippet) as address:
        other.goto(address)
        _shows_it(other)
        assert other.context.cookies() == []


@contextmanager
def _another_site(body):
    """A page of somebody else's, whose host is another than ours."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args):
            """Nobody reads it."""

    server = HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


def _shows_it(other):
    inside = other.frame_locator("iframe")
    expect(inside.get_by_role("heading", level=1)).to_have_text(re.compile("that worked"))
    expect(inside.get_by_role("link", name=re.compile("with its filters"))).to_be_visible()
