"""Somebody searches without a mouse, a script, a wide screen or small print, on paper, or from where they stand."""

import re

import pytest
from playwright.sync_api import expect

from scripts.screenshots import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.one_site]

LEEDS = {"latitude": 53.79648, "longitude": -1.54785}
WIDE_AND_NARROW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def _ready(page, address):
    """A search page that answers in place."""
    page.goto(address)
    # Not by a function of the page's: the browser refuses to make one from a text there, as it should.
    page.locator("#search form[data-htmx-powered]").first.wait_for(state="attached")


def _heading(page):
    return page.locator("#results-title")


# “Near me”


def _asked_where(person, **options):
    page = person(None, **options)
    _ready(page, "/search/?q=community")
    page.get_by_role("link", name="Distance", exact=True).click()
    button = page.get_by_role("button", name="Near me")
    expect(button).to_be_visible()
    return page, button


def test_near_me_sorts_by_distance_and_tells_the_site_no_more_than_the_kilometre(person):
    page, button = _asked_where(person, geolocation=LEEDS, permissions=["geolocation"])
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    button.press("Enter")
    expect(page).to_have_url(re.compile(r"near=53\.8%2C-1\.55.*sort=distance|near=53\.80%2C-1\.55.*sort=distance"))
    expect(_heading(page)).to_have_text(re.compile("nearest to .* first$"))
    expect(_heading(page)).to_be_focused()
    distances = [int(re.sub(r"\D", "", text) or 0) for text in page.locator(".cl-card__distance").all_inner_texts()]
    assert len(distances) > 3
    assert distances == sorted(distances)
    assert not [address for address in asked if "53.79" in address]


@pytest.mark.parametrize("options", [{}, {"permissions": ["geolocation"]}], ids=["refused", "not known"])
def test_without_an_answer_near_me_says_what_to_do_instead(person, options):
    page, button = _asked_where(person, **options)
    button.press("Enter")
    expect(page.get_by_text("Type the name of a place instead.").last).to_be_visible()
    expect(page.locator("#search-said")).to_have_text(re.compile("Type the name of a place instead"))
    expect(button).to_be_hidden()
    expect(page.get_by_label("Nearest to")).to_be_focused()
    page.keyboard.type("Leeds")
    page.keyboard.press("Enter")
    expect(_heading(page)).to_have_text(re.compile("nearest to Leeds first$"))


def test_a_browser_that_knows_no_places_is_not_offered_near_me(person):
    page = person(None)
    page.add_init_script("delete Navigator.prototype.geolocation")
    _ready(page, "/search/?q=community&sort=distance")
    expect(page.get_by_label("Nearest to")).to_be_visible()
    expect(page.get_by_role("button", name="Near me")).to_be_hidden()


# Keep or share


