"""What a signed link in a mail would stop, and in which words its page asks and answers."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from digests import selectors, targets, tokens
from digests.models import Follow, MailPreference


@dataclass(frozen=True, kw_only=True)
class Stoppable:
    """`question` is asked before, `done` is said after; `active` is False when it is stopped already.

    Somebody who `left` gets nothing more: there is nothing to ask, and nothing to start again.
    """

    question: str = ""
    done: str
    active: bool
    left: bool = False


def stoppable(wanted: tokens.Stop) -> Stoppable:
    """Raises `tokens.Forged` when the follow never was theirs."""
    preference = MailPreference.objects.filter(person=wanted.person).first()
    if not User.objects.filter(pk=wanted.person).exists():
        done = _("Your address has been erased here, so nothing more can be sent to it.")
        return Stoppable(done=done, active=False, left=True)
    if wanted.what == tokens.ALL:
        return Stoppable(
            question=_("Stop all mail about what you follow?"),
            done=_("You get no more mail about what you follow."),
            active=not (preference and preference.stopped_at),
        )
    if wanted.notices:
        question, done = _of_notices(wanted.notices)
        wanting = any(selectors.wants(preference, name) for name in wanted.notices)
        return Stoppable(question=question, done=done, active=wanting)
    follow = Follow.objects.filter(person=wanted.person, pk=wanted.follow).first()
    if follow is None:
        raise tokens.Forged
    card = targets.load_one(*follow.target)
    name = {"name": card.title if card else str(targets.label_of(follow.target_kind))}
    return Stoppable(
        question=_("Stop following %(name)s?") % name,
        done=_("You no longer follow %(name)s.") % name,
        active=follow.ended_at is None,
    )


def _of_notices(notices: frozenset[str]) -> tuple[str, str]:
    if len(notices) > 1:
        return (
            _("Stop mail about all kinds of things that were in this one?"),
            _("We no longer write to you about things of these kinds."),
        )
    (notice,) = notices
    return {
        tokens.REPLIES: (
            _("Stop mail about replies to you?"),
            _("We no longer write to you when somebody replies to you."),
        ),
        tokens.ADOPTIONS: (
            _("Stop mail about places that try what you wrote about?"),
            _("We no longer write to you when another place tries what you wrote about."),
        ),
        tokens.ANSWERS: (
            _("Stop mail about answers to what you asked?"),
            _("We no longer write to you when somebody answers what you asked."),
        ),
        tokens.ASKS: (
            _("Stop mail about what others ask?"),
            _("We no longer write to you when somebody asks about something that you have done."),
        ),
        tokens.QUESTIONS: (
            _("Stop mail that asks whether what you wrote is still true?"),
            _("We no longer ask you whether what you wrote is still true."),
        ),
        tokens.REVIEWS: (
            _("Stop mail about what waits for your approval?"),
            _("We no longer write to you when something waits for your approval."),
        ),
        tokens.MENTIONS: (
            _("Stop mail about comments that name you?"),
            _("We no longer write to you when somebody names you in a comment."),
        ),
    }[notice]
