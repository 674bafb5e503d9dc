from casestudies.models.case_study import CaseStudyPage, CaseStudyTag
from casestudies.models.parts import (
    CaseStudyPlace,
    Document,
    Lesson,
    Measure,
    Milestone,
    Need,
    Partner,
    Photo,
    Risk,
    Source,
)
from casestudies.models.reads import ReadCount
from casestudies.models.word_imports import WordImport

__all__ = [
    "CaseStudyPage",
    "CaseStudyPlace",
    "CaseStudyTag",
    "Document",
    "Lesson",
    "Measure",
    "Milestone",
    "Need",
    "Partner",
    "Photo",
    "ReadCount",
    "Risk",
    "Source",
    "WordImport",
]
