"""What could be sent when the form was opened and no longer can: why, and the words that were typed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from core.keeping import take_form, words_in


def refused(request: HttpRequest, reason: str | Promise, *, back: str) -> HttpResponse:
    """403 with what was sent now, or before somebody had to sign in again, to be copied; `back` is where it stood."""
    sent = request.POST if request.method == "POST" else take_form(request, told=False)
    context = {"reason": reason, "words": list(words_in(sent or {})), "back": back}
    return render(request, "discussion/refused.html", context, status=403)
