"""Somebody searches: with the keyboard, filter by filter, from a place, and back again, without losing their spot."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.journey, pytest.mark.one_site]


@pytest.fixture
def reader(person):
    return person(None)


def _open(page, address):
    """A search page whose filters are answered in place; `page.evaluate("stayed")` is true until a page is loaded."""
    page.goto(address)
    # Not by a function of the page's: the browser refuses to make one from a text there, as it should.
    page.locator("#search form[data-htmx-powered]").first.wait_for(state="attached")
    page.evaluate("window.stayed = true")


def _heading(page):
    return page.locator("#results-title")


def test_suggestions_by_keyboard(reader):
    reader.goto("/search/")
    box = reader.get_by_role("combobox")
    box.press_sequentially("libr")
    options = reader.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(reader.locator(".cl-search__row [role=status]")).to_have_text(re.compile(r"^\d+ suggestions?\."))
    expect(box).to_have_attribute("aria-expanded", "true")
    assert box.get_attribute("aria-activedescendant") is None, "nothing is chosen by itself"
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    box.press("Home")
    assert box.get_attribute("aria-activedescendant") is None
    box.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("libr")
    box.press("Alt+ArrowDown")
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("Enter")
    expect(reader).to_have_url(re.compile(r"/search/\?q=libr$"))
    box = reader.get_by_role("combobox")
    box.press("End")
    box.press_sequentially("a")
    expect(options.first).to_be_visible()
    box.press("Escape")
    box.press("Escape")
    expect(box).to_have_value("")
    box.press_sequentially("librar")
    expect(options.first).to_be_visible()
    box.press("ArrowUp")
    box.press("Enter")
    expect(reader).not_to_have_url(re.compile("/search/"))


def test_filters_tags_and_orders_in_place_and_back(reader):
    _open(reader, "/search/?q=community")
    before = _heading(reader).inner_text()
    worked = reader.get_by_role("checkbox", name=re.compile("^Worked"))
    worked.focus()
    worked.press("Space")
    expect(_heading(reader)).to_have_text(re.compile("that worked$"))
    expect(reader).to_have_url(re.compile(r"q=community&outcome=worked$"))
    expect(worked).to_be_focused()
    expect(worked).to_be_checked()
    expect(reader.locator("#search-said")).to_have_text(_heading(reader).inner_text())

    tag = reader.get_by_role("link", name=re.compile("^Worked .*remove this"))
    tag.focus()
    tag.press("Enter")
    expect(_heading(reader)).to_have_text(before)
    expect(worked).not_to_be_checked()
    expect(_heading(reader)).to_be_focused()

    reader.get_by_role("link", name="Distance", exact=True).click()
    expect(_heading(reader)).to_be_focused()
    reader.get_by_label("Nearest to").fill("Leeds")
    reader.get_by_label("Nearest to").press("Enter")
    expect(_heading(reader)).to_have_text(re.compile("nearest to Leeds first$"))
    distances = [int(re.sub(r"\D", "", text) or 0) for text in reader.locator(".cl-card__distance").all_inner_texts()]
    assert len(distances) > 3
    assert distances == sorted(distances)

    reader.go_back()
    reader.go_back()
    expect(reader).to_have_url(re.compile(r"/search/\?q=community$"))
    reader.go_back()
    expect(_heading(reader)).to_have_text(re.compile("that worked$"))
    expect(worked).to_be_checked()
    reader.go_forward()
    expect(_heading(reader)).to_have_text(before)
    assert reader.evaluate("window.stayed"), "the page was never loaded anew"
    reader.get_by_role("combobox").press_sequentially(" libr")
    expect(reader.get_by_role("combobox")).to_have_attribute("aria-autocomplete", "list")


def test_the_last_of_several_answers_wins(reader):
    held = []
    _open(reader, "/search/?q=community")

    def hold_the_first(route):
        if "outcome=worked" in route.request.url and "partly" not in route.request.url:
            held.append(route)
        else:
            route.continue_()

    reader.route("**/search/?*", hold_the_first)
    reader.get_by_role("checkbox", name=re.compile("^Worked")).check()
    reader.get_by_role("checkbox", name=re.compile("^Partly worked")).check()
    expect(_heading(reader)).to_have_text(re.compile("that worked or partly worked$"))
    assert held, "the first question was on its way"
    expect(reader.locator("#search-trouble")).to_be_hidden()


def test_the_map_is_filtered_in_place_and_reached_by_keyboard(reader):
    _open(reader, "/map/?type=case_study")
    reader.get_by_role("checkbox", name=re.compile("^Did not work")).check()
    expect(_heading(reader)).to_have_text(re.compile("that did not work$"))
    assert "/map/?" in reader.url
    mark = reader.locator("svg.cl-map a").first
    mark.focus()
    expect(mark).to_be_focused()
    assert reader.evaluate("window.stayed")
