"""Following without signing in: the page that asks for an address, and the link in the mail that confirms it."""

from dataclasses import dataclass
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.ratelimit import allow, visitor_key
from digests import services, targets, tokens
from digests.errors import AskedTooOften, CannotFollowSearch, NothingToFollow
from digests.forms import FollowRequestForm, TargetForm
from digests.models import FollowRequest
from digests.targets import TargetCard
from digests.views import private
from search.models import SavedSearch
from search.saved import canonical, in_words, why_not
from search.state import SearchState, read

ASKS_AN_HOUR = 20


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the address asks to follow: a thing, or a search."""

    card: TargetCard
    search: SearchState | None = None

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """As the follow button of somebody signed in sends it."""
        own = self.search.pairs() if self.search else [("kind", self.card.kind), ("id", str(self.card.pk))]
        return [*own, ("next", self.card.url)]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_to_follow(request: HttpRequest) -> HttpResponse:
    """`/following/new/?kind=topic&id=3`, or with the parameters of a search: where a visitor's follow button leads."""
    wish = _wish(request)
    if not isinstance(wish, Wish):
        return render(request, "digests/follow_nothing.html", {"reason": wish}, status=404)
    context = {"card": wish.card, "is_search": wish.search is not None, "pairs": wish.pairs}
    if request.user.is_authenticated:
        return render(request, "digests/follow_signed_in.html", context)
    form = FollowRequestForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        status = _ask(request, form, wish)
        if status == 200:
            return render(request, "digests/follow_asked.html", {**context, "address": form.cleaned_data["email"]})
    here = urlencode({"next": request.get_full_path()})
    context |= {"form": form, "sign_in_url": f"{reverse('account_login')}?{here}"}
    return render(request, "digests/follow_new.html", context, status=422 if status == 200 and form.errors else status)


def _ask(request: HttpRequest, form: FollowRequestForm, wish: Wish) -> int:
    """The status of the answer; what is wrong stands in the form."""
    if not allow(f"ask-to-follow:{visitor_key(request)}", ASKS_AN_HOUR, 3600):
        form.add_error(None, _("Too many requests came from your network. Try again in an hour, or sign in."))
        return 429
    asked = partial(
        services.request_follow_search if wish.search else services.request_follow,
        address=form.cleaned_data["email"],
        cadence=form.cleaned_data["cadence"],
        language=(get_language() or "en")[:2],
    )
    try:
        asked(state=wish.search) if wish.search else asked(target=(wish.card.kind, wish.card.pk))
    except AskedTooOften as error:
        form.add_error("email", str(error))
        return 429
    except (NothingToFollow, CannotFollowSearch) as error:
        raise Http404(str(error)) from error
    return 200


def _wish(request: HttpRequest) -> Wish | str:
    """What is asked for, or in words why nobody can follow it; empty where it is not there."""
    if "kind" in request.GET:
        form = TargetForm(request.GET)
        card = targets.load_one(*form.target) if form.is_valid() and form.may_start else None
        return Wish(card=card) if card else ""
    asked = read(request.GET)
    if reason := why_not(asked):
        return str(reason)
    state = canonical(asked)
    words = in_words([SavedSearch(pk=0, text=state.text, filters=state.filters)]).get(0)
    if words is None:
        return ""
    card = TargetCard(kind=targets.SAVED_SEARCH, pk=0, title=words.title, name=words.name, url=words.url)
    return Wish(card=card, search=state)


@csrf_exempt
@private
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_follow(request: HttpRequest, token: str) -> HttpResponse:
    """`/following/confirm/<token>/`: a GET shows a button, so that a link scanner confirms nothing; a POST confirms.

    No cookie and no CSRF token: the signature, which only the mail has, is the right.
    """
    try:
        wanted = _wanted(token)
    except tokens.Forged:
        return render(request, "digests/link_broken.html", status=404)
    card = targets.load_one(*wanted.target) if wanted else None
    if wanted is None or card is None:
        return render(request, f"digests/{'follow_nothing' if wanted else 'confirm_expired'}.html", status=410)
    context = {"card": card, "wanted": wanted}
    if request.method != "POST":
        return render(request, "digests/confirm_follow.html", context)
    try:
        done = services.confirm_follow(request=wanted)
    except (NothingToFollow, CannotFollowSearch) as error:
        reason = str(error) if isinstance(error, CannotFollowSearch) else ""
        return render(request, "digests/follow_nothing.html", {"reason": reason}, status=409)
    return render(request, "digests/confirm_done.html", {**context, "done": done})


def _wanted(token: str) -> FollowRequest | None:
    """None when it is too old. Raises `tokens.Forged`."""
    try:
        return FollowRequest.objects.filter(pk=tokens.read_confirm(token)).first()
    except tokens.Expired:
        return None
