"""The editor, in the order of an interview: what happened, what came of it, what it takes, the facts, who may read."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
)
from wagtail.admin.widgets import AdminAutoHeightTextInput

from casestudies.completeness import CompletenessPanel
from casestudies.evidence_panel import EvidencePanel
from casestudies.forms import CaseStudyForm
from casestudies.measure_forms import MeasuresPanel


class PublicDetailsPanel(FieldPanel):
    """Ticks for what looks like personal data; not there when nothing does."""

    class BoundPanel(FieldPanel.BoundPanel):
        def is_shown(self) -> bool:
            # A comparison of two revisions has no form.
            return bool(super().is_shown() and self.bound_field and self.bound_field.field.choices)


story = [
    CompletenessPanel(),
    PublicDetailsPanel("public_details"),
    # Not TitleFieldPanel: it fills an address field, and the address is none of the author's business.
    FieldPanel(
        "title",
        help_text=_("Say what happened, not what it was called: “Regulars buy the pub that was to become flats”."),
    ),
    FieldPanel("summary", widget=AdminAutoHeightTextInput),
    FieldPanel("outcome"),
    FieldPanel("problem"),
    FieldPanel("who_for"),
    FieldPanel("approach"),
    InlinePanel("milestones", heading=_("Timeline"), label=_("milestone")),
]

results = [
    EvidencePanel(),
    FieldPanel("results"),
    MeasuresPanel("measures", heading=_("Figures"), label=_("measure")),
    FieldPanel("did_not_work"),
    InlinePanel("lessons", heading=_("Lessons"), label=_("lesson")),
    InlinePanel("risks", heading=_("Risks"), label=_("risk")),
]

elsewhere = [
    FieldPanel("advice"),
    InlinePanel("needs", heading=_("What another place needs"), label=_("need")),
    FieldPanel("what_next"),
    FieldPanel("other_text"),
]

facts = [
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("stage"), FieldPanel("ended_reason")]),
            FieldRowPanel([FieldPanel("started"), FieldPanel("ended")]),
        ],
        heading=_("When"),
    ),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("setup_cost"), FieldPanel("yearly_cost")]),
            FieldPanel("cost_note"),
            FieldPanel("funder"),
            FieldPanel("staff_time"),
            FieldPanel("time_to_first_result"),
        ],
        heading=_("What it cost"),
    ),
    MultiFieldPanel(
        [FieldPanel("topics"), FieldPanel("tags"), FieldPanel("programme")],
        heading=_("What it is about (1 to 5 topics)"),
    ),
    InlinePanel("case_study_places", heading=_("Places"), label=_("place")),
    InlinePanel("partners", heading=_("Partner organisations"), label=_("partner")),
    InlinePanel("photos", heading=_("Photos"), label=_("photo")),
    InlinePanel("documents", heading=_("Documents"), label=_("document")),
    InlinePanel("sources", heading=_("Sources and evaluations"), label=_("source")),
    FieldPanel("source_url"),
]

people = [
    HelpPanel(
        content=_("The contact is shown to signed-in people only. It is needed before your account is published.")
    ),
    MultiFieldPanel(
        [FieldPanel("contact_name"), FieldPanel("contact_role"), FieldPanel("contact_email")], heading=_("Contact")
    ),
    FieldPanel("audience"),
    FieldPanel("written_by", permission="superuser"),
]

edit_handler = TabbedInterface(
    [
        ObjectList(story, heading=_("What happened")),
        ObjectList(results, heading=_("What came of it")),
        ObjectList(elsewhere, heading=_("For the next place")),
        ObjectList(facts, heading=_("Facts")),
        ObjectList(people, heading=_("People and readers")),
    ],
    base_form_class=CaseStudyForm,
)
