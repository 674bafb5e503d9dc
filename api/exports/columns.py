"""What each column of the open data means. The data page, the JSON files and the manifest take the words from here."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Row = dict[str, Any]
Words = str | Promise


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A table: its name in addresses, its title, what its columns mean, and how its rows are read."""

    name: str
    title: Words
    about: Words
    columns: Mapping[str, Words]
    rows: Callable[[], Iterator[Row]]
    count: Callable[[], int]


_DATE = _("A year, or a year and a month.")
_DEMONSTRATION = _("true: invented for a demonstration, and no fact about anybody.")

CASE_STUDIES: dict[str, Words] = {
    "id": _("The number of the case study, the same in every table and in the API."),
    "title": _("Its title."),
    "summary": _("What was tried, where, and what came of it."),
    "url": _("Its page."),
    "api_url": _("The whole text as JSON."),
    "organisation": _("Whose case study it is."),
    "organisation_slug": _("The same, as it stands in addresses."),
    "gss_code": _("The council’s code of the Office for National Statistics; empty for other organisations."),
    "written_by": _("organisation: its own account. editors: written by the network’s editors from public sources."),
    "outcome": _("worked, partly_worked, did_not_work, too_early, or empty."),
    "stage": _("idea, trial, running, scaled or ended."),
    "started": _DATE,
    "ended": _DATE,
    "ended_reason": _("Why it ended, in its authors’ words."),
    "setup_cost": _("Whole pounds."),
    "yearly_cost": _("Whole pounds a year."),
    "cost_note": _("What the figures include, and not."),
    "funder": _("Who paid."),
    "topics": _("Slugs of topics."),
    "tags": _("Free words."),
    "programme": _("The slug of a programme."),
    "places": _("Slugs of places; their points are in the table of places."),
    "evidence_rating": _("How sure the network is, from 0 to 5, whether or not it worked; empty if not rated yet."),
    "adoptions": _("How many published adoptions there are."),
    "adoptions_known_outcome": _("How many of them say what happened."),
    "measures": _("How many measures the case study has."),
    "first_published": _("Date and time, UTC."),
    "last_published": _("Date and time, UTC."),
    "last_confirmed": _("When somebody last said that it is still true."),
    "source_url": _("Where it was published first."),
    "is_demonstration": _DEMONSTRATION,
}

MEASURES: dict[str, Words] = {
    "id": _("m and a number: a measure of a case study. a and a number: of an adoption."),
    "case_study_id": _("The case study."),
    "case_study_title": _("Its title."),
    "case_study_url": _("Its page."),
    "adoption_id": _("The adoption that measured it; empty where the case study did."),
    "measured_by": _("The organisation whose figure it is."),
    "indicator": _("What was measured, in its authors’ words."),
    "agreed_indicator": _("The network’s name for it, by which figures of several places can be put side by side."),
    "unit": _("What the numbers count."),
    "better": _("higher or lower."),
    "before": _("The figure before."),
    "before_date": _DATE,
    "after": _("The figure after."),
    "after_date": _DATE,
    "difference": _("After less before."),
    "difference_unit": _("“percentage points” where the unit is a percentage, otherwise the unit."),
    "relative_change_percent": _(
        "The difference as a percentage of the figure before, to two figures; empty where it would mislead (from "
        "nothing, below zero, on a scale without a true zero)."
    ),
    "improved": _("true or false; empty when nothing is compared or nothing moved."),
    "target": _("What had been hoped for."),
    "target_result": _("met, partly or missed."),
    "prices": _("For money: as_paid at the time, adjusted for inflation, or empty if not known."),
    "comparison": _("none, before_and_after, comparison_group or randomised."),
    "why_comparable": _("Why the group or place can be compared."),
    "sample": _("Who or what was measured."),
    "sample_size": _("How many."),
    "drop_out": _("Per cent of them that could not be measured after."),
    "self_reported": _("true: it rests on what people say of themselves."),
    "source": _("Where the figure was published."),
    "note": _("What to know about it."),
    "in_words": _("The change in words."),
    "is_demonstration": _DEMONSTRATION,
}

ADOPTIONS: dict[str, Words] = {
    "id": _("The number of the adoption."),
    "case_study_id": _("What was adopted."),
    "case_study_title": _("Its title."),
    "case_study_url": _("Its page."),
    "origin": _("The organisation whose case study it is."),
    "organisation": _("Who adopted it."),
    "organisation_slug": _("The same, as it stands in addresses."),
    "gss_code": _("The adopting council’s code of the Office for National Statistics."),
    "place": _("Where, by name."),
    "lat": _("Degrees, WGS 84."),
    "lng": _("Degrees, WGS 84."),
    "status": _("interested, planning, trying, running or stopped."),
    "started": _DATE,
    "ended": _DATE,
    "outcome": _("worked, partly_worked, did_not_work, too_early, or empty."),
    "reasons": _(
        "Why it stopped or did not work: leadership, money, people, rules, technology, context, no_effect, other."
    ),
    "other_reason": _("The other reason, in the adopter’s words."),
    "changed": _("What the adopter changed."),
    "words": _("What happened."),
    "verified": _("true: somebody with authority for the adopting organisation recorded or confirmed it."),
    "written_by": _("organisation, or editors: written up by the network’s editors from the source."),
    "source_url": _("The public source."),
    "own_case_study_id": _("The adopter’s own case study, if it is public."),
    "last_confirmed": _("When the adopter last said how it goes."),
    "counted": _("true: counted in the network’s number of adoptions with a known outcome."),
    "is_demonstration": _DEMONSTRATION,
}

