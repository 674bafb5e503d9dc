"""Fields that a case study and a briefing ask for in the same words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.admin.widgets import AdminAutoHeightTextInput


def summary_panel() -> Panel:
    return FieldPanel("summary", widget=AdminAutoHeightTextInput)


def about_panel(*others: Panel, programme: Promise | str) -> Panel:
    """What readers find it, and followers hear of it, by; `programme` says when to choose one."""
    return MultiFieldPanel(
        [
            FieldPanel("topics", help_text=_("One to five. Readers find it, and followers hear of it, by these.")),
            *others,
            FieldPanel("programme", help_text=programme),
        ],
        heading=_("What it is about (1 to 5 topics)"),
    )
