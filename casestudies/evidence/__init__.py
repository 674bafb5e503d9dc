"""How sure we are: the evidence rating, 0 to 5, computed and never typed.

`rate` is pure: facts in, rating out, no database, no clock, no language. `docs/decisions/0011-evidence-rating.md` has
the decision table, the thresholds and where they come from; `words` says the result in the reader's language.
"""

from casestudies.evidence.facts import AdopterFacts, EvidenceFacts, MeasureFacts
from casestudies.evidence.rating import Answer, Deduction, Question, Rating, Step, Verdict
from casestudies.evidence.rules import DROP_OUT_PERCENT, FEW, rate

__all__ = [
    "DROP_OUT_PERCENT",
    "FEW",
    "AdopterFacts",
    "Answer",
    "Deduction",
    "EvidenceFacts",
    "MeasureFacts",
    "Question",
    "Rating",
    "Step",
    "Verdict",
    "rate",
]