BRIEFINGS: dict[str, Words] = {
    "id": _("The number of the briefing."),
    "title": _("Its title."),
    "summary": _("Its summary."),
    "conclusion": _("Its conclusion, as plain text. The briefing itself is for members and is not here."),
    "url": _("Its page."),
    "organisation": _("Whose it is."),
    "organisation_slug": _("The same, as it stands in addresses."),
    "gss_code": _("The council’s code of the Office for National Statistics; empty for other organisations."),
    "authors": _("Who wrote it."),
    "dated": _("The day that its facts were checked."),
    "topics": _("Slugs of topics."),
    "programme": _("The slug of a programme, or empty."),
    "first_published": _("Date and time, UTC."),
    "last_published": _("Date and time, UTC."),
    "is_demonstration": _DEMONSTRATION,
}
OPPORTUNITIES: dict[str, Words] = {
    "id": _("The number of the opportunity, the same in the API and in calendars."),
    "title": _("Its title."),
    "summary": _("Who is asked for what."),
    "service": _("What it is about."),
    "url": _("Its page."),
    "organisation": _("Whose window it is."),
    "organisation_slug": _("The same, as it stands in addresses."),
    "gss_code": _("The council’s code of the Office for National Statistics; empty for other organisations."),
    "programme": _("The slug of a programme."),
    "topics": _("Slugs of topics."),
    "places": _("Slugs of places."),
    "opens": _("Date and time, UTC."),
    "closes": _("Date and time, UTC."),
    "withdrawn": _("When it was called off, UTC; empty while it stands."),
    "withdrawn_reason": _("plans, money, replaced, error, law, other, or empty."),
    "apply_url": _("A page or form to apply with, if there is one."),
    "first_published": _("Date and time, UTC."),
    "last_changed": _("Date and time, UTC."),
    "source_url": _("Where it was published first."),
    "is_demonstration": _DEMONSTRATION,
}

ASKS: dict[str, Words] = {
    "id": _("The number of the ask."),
    "title": _("The question, in one line."),
    "body": _("The problem, in the asker’s words."),
    "url": _("Its page."),
    "organisation": _("For whom it was asked; empty where somebody asked for themselves."),
    "organisation_slug": _("The same, as it stands in addresses."),
    "gss_code": _("The council’s code of the Office for National Statistics; empty for other organisations."),
    "topics": _("Slugs of topics."),
    "place": _("Where, by name."),
    "lat": _("Degrees, WGS 84."),
    "lng": _("Degrees, WGS 84."),
    "asked": _("Date and time, UTC."),
    "answers": _("How many published answers there are."),
    "backers": _("How many others have the same problem."),
    "settled": _("true: the asker said which answer helped."),
    "closed": _("When it was closed, UTC; empty while answers are wanted."),
    "closed_reason": _("Why it was closed: solved, not_needed, duplicate or case_study."),
    "case_study_id": _("The case study that came of it, if it is public."),
    "is_demonstration": _DEMONSTRATION,
}

RECORD: dict[str, Words] = {
    "id": _("The number of the entry."),
    "url": _("Its page."),
    "place": _("The place, by name."),
    "place_slug": _("The same, as it stands in addresses."),
    "lat": _("Degrees, WGS 84."),
    "lng": _("Degrees, WGS 84."),
    "side": _("resident: a resident’s own words; council: the council’s; editors: the network’s, from a source."),
    "organisation": _("The council that speaks; empty for the other sides."),
    "organisation_slug": _("The same, as it stands in addresses."),
    "gss_code": _("The council’s code of the Office for National Statistics."),
    "when": _DATE,
    "words": _("What changed."),
    "lesson": _("What another place could learn."),
    "source_url": _("The source that its writer gives."),
    "topic": _("Slug of the topic."),
    "programme": _("Slug of the programme."),
    "photo_alt": _("What its photo shows. The photo is no part of the data: its rights stay with whoever took it."),
    "added": _("Date and time, UTC."),
    "council_reply": _("What the council replied."),
    "resident_reply": _("What a resident replied."),
    "is_demonstration": _DEMONSTRATION,
}
