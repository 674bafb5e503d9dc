"""Questions over case studies that pages ask."""

from casestudies.selectors.councils import CouncilFilters, councils_directory
from casestudies.selectors.headline import adoptions_with_known_outcome, known_outcomes
from casestudies.selectors.like import CouncilLike, CouncilsLike, councils_like
from casestudies.selectors.lists import (
    Latest,
    Overview,
    at_place,
    by_organisation,
    children_of,
    in_programme,
    in_topic,
    latest,
    network_in_numbers,
    outcome_counts,
    overview,
    programmes_directory,
    topic_tree,
    topics_with_counts,
    with_organisations,
)
from casestudies.selectors.reading import reading_context
from casestudies.selectors.taking_part import programmes_at, programmes_of

__all__ = [
    "CouncilFilters",
    "CouncilLike",
    "CouncilsLike",
    "Latest",
    "Overview",
    "adoptions_with_known_outcome",
    "at_place",
    "by_organisation",
    "children_of",
    "councils_directory",
    "councils_like",
    "in_programme",
    "in_topic",
    "known_outcomes",
    "latest",
    "network_in_numbers",
    "outcome_counts",
    "overview",
    "programmes_at",
    "programmes_directory",
    "programmes_of",
    "reading_context",
    "topic_tree",
    "topics_with_counts",
    "with_organisations",
]
