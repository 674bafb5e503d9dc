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
    "Risk",
    "Source",
]
