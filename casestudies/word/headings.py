"""Whose headings mean which of our fields.

From the templates that councils know (the LGA's case studies, Governance International's, the e-democracy projects'),
with the words that people use instead. A heading is matched loosely: numbers, case, articles and punctuation do not
count, and a heading that names two parts (“The challenge and solutions”) names both.
"""

import re
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

# What a part of a document can become, in the order of the form.
TARGETS: dict[str, object] = {
    "summary": _("Summary"),
    "problem": _("The problem"),
    "who_for": _("Who it is for"),
    "approach": _("What we did"),
    "results": _("Results in words"),
    "did_not_work": _("What did not work"),
    "lessons": _("Lessons"),
    "risks": _("Risks"),
    "advice": _("Advice for another place"),
    "what_next": _("What happens next"),
    "cost_note": _("What to know about the money"),
    "funder": _("Who paid"),
    "partners": _("Partner organisations"),
    "contact": _("Contact (signed-in people only)"),
    "sources": _("Sources and evaluations"),
    "other_text": _("Other text from the document"),
    "": _("Leave it out"),
}

_WORDS: dict[str, tuple[str, ...]] = {
    "summary": (
        "introduction", "executive summary", "summary", "overview", "in brief", "synopsis", "abstract", "at a glance",
        "about this case study", "about project",
    ),
    "problem": (
        "challenge", "problem", "issue", "need", "rationale", "context", "background", "objectives", "objective",
        "aims", "aim", "purpose", "drivers", "case for change", "situation", "why we did it", "why", "why did we do it",
        "what was problem", "what we wanted to achieve", "what were we trying to achieve", "starting point",
    ),
    "who_for": (
        "who it is for", "who is it for", "who was it for", "who benefits", "who benefited", "target group",
        "target audience", "audience", "beneficiaries", "service users", "customers", "users",
    ),
    "approach": (
        "solution", "solutions", "approach", "what we did", "what was done", "what did we do", "what was delivered",
        "leadership and change", "leadership", "implementation", "delivery", "how we did it", "how it works", "method",
        "methodology", "methods", "actions", "action", "action taken", "activities", "intervention", "initiative",
        "project", "innovation", "process", "timeline", "milestones", "change", "changes made", "our response",
        "response",
    ),
    "results": (
        "impact", "impacts", "outcome", "outcomes", "result", "results", "success", "successes", "what changed",
        "benefits", "achievements", "indicators", "outcome indicators", "performance indicators", "findings",
        "key findings", "what difference did it make", "difference it made", "difference", "evaluation", "evidence",
        "what worked", "what worked well", "what went well",
    ),
    "did_not_work": (
        "what did not work", "what didnt work", "what did not work so well", "what didnt work so well",
        "what went wrong", "what went less well", "obstacles", "obstacle", "barriers", "difficulties",
        "problems encountered", "challenges faced", "challenges encountered", "challenges we faced",
        "issues encountered", "setbacks", "failures", "limitations",
        "what we would do differently", "what could have gone better",
        "what would we do differently", "what was difficult",
    ),
    "lessons": (
        "lessons learned", "lessons learnt", "lessons", "lesson", "learning", "key learning", "learning points",
        "key learning points", "what we learned", "what we learnt", "what have we learned", "insights", "key lessons",
    ),
    "risks": ("risks", "risk", "risk management", "risks and mitigation", "risks and mitigations"),
    "advice": (
        "advice", "advice for others", "advice for other councils", "tips", "top tips", "recommendations",
        "recommendation", "replicability", "transferability", "success factors", "critical success factors",
        "what you need", "what you would need", "how to do it", "could it work elsewhere",
    ),
    "what_next": (
        "next steps", "next step", "what next", "whats next", "what is next", "what happens next", "sustainability",
        "how is new approach being sustained", "how sustained", "how is it being sustained", "future", "future plans",
        "looking ahead", "looking forward", "legacy", "plans",
    ),
    "cost_note": (
        "cost", "costs", "costs and savings", "cost and savings", "savings", "budget", "finance", "finances",
        "financial", "money", "financial implications", "resources", "cost and resources", "value for money", "funding",
    ),
    "funder": ("funder", "funders", "sponsor", "sponsors", "funded by", "who paid", "who funded it"),
    "partners": ("partners", "partner organisations", "partner", "who was involved", "who else was involved"),
    "contact": (
        "contact", "contacts", "contact details", "contact information", "for more information", "who to contact",
        "contact for more information", "contact officer", "lead officer", "lead contact", "contact name",
    ),
    "sources": (
        "relevant documents", "documents", "related documents", "supporting documents", "links", "useful links",
        "sources", "references", "further reading", "further information", "related links", "bibliography",
    ),
}  # fmt: skip
_FIELD = {phrase: field for field, phrases in _WORDS.items() for phrase in phrases}
_LONGEST_FIRST = sorted(_FIELD, key=lambda phrase: (-len(phrase.split()), phrase))
_NUMBER = re.compile(
    r"^\s*(?:(?:section|part|question|q)\s*)?(?:\(?(?:\d+(?:\.\d+)*|[ivx]+|[a-z])[.):]\)?|\d+)\s*", re.I
)
_PARTS = re.compile(r"\s+(?:and|or|with)\s+|\s*[/,+|–—-]\s+|\s*/\s*")
_DROPPED = {"the", "a", "an", "our", "its", "your"}
HEADING_LENGTH = 90
MAX_LOOSE_WORDS = 8


def normalised(heading: str) -> str:
    """“2. The Challenge & solutions:” is “challenge and solutions”."""
    text = heading.replace("’", "'").replace("&", " and ")
    text = _NUMBER.sub("", text).casefold().replace("'", "")
    text = re.sub(r"[^\w\s/,+|–—-]", " ", text)
    return " ".join(word for word in text.split() if word not in _DROPPED)


def split_parts(text: str) -> list[str]:
    """The parts that a normalised heading names: itself where it is known as a whole."""
    return [text] if is_known(text) else [part.strip() for part in _PARTS.split(text)]


def is_known(text: str) -> bool:
    """Whether a normalised heading is one of ours, word for word."""
    return text == "challenges" or text in _FIELD


def fields_of(heading: str, *, after: Sequence[str] = ()) -> list[str]:
    """The fields that a heading names, in its own order; none when it is not known.

    `after` are the fields that came before: “Challenges” under the results are what went wrong, not the problem.
    """
    text = normalised(heading)
    if not text or len(heading) > HEADING_LENGTH:
        return []
    named = [field for part in split_parts(text) if (field := _exact(part, after))]
    if not named and len(text.split()) <= MAX_LOOSE_WORDS:
        named = _within(text)
    return list(dict.fromkeys(named))


def _exact(text: str, after: Sequence[str]) -> str:
    if text == "challenges":
        return "did_not_work" if {"approach", "results"} & set(after) else "problem"
    return _FIELD.get(text, "")


def _within(text: str) -> list[str]:
    """The longest known phrase of two words or more in it, else the word that it ends with."""
    padded = f" {text} "
    for phrase in _LONGEST_FIRST:
        if " " in phrase and f" {phrase} " in padded:
            return [_FIELD[phrase]]
    last = text.rsplit(maxsplit=1)[-1]
    return [_FIELD[last]] if last in _FIELD else []
