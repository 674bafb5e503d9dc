"""The editor of a briefing: what everybody reads first, what members read, and what it is about."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, ObjectList, TabbedInterface

from casestudies.briefings.forms import BriefingForm
from casestudies.shared_panels import about_panel, summary_panel

for_everybody = [
    FieldPanel("title", help_text=_("Everybody reads this. Say what it is about, not what it found.")),
    summary_panel(),
    FieldPanel("conclusion"),
    FieldRowPanel([FieldPanel("authors"), FieldPanel("dated")]),
    about_panel(programme=_("If it is about one, for example Portas Pilots.")),
]

for_members = [
    FieldPanel("body"),
    InlinePanel(
        "related",
        heading=_("Case studies that it draws on"),
        label=_("case study"),
        help_text=_("Members see those that are published."),
    ),
    InlinePanel(
        "documents",
        heading=_("Documents"),
        label=_("document"),
        help_text=_("Only members can open them. Their number is told to everybody, their names are not."),
    ),
    InlinePanel("sources", heading=_("Sources"), label=_("source"), help_text=_("Where members can check it.")),
]

edit_handler = TabbedInterface(
    [
        ObjectList(for_everybody, heading=_("For everybody")),
        ObjectList(for_members, heading=_("For members")),
    ],
    base_form_class=BriefingForm,
)
