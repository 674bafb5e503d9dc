"""How complete a case study is, and what is missing, in words.

The meter counts the parts of the convention that a reader needs to decide whether to try it too; it is
computed from the text, never typed. Each missing part leads to its place in the editor.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import Panel

from casestudies.choices import WrittenBy

_TEXTS = {
    "problem": _("the problem"),
    "who_for": _("who it is for"),
    "approach": _("what you did"),
    "results": _("results in words"),
    "did_not_work": _("what did not work"),
    "what_next": _("what happens next"),
}
_FACTS = {"summary": _("a summary"), "outcome": _("whether it worked"), "started": _("when it started")}
_ROWS = {
    "measures": _("a figure"),
    "lessons": _("a lesson"),
    "milestones": _("a timeline"),
    "case_study_places": _("a place"),
    "sources": _("a source"),
}


def anchor(field: str) -> str:
    """Where a field or a list of rows is in the editor; Wagtail opens its tab for such an address."""
    return f"#id_{field}-ADD" if field in _ROWS or field in {"photos", "risks", "needs"} else f"#id_{field}-label"


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A part that is not there, and where to write it."""

    name: Any
    anchor: str

    def __str__(self) -> str:
        return str(self.name)


@dataclass(frozen=True, kw_only=True)
class Completeness:
    """`done` of `total` parts, and those that are missing, in the order of the form."""

    done: int
    total: int
    missing: list[Missing]

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total)


def completeness(page: Any) -> Completeness:
    """Measure a page, published or draft."""
    return _measure(lambda name: getattr(page, name), lambda name: bool(page.pk and _rows_of_page(page, name)))


def completeness_of(content: Mapping[str, Any]) -> Completeness:
    """Measure a revision as it is stored, without a query: what a list of many drafts needs."""
    return _measure(content.get, lambda name: bool(_rows_of_content(content, name)))


def _rows_of_page(page: Any, name: str) -> list[Any]:
    """A measure without its figure is a row, and no figure."""
    return [row for row in getattr(page, name).all() if name != "measures" or row.is_measured]


def _rows_of_content(content: Mapping[str, Any], name: str) -> list[Any]:
    return [row for row in content.get(name) or () if name != "measures" or row.get("after") is not None]


def _measure(field: Callable[[str], Any], rows: Callable[[str], bool]) -> Completeness:
    parts: list[tuple[Any, str, bool]] = []
    parts += [(name, key, bool(field(key))) for key, name in _FACTS.items()]
    parts += [(name, key, bool(strip_tags(field(key) or "").strip())) for key, name in _TEXTS.items()]
    parts += [(name, key, rows(key)) for key, name in _ROWS.items()]
    parts.append((_("a topic"), "topics", rows("topics")))
    has_cost = field("setup_cost") is not None or field("yearly_cost") is not None or bool(field("cost_note"))
    parts.append((_("the cost, or a word about the money"), "setup_cost", has_cost))
    if field("written_by") == WrittenBy.ORGANISATION:
        key = "contact_email" if field("contact_name") else "contact_name"
        parts.append((_("a contact"), key, bool(field("contact_name") and field("contact_email"))))
    missing = [Missing(name=name, anchor=anchor(key)) for name, key, there in parts if not there]
    return Completeness(done=len(parts) - len(missing), total=len(parts), missing=missing)


class CompletenessPanel(Panel):
    """The meter at the top of the editor, and what a reviewer would send back."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "casestudies/cms/completeness_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            return {
                **super().get_context_data(parent_context),
                "measures_anchor": anchor("measures"),
                "completeness": completeness(self.instance),
                "needed": self.form.needed() if self.form else [],
                "doubts": self._doubts(),
            }

        def _doubts(self) -> list[str]:
            from casestudies.measure_doubts import doubts  # it knows the models, whose editor this is

            return doubts(self.instance.measures.all()) if self.instance.pk else []
