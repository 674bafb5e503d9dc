"""What colour a mail's words have, and on what ground, in the light and in the dark."""

import re

from bs4 import BeautifulSoup

LEGIBLE = 4.5  # WCAG 2.2, 1.4.3


def poorest(html, *, dark=False, outlook=False):
    """(ratio, words) of what is hardest to read."""
    soup = BeautifulSoup(html, "html.parser")
    colours = _styles(soup)
    if dark or outlook:
        _apply(soup, colours, _dark_rules(html) if dark else _outlook_rules(html))
    found = []
    for text in soup.body.find_all(string=lambda one: bool(one.strip())):
        owner = text.parent
        if type(text).__name__ != "NavigableString" or "preheader" in owner.get("class", ()):
            continue
        found.append((ratio(_nearest(owner, colours, "color"), _nearest(owner, colours, "background-color")), text))
    return min(found, key=lambda pair: pair[0])


def ratio(one, other):
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _declared(text):
    pairs = (one.split(":", 1) for one in text.split(";") if ":" in one)
    return {name.strip(): value.replace("!important", "").strip().lower() for name, value in pairs}


def _styles(soup):
    return {id(one): _declared(one["style"]) for one in soup.find_all(style=True)}


def _dark_rules(html):
    inside = html[html.index("prefers-color-scheme: dark") :]
    return re.findall(r"([^{}]+)\{([^{}]*)\}", inside[inside.index("{") + 1 : inside.index("@media")])


def _outlook_rules(html):
    """As in Outlook's apps, which put both marks on what holds the mail."""
    rules = re.findall(r"([^{}<>]*\[data-ogs[^{}]+)\{([^{}]*)\}", html)
    return [(re.sub(r"\[data-ogs[bc]\]", "", selector), body) for selector, body in rules]


def _apply(soup, colours, rules):
    """Later rules win, as far as they are as specific: as in a style sheet."""
    won = {}
    for selector, body in rules:
        for one in selector.split(","):
            weight = (one.count("."), len(re.findall(r"(?:^|\s)[a-z]", one)))
            for element in soup.select(one.strip()):
                for name, value in _declared(body).items():
                    if weight >= won.get((id(element), name), (0, 0)):
                        won[id(element), name] = weight
                        colours.setdefault(id(element), {})[name] = value


def _nearest(element, colours, name):
    for one in (element, *element.parents):
        if value := colours.get(id(one), {}).get(name):
            return value
    raise AssertionError(f"No {name} for {element}")
