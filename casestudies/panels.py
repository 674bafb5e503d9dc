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

from casestudies.completeness import CompletenessPanel
from casestudies.evidence_panel import EvidencePanel
from casestudies.forms import CaseStudyForm
from casestudies.measure_forms import MeasuresPanel
from casestudies.shared_panels import about_panel, summary_panel


class PublicDetailsPanel(FieldPanel):
    """Ticks for what looks like personal data; not there when nothing does."""

    class BoundPanel(FieldPanel.BoundPanel):
        def is_shown(self) -> bool:
            # A comparison of two texts has no form: a reviewer sees what was said to be meant for everybody.
            if self.form is None:
                return True
            return bool(super().is_shown() and self.bound_field and self.bound_field.field.choices)


story = [
    CompletenessPanel(),
    PublicDetailsPanel("public_details"),
    # Not TitleFieldPanel: it fills an address field, and the address is none of the author's business.
    FieldPanel(
        "title",
        help_text=_("Say what happened, not what it was called: “Regulars buy the pub that was to become flats”."),
    ),
    summary_panel(),
    FieldPanel(
        "outcome",
        help_text=_("Your own judgement. “It did not work” is as welcome as “it worked”, and as useful."),
    ),
    FieldPanel("problem"),
    FieldPanel("who_for"),
    FieldPanel("approach"),
    InlinePanel(
        "milestones",
        heading=_("Timeline"),
        label=_("milestone"),
        help_text=_(
            "Three to six turning points. For example: 2013-03, the council lists the pub as a community asset"
        ),
    ),
]

results = [
    EvidencePanel(),
    FieldPanel("results"),
    MeasuresPanel(
        "measures",
        heading=_("Figures"),
        label=_("measure"),
        help_text=_(
            "One figure before and after says more than ten after. For example: empty shops in the town centre, 25% in "
            "2018, 14% in 2020, lower is better."
        ),
    ),
    FieldPanel("did_not_work"),
    InlinePanel(
        "lessons",
        heading=_("Lessons"),
        label=_("lesson"),
        help_text=_("What you would tell a colleague over coffee, one thing at a time, and why it matters."),
    ),
    InlinePanel(
        "risks",
        heading=_("Risks"),
        label=_("risk"),
        help_text=_(
            "What could have gone wrong, or did. For example: the owner withdraws; we had a second building ready"
        ),
    ),
]

elsewhere = [
    FieldPanel("advice"),
    InlinePanel(
        "needs",
        heading=_("What another place needs"),
        label=_("need"),
        help_text=_("People, process, tools and money, each on its own, and whether it works without."),
    ),
    FieldPanel("what_next"),
    FieldPanel("other_text"),
]

facts = [
    MultiFieldPanel(
        [
            FieldRowPanel(
                [
                    FieldPanel("stage", help_text=_("Where it stands today.")),
                    FieldPanel("ended_reason", help_text=_("For example: the grant ended and nobody else paid")),
                ]
            ),
            FieldRowPanel(
                [FieldPanel("started"), FieldPanel("ended", help_text=_("Leave it empty while it goes on."))]
            ),
        ],
        heading=_("When"),
    ),
    MultiFieldPanel(
        [
            FieldRowPanel(
                [
                    FieldPanel("setup_cost", help_text=_("Whole pounds. 0 counts: nothing is an answer too.")),
                    FieldPanel("yearly_cost", help_text=_("Whole pounds, for a usual year.")),
                ]
            ),
            FieldPanel("cost_note"),
            FieldPanel("funder", help_text=_("For example: Portas Pilot grant £100,000, the council £20,000")),
            FieldPanel("staff_time"),
            FieldPanel("time_to_first_result", help_text=_("For example: six weeks to the first stall")),
        ],
        heading=_("What it cost"),
    ),
    about_panel(
        FieldPanel("tags", help_text=_("Words of your own, separated by commas. For example: pop-up, guild")),
        programme=_("If it was part of one, for example Portas Pilots."),
    ),
    InlinePanel(
        "case_study_places",
        heading=_("Places"),
        label=_("place"),
        help_text=_("The town, parish or neighbourhood where it happened; it then shows on the map."),
    ),
    InlinePanel(
        "partners",
        heading=_("Partner organisations"),
        label=_("partner"),
        help_text=_("Organisations, not people. For example: the traders’ guild"),
    ),
    InlinePanel(
        "photos",
        heading=_("Photos"),
        label=_("photo"),
        help_text=_("Before and after works best. People who can be recognised must have agreed."),
    ),
    InlinePanel(
        "documents",
        heading=_("Documents"),
        label=_("document"),
        help_text=_("What another place could use: the agreement, the form, the plan. Write here what matters in it."),
    ),
    InlinePanel(
        "sources",
        heading=_("Sources and evaluations"),
        label=_("source"),
        help_text=_("Where readers can check it. An evaluation by somebody independent raises the evidence rating."),
    ),
    FieldPanel("source_url", help_text=_("If you wrote about it elsewhere first, the address of that.")),
]

people = [
    HelpPanel(
        content=_("The contact is shown to signed-in people only. It is needed before your account is published.")
    ),
    MultiFieldPanel(
        [
            FieldPanel("contact_name", help_text=_("Somebody who was there and will answer.")),
            FieldPanel("contact_role", help_text=_("For example: town centre manager")),
            FieldPanel("contact_email", help_text=_("A mailbox that outlives one person’s post, if you have one.")),
        ],
        heading=_("Contact"),
    ),
    FieldPanel("audience"),
    FieldPanel("written_by", permission="superuser", help_text=_("The page says at its top who wrote it.")),
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
