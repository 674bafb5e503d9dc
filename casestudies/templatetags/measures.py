"""Measures on anybody's page: a chart with its table, a single figure, a change in a few words."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.translation import gettext

from casestudies.change import Change, change_of, measure_change, number
from core.charts import bar_pair
from core.templatetags.components import CURRENCIES, figure

register = template.Library()

FACTS = (
    "indicator", "unit", "before", "after", "target", "better", "before_date", "after_date", "sample", "sample_size",
    "drop_out", "self_reported", "prices", "comparison", "why_comparable", "source_url", "source_title", "note",
    "level",
)  # fmt: skip
# Worked out by `casestudies.change`; the rest is shown as it is.
_ARITHMETIC = (
    "before", "after", "unit", "better", "target", "before_date", "after_date", "prices", "sample_size", "drop_out",
    "self_reported",
)  # fmt: skip


@register.filter
def change(measure: Any) -> Change:
    """What a measure amounts to, for a template to take words from: `{% with c=measure|change %}{{ c.summary }}`."""
    return change_of(measure)


@register.inclusion_tag("components/measures.html")
def measures(items: Iterable[Any], level: int = 3) -> dict[str, Any]:
    """All measures of a case study: those with two figures as charts, single figures together in one list."""
    facts = [measure_facts(item, level=level) for item in items]
    return {
        "compared": [each for each in facts if each["compared"]],
        "single": [each for each in facts if not each["compared"]],
        "level": level,
    }


@register.inclusion_tag("components/measure_chart.html")
def measure_chart(measure: Any = None, **given: Any) -> dict[str, Any]:
    """One measured result: a bar before, a bar after, and the same in a table; or a single figure with what is known.

    Takes an object or dict (`measure`), or keyword arguments by the names in FACTS; `better` is "higher" or
    "lower". Two values that are not both numbers have a table and no chart.
    """
    return measure_facts(measure, **given)


def measure_facts(measure: Any, **given: Any) -> dict[str, Any]:
    if isinstance(measure, Mapping) and "compared" in measure:
        return {**measure, **given}  # worked out already
    facts = {name: given.get(name, _read(measure, name)) for name in FACTS}
    facts["level"] = facts["level"] or 3
    facts["source_url"] = facts["source_url"] or _read(measure, "source")
    facts["comparison"] = _comparison_in_words(measure, facts["comparison"])
    facts["who"] = _who(facts)
    facts["compared"] = facts["before"] not in (None, "")
    unit = str(facts["unit"] or "")
    facts["bar_unit"] = unit if unit == "%" or unit[:1] in CURRENCIES else ""
    worked_out = measure_change(**{name: facts[name] for name in _ARITHMETIC})
    both = worked_out is not None and number(facts["before"]) is not None
    facts["change"] = worked_out if both or not facts["compared"] else None
    if worked_out is not None and worked_out.before is not None:
        facts["chart"] = bar_pair(before=worked_out.before, after=worked_out.after, target=worked_out.target)
    facts["has_note"] = _has_note(facts)
    return facts


def _has_note(facts: Mapping[str, Any]) -> bool:
    worked_out: Change | None = facts["change"]
    said = [facts[name] for name in ("comparison", "who", "note", "source_url")]
    if worked_out is not None:
        said += [worked_out.why_no_percentage, worked_out.relative_of_percentage, worked_out.prices_in_words]
        said += worked_out.cautions
    return any(said)


def _comparison_in_words(measure: Any, code: Any) -> str:
    """A model's choice by its label; "no comparison" and "before and after" need no words beside a chart."""
    if code in {None, "", "none", "before_and_after"}:
        return ""
    display = getattr(measure, "get_comparison_display", None)
    return str(display()) if display else str(code)


def _who(facts: Mapping[str, Any]) -> str:
    """Who or what was measured, with how many where the words do not say it themselves."""
    words, size = str(facts["sample"] or ""), facts["sample_size"]
    if size in (None, ""):
        return words
    many = figure(size)
    if not words:
        return many
    if many in words or str(size) in words:
        return words
    return gettext("%(who)s (%(n)s of them)") % {"who": words, "n": many}


def _read(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)
