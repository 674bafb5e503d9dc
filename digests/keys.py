"""What makes a mail unique: the same thing for the same person is one row, whoever asks for it and however often."""

from datetime import date
from typing import TYPE_CHECKING

from digests.adoption_news import known

if TYPE_CHECKING:
    from core.models import Event


def of_digest(run: int, person: int) -> str:
    return f"digest:{run}:{person}"


def of_decision(decision: int, person: int) -> str:
    return f"decision:{decision}:{person}"


def of_review(task_state: int, person: int) -> str:
    return f"review:{task_state}:{person}"


def of_reply(comment: int, person: int) -> str:
    """An answer to what somebody asked is a reply to them too: one mail about one comment."""
    return f"reply:{comment}:{person}"


def of_questions(day: date, person: int) -> str:
    return f"questions:{day.isoformat()}:{person}"


def of_adoption(adoption: int, outcome: str, person: int) -> str:
    """Once when it is recorded, and once for each outcome that it comes to; both at once is one mail."""
    return f"adoption:{adoption}:{outcome or 'new'}:{person}"


def of_ask(ask: int, person: int | str = "") -> str:
    """Without a person, what the keys of all mails about the ask begin with."""
    return f"ask:{ask}:{person}"


def of_thanks(comment: int, person: int) -> str:
    return f"thanks:{comment}:{person}"


def of_written_up(ask: int, person: int) -> str:
    """Once, however often its case study is withdrawn and published."""
    return f"written-up:{ask}:{person}"


def of_notice(event: "Event", person: int) -> str:
    """The key that a notice of this event to this person has; empty for what nobody is told at once."""
    if event.kind == "comment.published":
        return of_reply(event.subject_id, person)
    if event.kind == "ask.published":
        return of_ask(event.subject_id, person)
    if event.kind == "ask.answered":
        return of_thanks(event.data["comment_id"], person)
    if event.subject_kind == "adoption":
        return of_adoption(event.subject_id, known(event.data.get("outcome", "")), person)
    return ""
