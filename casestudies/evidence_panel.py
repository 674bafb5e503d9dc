"""How sure readers would be of a draft, in the editor, before anybody publishes it."""

from typing import Any

from wagtail.admin.panels import Panel

from casestudies.evidence import rate, words


class EvidencePanel(Panel):
    """The rating that the draft would have, why, and what would raise it."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "casestudies/cms/evidence_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            # The models declare this panel, so what asks the models is not there yet when it is declared.
            from casestudies.selectors.evidence import facts_of_draft

            rating = rate(facts_of_draft(self.instance))
            return {
                **super().get_context_data(parent_context),
                "rating": rating.value,
                "why": words.why(rating),
                "raise": words.what_would_raise(rating),
            }
