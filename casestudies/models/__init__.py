from casestudies.models.adoptions import KNOWN_OUTCOMES, Adoption, AdoptionChange
from casestudies.models.briefings import (
    BriefingCaseStudy,
    BriefingDocument,
    BriefingPage,
    BriefingSource,
    BriefingTrial,
)
from casestudies.models.case_study import CaseStudyPage, CaseStudyTag
from casestudies.models.measures import AdoptionMeasure, BaseMeasure, Indicator, Measure
from casestudies.models.parts import (
    CaseStudyPlace,
    Document,
    Lesson,
    Milestone,
    Need,
    Partner,
    Photo,
    Risk,
    Source,
)
from casestudies.models.reads import ReadCount
from casestudies.models.standing import MAX_RATING, Standing
from casestudies.models.word_imports import WordImport

__all__ = [
    "KNOWN_OUTCOMES",
    "MAX_RATING",
    "Adoption",
    "AdoptionChange",
    "AdoptionMeasure",
    "BaseMeasure",
    "BriefingCaseStudy",
    "BriefingDocument",
    "BriefingPage",
    "BriefingSource",
    "BriefingTrial",
    "CaseStudyPage",
    "CaseStudyPlace",
    "CaseStudyTag",
    "Document",
    "Indicator",
    "Lesson",
    "Measure",
    "Milestone",
    "Need",
    "Partner",
    "Photo",
    "ReadCount",
    "Risk",
    "Source",
    "Standing",
    "WordImport",
]
