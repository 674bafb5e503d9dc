"""“Why did I not get a mail on Tuesday?”: the answer for one person and one run, from facts alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from digests.models import MailState, RecipientState


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of one person and one run.

    `decided_at` is when the run was planned, or now. `state`, `mail_state`, `error` and `sent_at` are those of the
    person's recipient and its mail, empty where there is none. `planned` is whether the run has come to this person.
    Of their follows: `follows` with this cadence at the run's time, `elsewhere` the other cadences by name, `ended`
    before it, `later` begun after it, `covered` those that an earlier run had gone through to the end of this one's
    window. Of the news of these follows: `touched`, of which `own` are the person's own deeds and `told` were in
    another mail of theirs.
    """

    planned: bool = True
    state: str = ""
    mail_state: str = ""
    error: str = ""
    sent_at: datetime | None = None
    active: bool = True
    stopped_at: datetime | None = None
    paused_until: date | None = None
    decided_at: datetime
    immediate: bool = False
    follows: int = 0
    covered: int = 0
    elsewhere: Sequence[str] = ()
    ended: int = 0
    later: int = 0
    touched: int = 0
    own: int = 0
    told: int = 0


def explain(facts: Facts) -> str:
    """One or two sentences; the first reason that is enough by itself."""
    if facts.mail_state or facts.state in {RecipientState.SENT, RecipientState.GAVE_UP}:
        return _of_a_mail(facts)
    if facts.state == RecipientState.NOTHING:
        return _of_no_news(facts)
    return _of_nobody(facts)


def _of_a_mail(facts: Facts) -> str:
    forgotten = {
        RecipientState.SENT: _("The mail was sent; what is known of it has been deleted since."),
        RecipientState.GAVE_UP: _("There was a mail and it could not be sent; its record has been deleted since."),
    }
    said = {
        MailState.SENT: _("The mail was sent, and the mail server took it, on %(when)s."),
        MailState.FAILED: _("There was a mail and it failed: %(why)s"),
        MailState.SUPPRESSED: _("There was a mail and it was not sent: %(why)s"),
    }
    waits = (
        _("The mail waits and is tried again. The last try ended with: %(why)s")
        if facts.error
        else _("The mail is on its way: it waits for its turn, or for the hour that they chose.")
    )
    words = said.get(MailState(facts.mail_state), waits) if facts.mail_state else forgotten[RecipientState(facts.state)]
    return words % {"when": _moment(facts.sent_at), "why": facts.error}


def _of_no_news(facts: Facts) -> str:
    if not facts.touched:
        return _("Nothing new happened to what they follow.")
    if facts.touched == facts.own:
        return _("All that happened to what they follow was their own doing.")
    if facts.touched <= facts.own + facts.told:
        return _("All that happened to what they follow had been told in another mail already.")
    return _("Something happened to what they follow, but before they followed it or after it had been told.")


def _of_nobody(facts: Facts) -> str:
    if not facts.planned:
        return _("The run has not come to them yet.")
    if silent := _silent(facts):
        return silent
    if facts.follows > facts.covered:
        # Only those with news are in a run of what goes out as it happens.
        return (
            _of_no_news(facts)
            if facts.immediate
            else _("They were not in this run though they follow something: how often was changed in the meantime.")
        )
    if facts.covered:
        return _("An earlier run had covered this time for everything that they follow with this cadence.")
    return _of_no_follow(facts)


def _silent(facts: Facts) -> str:
    """Why they get no mail about follows at all."""
    if not facts.active:
        return _("Their account is closed or blocked, and gets no mail.")
    if facts.stopped_at and facts.stopped_at <= facts.decided_at:
        return _("They had stopped all mail about follows on %(when)s.") % {"when": _moment(facts.stopped_at)}
    if facts.paused_until and facts.paused_until > timezone.localdate(facts.decided_at):
        return _("They have put mail off until %(day)s.") % {"day": date_format(facts.paused_until, "j F Y")}
    return ""


def _of_no_follow(facts: Facts) -> str:
    if facts.elsewhere:
        return _("They followed nothing with this cadence; what they follow comes %(how)s.") % {
            "how": ", ".join(facts.elsewhere)
        }
    if facts.ended:
        return ngettext(
            "They followed nothing any more: %(n)s follow had ended before.",
            "They followed nothing any more: %(n)s follows had ended before.",
            facts.ended,
        ) % {"n": facts.ended}
    if facts.later:
        return _("They followed nothing yet: their first follow began later.")
    return _("They follow nothing.")


def _moment(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "j F Y, H:i") if moment else "?"
