"""What a submitted page says, or what it changes in the published one, field by field, in words.

Wagtail knows how to compare each field and each child row (measures, lessons, milestones); this puts its answers
into plain rows and marks what came and went as `<ins>` and `<del>`, which screen readers announce.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, JSONField
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext
from wagtail.admin.compare import TextFieldComparison, diff_text
from wagtail.fields import RichTextField
from wagtail.utils.text import text_from_html

from core.html import clean_prose

_SPAN = re.compile(r'<span class="(addition|deletion)">(.*?)</span>', re.S)
_PARAGRAPH_END = re.compile(r"(</(?:p|li|h\d)>|<br/?>)")
_NOTHING = re.compile(r"<(del|ins)>None</\1>\s*")
_MARKS = {"addition": "ins", "deletion": "del"}
_HIDDEN_FIELDS = {"show_in_menus", "go_live_at", "expire_at"}
# Published like the rest, whether or not the page's editor offers them.
_OF_EVERY_PAGE = ("slug", "seo_title", "search_description")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One child row: `what` is `added`, `removed`, `changed` or empty; `fields` are its label and HTML pairs."""

    what: str
    fields: list[tuple[str, SafeString]]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One field of the page, as safe HTML, or its child rows."""

    label: str
    html: str = ""
    parts: list[Part] = field(default_factory=list)


def describe(*, submitted: Any) -> list[Row]:
    """Everything that a new page says; empty fields are left out."""
    return [row for one in _comparisons(submitted, submitted) if (row := _described(one)) is not None]


def differences(*, published: Any, submitted: Any) -> list[Row]:
    """Only what changed, with what was there before."""
    return [_changed(one) for one in _comparisons(published, submitted) if one.has_changed()]


def _comparisons(a: Any, b: Any) -> list[Any]:
    panel = type(b).get_edit_handler().get_bound_panel(instance=b, request=None, form=None)
    found = [compare(a, b) for compare in panel.get_comparison()]
    shown = [one for one in found if not (one.is_field and one.field.name in _HIDDEN_FIELDS)]
    named = {one.field.name for one in shown if one.is_field}
    shown += [TextFieldComparison(b._meta.get_field(name), a, b) for name in _OF_EVERY_PAGE if name not in named]
    for one in shown:
        if one.is_field and isinstance(one.field, JSONField):
            one.val_a, one.val_b = _listed(one.val_a), _listed(one.val_b)
    return shown


def _listed(value: Any) -> Any:
    return ", ".join(str(part) for part in value) if isinstance(value, list) else value


def _described(one: Any) -> Row | None:
    if one.is_child_relation:
        parts = [
            Part(what="", fields=[(_label(f), _words(f)) for f in _fields(child) if not _empty(f.val_b)])
            for child in one.get_child_comparisons()
        ]
        return Row(label=_label(one), parts=parts) if parts else None
    if _empty(one.val_b):
        return None
    html = _words(one)
    return Row(label=_label(one), html=html) if html.strip() else None


def _fields(child: Any) -> list[Any]:
    """Of one child row; what is ticked is said in words, and what was never ticked says nothing."""
    compared: list[Any] = child.get_field_comparisons()
    for one in compared:
        if isinstance(one.field, BooleanField):
            changed = one.val_a is not None and one.val_a != one.val_b
            one.val_a, one.val_b = (_ticked(value, said=changed) for value in (one.val_a, one.val_b))
    return compared


def _ticked(value: bool | None, *, said: bool) -> str:
    return gettext("Yes") if value else gettext("No") if said else ""


def _changed(one: Any) -> Row:
    if not one.is_child_relation:
        return Row(label=_label(one), html=_diff(one))
    parts = []
    for child in one.get_child_comparisons():
        what = "added" if child.is_addition() else "removed" if child.is_deletion() else "changed"
        compared = _fields(child)
        if what == "changed":
            compared = [f for f in compared if f.has_changed()]
        else:
            compared = [f for f in compared if not _empty(f.val_b)]
        if compared:
            parts.append(Part(what=what, fields=[(_label(f), _diff(f)) for f in compared]))
    return Row(label=_label(one), parts=parts)


def _label(one: Any) -> str:
    return str(capfirst(one.field_label()))


def _empty(value: Any) -> bool:
    if value is None or value == "":
        return True
    return isinstance(value, (list, tuple)) and not value


def _words(one: Any) -> SafeString:
    """A value as it stands: rich text keeps its paragraphs, everything else is Wagtail's own escaped text."""
    if isinstance(one.field, RichTextField):
        return mark_safe(clean_prose(one.val_b))  # noqa: S308 - an allow-list of elements
    return _marked(one.htmldiff())


def _diff(one: Any) -> SafeString:
    """What went and what came. Paragraphs stay apart, and an empty value is not shown as a word."""
    if isinstance(one.field, RichTextField):
        old, new = (text_from_html(_PARAGRAPH_END.sub(r"\1 ", value or "")) for value in (one.val_a, one.val_b))
        return _marked(diff_text(old, new).to_html())
    marked = _marked(one.htmldiff())
    return mark_safe(_NOTHING.sub("", marked))  # noqa: S308 - only our own marks round nothing are taken out


def _marked(html: Any) -> SafeString:
    """Wagtail escapes every value that it puts between its spans."""
    marked = _SPAN.sub(lambda m: f"<{_MARKS[m.group(1)]}>{m.group(2)}</{_MARKS[m.group(1)]}>", str(html))
    marked = marked.replace("</del><ins>", "</del> <ins>")
    return mark_safe(marked)  # noqa: S308 - escaped by the comparison classes; the marks are ours
