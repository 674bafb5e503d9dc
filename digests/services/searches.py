"""Following searches, and forgetting those that nobody follows any more."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from digests import targets
from digests.errors import CannotFollowSearch
from digests.models import Follow
from digests.services.follows import follow
from search import saved
from search.models import SavedSearch
from search.state import SearchState

MOST_SEARCHES = 50
# So long somebody who stopped by mistake, or comes back to an old mail, finds it as it was.
KEPT = timedelta(days=30)


@transaction.atomic
def follow_search(*, person: User, state: SearchState) -> Follow:
    """Follow a search, from now on. Raises `CannotFollowSearch`, with the reason in words, or `NothingToFollow`."""
    if reason := saved.why_not(state):
        raise CannotFollowSearch(str(reason))
    search = saved.keep(state)
    check_room(person=person, search=search.pk)
    return follow(person=person, target=(targets.SAVED_SEARCH, search.pk))


def check_room(*, person: User, search: int) -> None:
    """Raises `CannotFollowSearch` when one more search would be too many."""
    own = Follow.objects.of(person).filter(target_kind=targets.SAVED_SEARCH)
    if own.count() >= MOST_SEARCHES and not own.filter(target_id=search).exists():
        raise CannotFollowSearch(
            _("You follow %(most)s searches already, and that is the most there can be. Stop one of them first.")
            % {"most": MOST_SEARCHES}
        )


def forget_searches(*, now: datetime | None = None) -> int:
    """Delete saved searches that nobody has followed for 30 days, with what they found; return how many."""
    since = (now or timezone.now()) - KEPT
    wanted = Follow.objects.filter(
        Q(ended_at=None) | Q(ended_at__gte=since), target_kind=targets.SAVED_SEARCH, target_id=OuterRef("pk")
    )
    with transaction.atomic():
        # Locked first: somebody may ask for one of them at this moment (`search.saved.keep`).
        forgotten = SavedSearch.objects.select_for_update().filter(~Exists(wanted), wanted_at__lt=since)
        ids = list(forgotten.values_list("pk", flat=True))
        SavedSearch.objects.filter(pk__in=ids).delete()
    return len(ids)
