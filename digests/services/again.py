"""Following again what was stopped."""

from django.db import transaction

from digests import targets
from digests.models import Follow
from digests.services.follows import follow
from digests.services.searches import check_room


@transaction.atomic
def follow_again(*, ended: Follow) -> Follow:
    """Follow what the same person followed before, as often as then, from now on.

    Raises `NothingToFollow`, or `CannotFollowSearch` where there are too many searches by now.
    """
    if ended.target_kind == targets.SAVED_SEARCH:
        check_room(person=ended.person, search=ended.target_id)
    return follow(person=ended.person, target=ended.target, cadence=ended.cadence)
