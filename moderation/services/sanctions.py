"""Deciding about a person: a warning, a limit, a suspension, a ban; and ending one early."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User as Person
from accounts.sessions import end_every_session
from core import post
from moderation.account_letters import BANNED, facts_of
from moderation.errors import AlreadyDecided, IllegalMove, NotAllowed, ReasonNeeded, TooLate
from moderation.models import Decision, DecisionAction, Sanction, SanctionKind
from moderation.permissions import can_lift, can_sanction, can_second
from moderation.services.log import append_decision, check_reason
from moderation.standing import forget_standing

if TYPE_CHECKING:
    from accounts.models import User

# How long a proposed ban suspends somebody while it waits for a second moderator.
WAIT_FOR_SECOND = timedelta(days=7)
LONGEST = timedelta(days=365)
Action = DecisionAction


@transaction.atomic
def warn(*, person: "User", by: "User", reason: str, words: str, private_note: str = "") -> Sanction:
    """Tell a person that they broke a rule. Raises `NotAllowed` and `ReasonNeeded`."""
    return _begin(Action.WARN, person, by, _said(reason, words, private_note))


@transaction.atomic
def limit(
    *, person: "User", by: "User", reason: str, words: str, until: datetime | None = None, private_note: str = ""
) -> Sanction:
    """Have everything that a person writes looked at first, `until` then or for good.

    Raises `NotAllowed`, `ReasonNeeded`, and `IllegalMove` for a time that is past or more than a year away.
    """
    if until is not None:
        _check_time(until)
    return _begin(Action.LIMIT, person, by, _said(reason, words, private_note), ends_at=until)


@transaction.atomic
def suspend(
    *, person: "User", by: "User", reason: str, words: str, until: datetime, private_note: str = ""
) -> Sanction:
    """Let a person read, sign in and appeal, and nothing more, until then. Raises as `limit`."""
    _check_time(until)
    return _begin(Action.SUSPEND, person, by, _said(reason, words, private_note), ends_at=until)


@transaction.atomic
def propose_ban(*, person: "User", by: "User", reason: str, words: str, private_note: str = "") -> Sanction:
    """Suspend a person until a second moderator agrees to a ban, for a week at most.

    Raises `NotAllowed`, `ReasonNeeded`, and `AlreadyDecided` when a ban is in force or proposed.
    """
    now = timezone.now()
    Person.objects.select_for_update().get(pk=person.pk)
    bans = Sanction.objects.filter(person=person, kind=SanctionKind.BAN, lifted_at=None)
    for lapsed in bans.filter(seconded_by=None, ends_at__lte=now):
        Sanction.objects.filter(pk=lapsed.pk).update(lifted_at=lapsed.ends_at)
    standing = bans.select_related("decision__moderator").first()
    if standing is not None:
        raise AlreadyDecided(standing.decision)
    return _begin(
        Action.SUSPEND,
        person,
        by,
        _said(reason, words, private_note),
        kind=SanctionKind.BAN,
        ends_at=now + WAIT_FOR_SECOND,
        proposed_by=by,
    )


@transaction.atomic
def second_ban(*, sanction: Sanction, by: "User", words: str = "", private_note: str = "") -> Decision:
    """Agree to a ban that another moderator proposed: the account is switched off, and every session with it.

    Raises `NotAllowed` (also for who proposed it), and `AlreadyDecided` when another was faster or it has lapsed.
    """
    locked = _lock(sanction)
    if not can_second(by, locked, whatever_its_state=True):
        raise NotAllowed(_("Another moderator than the one who proposed it agrees to a ban."))
    if not locked.waits_for_a_second:
        raise AlreadyDecided(locked.seconding or locked.decision)
    proposal, person = locked.decision, locked.person
    decision = append_decision(
        subject=person,
        title=person.display_name,
        action=Action.BAN,
        by=by,
        author_id=person.pk,
        reason=proposal.reason,
        words=words or proposal.words,
        private_note=private_note,
        waited_since=proposal.decided_at,
        answers=proposal,
        by_notice=False,
    )
    now = timezone.now()
    Sanction.objects.filter(pk=locked.pk).update(
        seconded_by=by, seconded_at=now, seconding=decision, ends_at=None, closed_account=person.is_active
    )
    address, language = person.email, person.language
    Person.objects.filter(pk=person.pk).update(is_active=False)
    # An update in the table calls no listener, and a session that only sleeps would wake when the ban is lifted.
    end_every_session(person=person)
    post.send(name=BANNED, key=f"banned:{decision.pk}", address=address, language=language, facts=facts_of(decision))
    sanction.refresh_from_db()
    forget_standing(person)
    return decision


@transaction.atomic
def lift(*, sanction: Sanction, by: "User", words: str, private_note: str = "") -> Decision:
    """End a sanction early, or refuse a ban that was proposed; the person is told why.

    Raises `NotAllowed`, `ReasonNeeded`, and `AlreadyDecided` when it is over.
    """
    locked = _lock(sanction)
    if not can_lift(by, locked, whatever_its_state=True):
        raise NotAllowed(_("Only the network’s moderators decide about people, and nobody about themselves."))
    if not words.strip():
        raise ReasonNeeded(_("Tell the person in a sentence why it ends."))
    if not locked.is_in_force:
        raise AlreadyDecided(Decision.objects.filter(answers=locked.decision).select_related("moderator").first())
    decision = append_decision(
        subject=locked.person,
        title=locked.person.display_name,
        action=Action.LIFT,
        by=by,
        author_id=locked.person_id,
        words=words,
        private_note=private_note,
        answers=locked.decision,
    )
    end_sanction(sanction=locked, by=by)
    sanction.refresh_from_db()
    return decision


def end_sanction(*, sanction: Sanction, by: "User") -> None:
    """Stop one that is in force, and switch the account on again if it was the ban that switched it off."""
    if not sanction.is_in_force:
        return
    Sanction.objects.filter(pk=sanction.pk).update(lifted_at=timezone.now(), lifted_by=by)
    others = Sanction.objects.in_force().filter(person=sanction.person_id, closed_account=True)
    if sanction.closed_account and not others.exists():
        Person.objects.filter(pk=sanction.person_id).update(is_active=True)
    forget_standing(sanction.person)


def _begin(action: DecisionAction, person: "User", by: "User", said: dict[str, str], **more: Any) -> Sanction:
    Person.objects.select_for_update().get(pk=person.pk)
    if not can_sanction(by, person):
        raise NotAllowed(
            _("Only the network’s moderators decide about people, and never about themselves or about one another.")
        )
    check_reason(action, said["reason"], said["words"])
    decision = append_decision(
        subject=person,
        title=person.display_name,
        action=action,
        by=by,
        author_id=person.pk,
        reason=said["reason"],
        words=said["words"],
        private_note=said["private_note"],
    )
    kind = more.pop("kind", None) or SanctionKind(action.value)
    made = Sanction.objects.create(person=person, kind=kind, starts_at=decision.decided_at, decision=decision, **more)
    forget_standing(person)
    return made


def _said(reason: str, words: str, private_note: str) -> dict[str, str]:
    return {"reason": reason, "words": words, "private_note": private_note}


def _lock(sanction: Sanction) -> Sanction:
    """The row as it is now; who decides about it at the same time waits here."""
    Sanction.objects.select_for_update().get(pk=sanction.pk)
    return Sanction.objects.select_related("person", "decision__moderator", "seconding__moderator").get(pk=sanction.pk)


def _check_time(until: datetime) -> None:
    now = timezone.now()
    if until <= now:
        raise TooLate(_("Choose a day that is yet to come."))
    if until > now + LONGEST:
        raise IllegalMove(_("A year is the longest. For good is a ban, and a ban takes two moderators."))
