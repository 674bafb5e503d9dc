"""The pages that the law asks for, and where browsers send what they refused."""

from django.urls import path
from django.views.generic import RedirectView

from core import legal

# Slugs of standing pages that these stand in front of: the foot of the page links to them once.
LEGAL_SLUGS = frozenset({"privacy", "cookies", "terms", "complaints", "accessibility", "accessibility-statement"})

urlpatterns = [
    path("privacy/", legal.privacy, name="privacy"),
    path("cookies/", legal.cookie_page, name="cookies"),
    path("terms/", legal.terms, name="terms"),
    path("complaints/", legal.complaints, name="complaints"),
    path("accessibility/", legal.accessibility, name="accessibility"),
    path("accessibility-statement/", RedirectView.as_view(pattern_name="accessibility", permanent=True)),
]
