"""How complete a case study is, and what is missing, in words.

The meter counts the parts of the convention that a reader needs to decide whether to try it too; it is
computed from the text, never typed.
"""

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


@dataclass(frozen=True, kw_only=True)
class Completeness:
    """`done` of `total` parts, and the names of those that are missing, in the order of the form."""

    done: int
    total: int
    missing: list[Any]

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total)


def completeness(page: Any) -> Completeness:
    """Measure a page, published or draft."""
    parts: list[tuple[Any, bool]] = []
    parts += [(name, bool(getattr(page, field))) for field, name in _FACTS.items()]
    parts += [(name, bool(strip_tags(getattr(page, field) or "").strip())) for field, name in _TEXTS.items()]
    parts += (
        [(name, bool(getattr(page, rows).all())) for rows, name in _ROWS.items()]
        if page.pk
        else [(name, False) for name in _ROWS.values()]
    )
    parts.append((_("a topic"), bool(page.pk and page.topics.all())))
    parts.append((_("the cost, or a word about the money"), page.has_cost))
    if page.written_by == WrittenBy.ORGANISATION:
        parts.append((_("a contact"), bool(page.contact_name and page.contact_email)))
    missing = [name for name, there in parts if not there]
    return Completeness(done=len(parts) - len(missing), total=len(parts), missing=missing)


class CompletenessPanel(Panel):
    """The meter at the top of the editor."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "casestudies/cms/completeness_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            return {**super().get_context_data(parent_context), "completeness": completeness(self.instance)}
