"""Template tags of the shared components; `templates/components/README.md` shows how each is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django import forms, template
from django.conf import settings
from django.http import QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.utils import formats
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import get_language, gettext, gettext_lazy

from core.card_html import card_html, evidence_html, outcome_html, stage_html
from core.dates import readable
from core.forms import GovukRenderer, error_in_context, focus_id
from core.paths import site_path

register = template.Library()
register.simple_tag(card_html, name="card")
register.simple_tag(outcome_html, name="outcome_tag")
register.simple_tag(stage_html, name="stage_tag")
register.simple_tag(evidence_html, name="evidence_rating")
register.filter("readable_date", readable)


@register.simple_tag
def written() -> SafeString:
    """The `lang` of what authors wrote, where it is not the language of the words around it (record 6)."""
    same = get_language() in (None, settings.LANGUAGE_CODE)
    return SafeString() if same else format_html(' lang="{}"', settings.LANGUAGE_CODE)


CURRENCIES = ("£", "$", "€")

MENU = (
    ("search/", gettext_lazy("Find what worked")),
    ("ask/", gettext_lazy("Ask")),
    ("topics/", gettext_lazy("Topics")),
    ("map/", gettext_lazy("Map")),
    ("programmes/", gettext_lazy("Programmes")),
    ("places/", gettext_lazy("Places")),
    ("councils/", gettext_lazy("Councils")),
)


@register.simple_tag
def site_url(path: str = "") -> str:
    """An address of ours in the reader's language: `{% site_url "search/" %}` is /search/ or /cy/search/."""
    return site_path(path)


@register.inclusion_tag("components/main_menu.html", takes_context=True)
def main_menu(context: Context) -> dict[str, Any]:
    """The ways in, with the one the reader is in marked."""
    request = context.get("request")
    path = request.path if request else ""
    items = []
    for where, text in MENU:
        url = site_path(where)
        items.append({"url": url, "text": text, "exact": path == url, "below": path.startswith(url)})
    return {"items": items}


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@register.filter
def figure(value: Any) -> str:
    """A number as people write it: thousands separated, no needless zeros."""
    if type(value) is int and 0 <= value < 1000:
        return str(value)
    number = _number(value)
    if number is None:
        return "" if value is None else str(value)
    places = min(6, max(0, -int(number.normalize().as_tuple().exponent)))
    written = formats.number_format(abs(number), decimal_pos=places, use_l10n=True, force_grouping=True)
    return f"−{written}" if number < 0 else written


@register.filter
def with_unit(value: Any, unit: str | None) -> str:
    """A figure with its unit: `%` and `£` where they belong, words after a space."""
    unit = (unit or "").strip()
    written = figure(value)
    if unit[:1] in CURRENCIES:
        minus, written = ("−", written[1:]) if written.startswith("−") else ("", written)
        return f"{minus}{unit[0]}{written}{unit[1:]}"
    return f"{written}{'' if unit.startswith('%') or not unit else ' '}{unit}"


@register.filter
def host(url: str | None) -> str:
    """Who publishes a source, when nobody gave its title: the host of its address."""
    return (urlsplit(url or "").hostname or str(url or "")).removeprefix("www.")


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page_obj: Any, param: str = "page") -> dict[str, Any]:
    """Links to the pages of a Django `Page`, keeping the rest of the query string."""
    request = context.get("request")
    paginator = page_obj.paginator

    def address(number: int) -> str:
        query = request.GET.copy() if request else QueryDict(mutable=True)
        query.pop(param, None)
        if number > 1:
            query[param] = str(number)
        return f"?{query.urlencode()}" if query else (request.path if request else "?")

    numbers = paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1)
    links = [
        {"number": n, "url": address(n), "current": n == page_obj.number} if isinstance(n, int) else {"number": None}
        for n in numbers
    ]
    return {
        "show": paginator.num_pages > 1,
        "links": links,
        "previous": address(page_obj.number - 1) if page_obj.has_previous() else "",
        "next": address(page_obj.number + 1) if page_obj.has_next() else "",
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: forms.BaseForm | None = None, errors: Iterable[Mapping[str, str]] = ()) -> dict[str, Any]:
    """Everything that is wrong, at the top, each linked to its field. `errors` adds {text, href} of your own."""
    found: list[dict[str, str]] = [{"text": e["text"], "href": e.get("href", "")} for e in errors]
    if form is not None and form.is_bound:
        found += [{"text": str(text), "href": ""} for text in form.non_field_errors()]
        for field in form:
            href = "" if field.is_hidden else f"#{focus_id(field)}"
            found += [{"text": error_in_context(field, str(text)), "href": href} for text in field.errors]
    return {"errors": found}


