"""What the evidence rating means."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from casestudies.evidence import DROP_OUT_PERCENT, FEW


def guide(request: HttpRequest) -> HttpResponse:
    """`/how-sure-we-are/`: the six levels of the rating, with the thresholds that the rules use."""
    return render(request, "casestudies/evidence_guide.html", {"few": FEW, "drop_out": DROP_OUT_PERCENT})
