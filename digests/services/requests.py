"""Following without an account: asked for with an address, done when whoever reads mail there says so.

Nothing here depends on whether an address is known, so that nobody learns it from what is said or how long it takes.
`docs/decisions/0022-followers-without-an-account.md` says why a request is a row of its own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from accounts.services import account_of_mailbox
from core.ratelimit import allow
from digests import targets
from digests.consent import KEPT, WORTH, consent_words
from digests.errors import AskedTooOften, CannotFollowSearch, NothingToFollow
from digests.models import Cadence, Follow, FollowRequest, MailKind, MailPreference
from digests.models.follows import DEFAULT_CADENCE
from digests.services.follows import follow, set_default_cadence, set_follow_cadence
from digests.services.outbox import Wanted, queue_mails
from digests.services.searches import check_room
from search import saved
from search.state import SearchState

MAILS_A_DAY = 3
# Whoever asks again so soon is looking for the first mail; a second one would make two.
SAME_AGAIN = timedelta(hours=1)


@transaction.atomic
def request_follow(*, address: str, target: targets.Target, cadence: str, language: str) -> FollowRequest:
    """Keep that somebody with this address wants to follow, and ask the address by mail.

    Asking again for the same thing changes how often, and sends another mail after an hour at the soonest. Raises
    `NothingToFollow`, or `AskedTooOften` after three mails in a day.
    """
    card = targets.load_one(*target)
    if card is None:
        raise NothingToFollow
    now = timezone.now()
    request, _made = FollowRequest.objects.update_or_create(
        address=address.strip().lower(),
        target_kind=target[0],
        target_id=target[1],
        confirmed_at=None,
        defaults={
            "cadence": Cadence(cadence),
            "language": language,
            "wording": consent_words(name=card.called, cadence=cadence),
            "asked_at": now,
        },
    )
    if request.mailed_at is None or request.mailed_at <= now - SAME_AGAIN:
        _ask_by_mail(request, now)
    return request


@transaction.atomic
def request_follow_search(*, address: str, state: SearchState, cadence: str, language: str) -> FollowRequest:
    """The same for a search. Raises also `CannotFollowSearch`."""
    if reason := saved.why_not(state):
        raise CannotFollowSearch(str(reason))
    target = (targets.SAVED_SEARCH, saved.keep(state).pk)
    return request_follow(address=address, target=target, cadence=cadence, language=language)


def _ask_by_mail(request: FollowRequest, now: datetime) -> None:
    hidden = salted_hmac("digests.requests", request.address).hexdigest()[:24]
    if not allow(f"confirm-follow:{hidden}", MAILS_A_DAY, 86_400):
        raise AskedTooOften
    request.mailed_at = now
    request.save(update_fields=["mailed_at"])
    known = User.objects.filter(email__iexact=request.address).values_list("pk", flat=True).first()
    queue_mails(
        [
            Wanted(
                key=f"follow:{request.pk}:{now.timestamp():.0f}",
                kind=MailKind.FOLLOW,
                person_id=known,
                address="" if known else request.address,
                language="" if known else request.language,
                payload={"request": request.pk},
                urgency=0,
                worthless_after=now + WORTH,
            )
        ]
    )


@dataclass(frozen=True, kw_only=True)
class FollowConfirmed:
    """What came of a confirmation. `follow` is None when they have stopped it since. `silent`: why no mail comes."""

    request: FollowRequest
    follow: Follow | None
    silent: str = ""


@transaction.atomic
def confirm_follow(*, request: FollowRequest) -> FollowConfirmed:
    """Follow what was asked for, with the account of the address, which is opened if there is none. Twice is once.

    Raises `NothingToFollow` when what they asked for is gone, or their account was closed; `CannotFollowSearch` when
    they follow as many searches as can be.
    """
    request = FollowRequest.objects.select_for_update().get(pk=request.pk)
    target = request.target
    if request.person is None:
        person = account_of_mailbox(address=request.address, language=request.language)
        if target[0] == targets.SAVED_SEARCH:
            check_room(person=person, search=target[1])
        found: Follow | None = _follow(person, target, request.cadence)
        request.person, request.confirmed_at = person, timezone.now()
        request.save(update_fields=["person", "confirmed_at"])
    else:
        person = request.person
        found = Follow.objects.of(person).filter(target_kind=target[0], target_id=target[1]).first()
    return FollowConfirmed(request=request, follow=found, silent=_why_silent(person))


def _follow(person: User, target: targets.Target, cadence: str) -> Follow:
    """As often as they said; for somebody who has said nothing yet that is how often everything comes."""
    if not (Follow.objects.filter(person=person).exists() or MailPreference.objects.filter(person=person).exists()):
        set_default_cadence(person=person, cadence=cadence)
    usual = MailPreference.objects.filter(person=person).values_list("cadence", flat=True).first() or DEFAULT_CADENCE
    own = None if cadence == usual else cadence
    found = follow(person=person, target=target, cadence=own)
    if found.cadence != own:
        set_follow_cadence(follow=found, cadence=own)
        found.refresh_from_db()
    return found


def _why_silent(person: User) -> str:
    """What keeps mail about follows from this person, who may have forgotten it."""
    preference = MailPreference.objects.filter(person=person).first()
    if preference and preference.stopped_at:
        return "stopped"
    if preference and preference.paused_until and preference.paused_until > timezone.localdate():
        return "paused"
    return ""


def forget_follow_requests(*, now: datetime | None = None) -> int:
    """Delete what nobody confirmed within eight days; return how many."""
    old = (now or timezone.now()) - KEPT
    return FollowRequest.objects.filter(confirmed_at=None, asked_at__lt=old).delete()[0]
