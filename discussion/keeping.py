"""What somebody wrote and could not send because they were no longer signed in, kept until they are again.

It lies in the session, under the address that it was sent to, and is put back into the form there: once.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

KEY = "kept_words"
# Longer than any form of ours takes; what is longer would be refused anyway.
LENGTH = 20_000
FIELDS = ("body", "name", "title")

View = Callable[..., HttpResponse]


def signed_in_or_kept(view: View) -> View:
    """Like `login_required`, but words that were sent without being signed in are not lost."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            words = {name: request.POST[name] for name in FIELDS if request.POST.get(name, "").strip()}
            if words and sum(map(len, words.values())) <= LENGTH:
                request.session[KEY] = {"path": request.path, "words": words}
        return redirect_to_login(request.get_full_path())

    return guarded


def take_kept(request: HttpRequest) -> dict[str, str]:
    """What was kept for this address; it is handed out once."""
    kept = request.session.get(KEY)
    if request.method != "GET" or not kept or kept.get("path") != request.path:
        return {}
    del request.session[KEY]
    words: dict[str, str] = kept["words"]
    return words