@register.simple_tag
def govuk_form(form: forms.BaseForm) -> SafeString:
    """Render any form, one of a library's too, with our templates."""
    form.renderer = GovukRenderer()
    return form.render()


@register.simple_block_tag
def filter_panel(
    content: str,
    action: str = "",
    active: int = 0,
    clear_url: str = "",
    *,
    in_place: bool = False,
    is_open: bool = False,
) -> SafeString:
    """A form of filters: a panel that opens on phones, always open beside the results on wider screens.

    `in_place`: each tick asks at once; where the answer goes is said above it (`hx-target:inherited` and the like).
    `is_open`: open on phones too, where the reader comes to choose.
    """
    context = {"content": content, "action": action, "active": active, "clear_url": clear_url, "in_place": in_place}
    context["is_open"] = is_open
    return render_to_string("components/filter_panel.html", context)


@register.simple_tag
def filter_options(name: str, options: Iterable[Any], kind: str = "") -> SafeString:
    """The boxes of one filter; its options are dicts or objects with `value, label, count, checked`.

    One line of code for each, since a page has a hundred of them: template nodes took most of the page's time.
    """
    results = format_html('<span class="govuk-visually-hidden"> {}</span>', gettext("results"))
    items = []
    for option in options:
        value, label, count, checked = _parts(option)
        box, described = _box(kind or "checkbox", name, str(value), label if isinstance(label, str) else str(label))
        shown = ""
        if count is not None:
            number = figure(count) if isinstance(count, int) else conditional_escape(figure(count))
            shown = f' <span class="cl-filter__count">({number}{results})</span>'
        on = " checked" if checked else ""
        items.append(f"{box}{on}>{described}{shown}</label></li>")
    return SafeString("".join(items))


@lru_cache(maxsize=4096, typed=True)
def _box(kind: str, name: str, value: str, label: str) -> tuple[str, str]:
    """What an option has on every page: its box, but for whether it is ticked, and its label, but for the count.

    `typed`, because a text and the same text marked as safe are equal and yet are not escaped alike.
    """
    box = f"filter-{conditional_escape(name)}-{slugify(value)}"
    kind, name, value = (conditional_escape(one) for one in (kind, name, value))
    tick = f'<li class="cl-filter__item"><input type="{kind}" id="{box}" name="{name}" value="{value}"'
    return tick, f'<label for="{box}">{conditional_escape(label)}'


def _parts(option: Any) -> tuple[Any, Any, Any, Any]:
    if isinstance(option, Mapping):
        return option["value"], option["label"], option.get("count"), option.get("checked")
    return option.value, option.label, option.count, option.checked


@register.simple_block_tag
def details(content: str, summary: str) -> SafeString:
    """More, for those who want it."""
    return format_html(
        '<details class="govuk-details"><summary class="govuk-details__summary">'
        '<span class="govuk-details__summary-text">{}</span></summary>'
        '<div class="govuk-details__text">{}</div></details>',
        summary,
        content,
    )


@register.simple_block_tag
def inset(content: str) -> SafeString:
    """Something to set apart from the text around it."""
    return format_html('<div class="govuk-inset-text">{}</div>', content)
