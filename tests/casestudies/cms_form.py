"""What the editor's form would send."""

from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from tests import factories

ROWS = (
    "milestones",
    "measures",
    "lessons",
    "risks",
    "needs",
    "case_study_places",
    "partners",
    "photos",
    "documents",
    "sources",
    "comments",
)
TEXTS = ("problem", "who_for", "approach", "results", "did_not_work", "advice", "what_next", "other_text")


def form(**changes):
    topics = changes.pop("topics", None)
    values = {
        "title": "Pop-up market in an empty shop",
        "summary": "Traders opened a market in an empty shop.",
        "outcome": "worked",
        "stage": "running",
        "audience": "public",
        "contact_name": "Sam Officer",
        "contact_role": "",
        "contact_email": "sam@example.org",
        "tags": "",
        **{name: rich_text("<p>The first two weeks were empty.</p>") for name in TEXTS},
        **{name: inline_formset([]) for name in ROWS},
        **changes,
    }
    return nested_form_data(values) | {"topics": [factories.TopicFactory().pk] if topics is None else topics}
