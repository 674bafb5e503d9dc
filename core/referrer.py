"""From which page of ours a reader comes."""

from urllib.parse import SplitResult, urlsplit

from django.http import HttpRequest

NOWHERE = SplitResult("", "", "", "", "")


def own_referrer(request: HttpRequest) -> SplitResult:
    """The address that the browser says it comes from; empty if that is none of ours, or none at all."""
    try:
        said = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # “http://[”: whoever asks may send what they like
        return NOWHERE
    return said if said.netloc == request.get_host() else NOWHERE