def test_copy_link_copies_what_is_shown_now(person):
    page = person(None, width=390, permissions=["clipboard-read", "clipboard-write"])
    _ready(page, "/search/?q=community")
    page.get_by_text("Keep or share").press("Enter")
    page.get_by_role("button", name="Copy link").press("Enter")
    expect(page.get_by_role("button", name="Link copied")).to_be_focused()
    expect(page.locator("#search-said")).to_have_text("Link copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.url

    page.locator(".cl-filters > summary").press("Enter")
    page.get_by_role("checkbox", name=re.compile("^Worked")).press("Space")
    expect(_heading(page)).to_have_text(re.compile("that worked$"))
    page.get_by_role("button", name="Copy link").press("Enter")
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith("/search/?q=community&outcome=worked")


def test_where_copying_is_refused_the_reader_is_told_and_not_only_shown(person):
    page = person(None)
    page.add_init_script("Clipboard.prototype.writeText = () => Promise.reject(new Error('refused'))")
    _ready(page, "/search/?q=community")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copy the link from the address bar")).to_be_visible()
    expect(page.locator("#search-said")).to_have_text("Copy the link from the address bar")


def test_a_search_is_followed_after_signing_in_and_stopped_again(person):
    page = person(None, width=390)
    _ready(page, "/search/?q=community")
    page.locator(".cl-filters > summary").click()
    page.get_by_role("checkbox", name=re.compile("^Did not work")).check()
    expect(_heading(page)).to_have_text(re.compile("that did not work$"))
    # Only case studies are told of, so the search that is followed says so.
    said = _heading(page).inner_text().replace("results", "case studies")
    page.get_by_text("Keep or share").click()
    page.get_by_role("link", name="Follow this search").click()
    page.get_by_role("main").get_by_role("link", name="Sign in instead").click()
    page.get_by_label("Email").fill("sam@demo.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").first.click()
    expect(page).to_have_url(re.compile(r"/following/new/\?q=community&(type=case_study&)?outcome=did_not_work"))
    page.get_by_role("main").get_by_role("button", name=re.compile("^Follow")).click()
    expect(page).to_have_url(re.compile(r"/search/\?q=community&(type=case_study&)?outcome=did_not_work"))
    page.get_by_text("Keep or share").click()
    expect(page.get_by_role("button", name=re.compile("Stop following"))).to_be_visible()
    page.goto("/following/")
    row = page.locator("main").get_by_role("link", name=re.compile("“community”")).first
    expect(row).to_be_visible()
    row.click()
    expect(_heading(page)).to_have_text(said)
    page.get_by_text("Keep or share").click()
    page.get_by_role("button", name=re.compile("Stop following")).click()
    page.goto("/following/")
    again = page.get_by_role("region", name="What you followed until lately")
    expect(again.get_by_role("link", name=re.compile("“community”"))).to_be_visible()
    expect(page.locator("main table").get_by_role("link", name=re.compile("“community”"))).to_have_count(0)


# The keyboard


def test_type_ahead_from_the_first_page_to_a_case_study_by_keyboard(person):
    page = person(None, width=390)
    page.goto("/")
    box = page.get_by_role("combobox").first
    box.focus()
    box.press_sequentially("alt")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    number = options.count()
    assert number > 0
    box.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", options.last.get_attribute("id"))
    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") is None, "past the last one the reader is in the box again"
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.press("End")
    assert box.get_attribute("aria-activedescendant") is None
    assert box.evaluate("box => box.selectionStart") == 3
    box.press("Tab")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(options.first).to_be_hidden()
    box.focus()
    box.press_sequentially("rinc")
    expect(options.first).to_contain_text("Altrincham")
    box.press("ArrowDown")
    box.press("Enter")
    expect(page).to_have_url(re.compile("/councils/|/places/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Altrincham")


def test_the_box_says_when_it_has_nothing_to_suggest(person):
    page = person(None)
    page.goto("/search/")
    box = page.get_by_role("combobox")
    box.press_sequentially("xqzw")
    expect(page.locator(".cl-search__row [role=status]")).to_have_text("No suggestions.")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press("Enter")
    expect(_heading(page)).to_have_text("No results about “xqzw”")


def test_every_mark_of_the_map_is_reached_and_leads_on(person):
    page = person(None)
    _ready(page, "/map/?type=case_study")
    marks = page.locator("svg.cl-map a")
    assert marks.count() > 10
    assert all(mark.get_attribute("aria-label") for mark in marks.all())
    several = page.locator("svg.cl-map a[href^='#here-']").first
    number = several.get_attribute("href")
    several.focus()
    page.keyboard.press("Enter")
    there = page.locator(number)
    expect(there).to_be_in_viewport()
    page.keyboard.press("Tab")
    assert there.evaluate("place => place.contains(document.activeElement)"), "the next link is one of that place's"
    one = page.locator("svg.cl-map a[href^='/']").first
    named = one.get_attribute("aria-label")
    one.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(named)


# Without scripts, on small and large screens, on paper


def test_all_of_it_works_without_scripts(person):
    page = person(None, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("searchbox").first.fill("community")
    page.get_by_role("searchbox").first.press("Enter")
    everything = _heading(page).inner_text()
    page.get_by_role("checkbox", name=re.compile("^Worked")).check()
    page.get_by_role("button", name="Apply filters").click()
    expect(_heading(page)).to_have_text(re.compile("that worked$"))
    page.get_by_role("link", name="Strongest evidence").click()
    expect(page).to_have_url(re.compile("outcome=worked&sort=evidence"))
    page.get_by_role("link", name=re.compile("^Worked .*remove this")).click()
    expect(_heading(page)).to_have_text(everything)
    page.get_by_role("link", name="Distance", exact=True).click()
    for button in ("Near me", "Copy link"):
        expect(page.get_by_role("button", name=button)).to_be_hidden()
    page.get_by_label("Nearest to").fill("Leeds")
    page.get_by_label("Nearest to").press("Enter")
    expect(_heading(page)).to_have_text(re.compile("nearest to Leeds first$"))
    page.get_by_role("link", name="Next").click()
    expect(page).to_have_url(re.compile("page=2"))
    page.get_by_role("link", name="Map", exact=True).last.click()
    expect(page).to_have_url(re.compile("/map/"))
    expect(page.locator("svg.cl-map a").first).to_be_visible()
    page.go_back()
    page.go_back()
    expect(_heading(page)).to_have_text(re.compile("nearest to Leeds first$"))


TIGHT = [
    "/search/?q=empty+shops",
    "/search/?q=community&outcome=worked&near=leeds&sort=distance",
    "/search/?q=community&like=cornwall&sort=similar",
    "/search/?q=" + "unreasonably" * 20,
    "/search/?q=zeppelin&type=case_study&outcome=worked",
    "/map/?q=community",
]


@pytest.mark.parametrize("address", TIGHT, ids=range(len(TIGHT)))
def test_nothing_is_cut_off_at_320_px_or_with_letters_twice_as_large(person, address):
    page = person(None, width=320)
    page.goto(address)
    for details in page.locator("#search details").all():
        details.evaluate("details => { details.open = true }")
    assert not page.evaluate(WIDE_AND_NARROW), "at 320 px, as at 1280 px and 400 %"
    page.set_viewport_size({"width": 640, "height": 450})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert not page.evaluate(WIDE_AND_NARROW), "with letters twice as large"
    expect(_heading(page)).to_be_visible()


def test_on_paper_there_are_the_results_and_where_they_are_from(site, person):
    page = person(None)
    page.goto("/search/?q=empty+shops&outcome=worked")
    page.emulate_media(media="print")
    expect(page.get_by_text(f"Printed from {site.url}/search/?q=empty+shops&outcome=worked")).to_be_visible()
    expect(_heading(page)).to_be_visible()
    expect(page.locator(".cl-card__title").first).to_be_visible()
    for hidden in ("#search-filters", ".cl-views", ".cl-search", ".cl-header nav", "footer form"):
        assert not [one for one in page.locator(hidden).all() if one.is_visible()], hidden
    address = page.locator(".cl-results .cl-card__link").first.evaluate(
        "link => getComputedStyle(link, '::after').content"
    )
    assert "/councils/" in address
    page.goto("/map/?q=empty+shops")
    expect(page.locator("svg.cl-map")).to_be_visible()
    expect(page.locator(".cl-mapped__list")).to_be_visible()
    expect(page.locator("#search-filters")).to_be_hidden()
