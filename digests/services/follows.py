"""Following, changing how often, stopping. Everything here may be asked twice."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from digests import targets, tokens
from digests.counting import forget_count
from digests.errors import NothingToFollow
from digests.models import Cadence, EndedReason, Follow, MailPreference
from digests.models.follows import DEFAULT_CADENCE
from digests.permissions import can_follow
from digests.services.pausing import drop_waiting_digests, news_from


@transaction.atomic
def follow(*, person: User, target: targets.Target, cadence: str | None = None) -> Follow:
    """Follow from now on; an active follow stays as it is. Raises `NothingToFollow`."""
    kind, pk = target
    if not can_follow(person, kind, pk):
        raise NothingToFollow
    found, made = Follow.objects.get_or_create(
        person=person,
        target_kind=kind,
        target_id=pk,
        ended_at=None,
        defaults={"cadence": cadence, "mailed_until": news_from(person)},
    )
    if made:
        transaction.on_commit(partial(forget_count, kind, pk), robust=True)
    return found


@transaction.atomic
def unfollow(*, person: User, target: targets.Target) -> None:
    """Stop following, whether it is there or not."""
    for found in Follow.objects.of(person).filter(target_kind=target[0], target_id=target[1]):
        stop_follow(follow=found, reason=EndedReason.READER)


def stop_follow(*, follow: Follow, reason: str) -> bool:
    """End one follow and keep why; return whether it was active."""
    ending = {"ended_at": timezone.now(), "ended_reason": EndedReason(reason)}
    ended = Follow.objects.active().filter(pk=follow.pk).update(**ending)
    if ended:
        transaction.on_commit(partial(forget_count, follow.target_kind, follow.target_id), robust=True)
    return bool(ended)


@transaction.atomic
def set_follow_cadence(*, follow: Follow, cadence: str | None) -> None:
    """`None` is as often as the person's other mail. Coming back from “no mail” brings what is new from now on."""
    before = follow.cadence or _default_of(follow.person)
    after = cadence or _default_of(follow.person)
    changes: dict[str, object] = {"cadence": cadence}
    if before == Cadence.OFF != after:
        changes["mailed_until"] = news_from(follow.person)
    Follow.objects.active().filter(pk=follow.pk).update(**changes)


@transaction.atomic
def set_default_cadence(*, person: User, cadence: str) -> None:
    before = _default_of(person)
    MailPreference.objects.update_or_create(person=person, defaults={"cadence": Cadence(cadence)})
    if before == Cadence.OFF != cadence:
        Follow.objects.of(person).filter(cadence=None).update(mailed_until=news_from(person))


@transaction.atomic
def stop_all_mail(*, person: User) -> None:
    """No mail about follows any more. The follows stay, so that starting again needs one click as well."""
    MailPreference.objects.get_or_create(person=person)
    MailPreference.objects.filter(person=person, stopped_at=None).update(stopped_at=timezone.now())
    drop_waiting_digests(person)


@transaction.atomic
def resume_mail(*, person: User) -> None:
    """What happened while the mail was stopped is not sent afterwards."""
    if MailPreference.objects.filter(person=person).exclude(stopped_at=None).update(stopped_at=None):
        Follow.objects.of(person).update(mailed_until=news_from(person))


@transaction.atomic
def stop_by_link(*, wanted: tokens.Stop) -> None:
    """Stop what a signed link says. Repeating it changes nothing."""
    person = User.objects.get(pk=wanted.person)
    if wanted.what == tokens.ALL:
        stop_all_mail(person=person)
    elif wanted.notices:
        set_notices(person=person, **dict.fromkeys(wanted.notices, False))
    else:
        for found in Follow.objects.of(person).filter(pk=wanted.follow):
            stop_follow(follow=found, reason=EndedReason.LINK)


def set_notices(*, person: User, **wanted: bool) -> None:
    """Which kinds of notice they want, by the names in `tokens.NOTICES`; a kind that is not named stays as it is."""
    if unknown := set(wanted) - tokens.NOTICES:
        raise ValueError(f"There are no notices called {unknown}.")
    MailPreference.objects.update_or_create(person=person, defaults=wanted)


def _default_of(person: User) -> str:
    preference = MailPreference.objects.filter(person=person).first()
    return preference.cadence if preference else DEFAULT_CADENCE
