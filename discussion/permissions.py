"""Who may read and write comments and asks. Comments are as private as the page, the adoption or the ask that they are
about; places are for everybody, and so are asks once they are published.
"""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from casestudies.models import Adoption, BriefingPage, CaseStudyPage
from casestudies.permissions import can_read, can_read_adoption
from discussion.models import Ask, Comment
from discussion.where import page_of
from members.models import Organisation
from moderation.locked_cases import can_handle_locked, can_open, closed_pages, numbers_locked
from moderation.models import OWN_ONLY, ContributionState
from moderation.permissions import can_moderate
from moderation.standing import may_contribute
from places.models import Place

EDIT_WINDOW = timedelta(minutes=15)


def has_comments(page: Any) -> bool:
    """Whether this kind of page, or thing, is discussed at all."""
    return isinstance(page, CaseStudyPage | BriefingPage | Place)


def can_read_comments(user: Any, page: Any, adoption: Adoption | None = None, ask: Ask | None = None) -> bool:
    """Those on the page or place, in the thread of one of the page's adoptions, or the answers to an ask."""
    if ask is not None:
        return can_read_ask(user, ask)
    if adoption is not None and not can_read_adoption(user, adoption):
        return False
    return isinstance(page, Place) or (has_comments(page) and can_read(user, page))


def can_comment(user: Any, page: Any, adoption: Adoption | None = None, ask: Ask | None = None) -> bool:
    """Any signed-in person who may read it, who wrote the original among them; their name is asked for with the first
    comment. A closed ask takes no more answers.
    """
    if ask is not None and not ask.takes_answers:
        return False
    return _is_somebody(user) and can_read_comments(user, page, adoption, ask)


def _is_somebody(user: Any) -> bool:
    return may_contribute(user)


def can_see(user: Any, comment: Comment) -> bool:
    """Whether the person may know that the comment exists. A moderator sees all but what a locked case is about, and
    what stands on such a thing. Twin: `comments_visible_to`.
    """
    page = page_of(comment)
    own = user.is_authenticated and comment.author_id == user.pk and comment.state in OWN_ONLY
    if (comment.state == ContributionState.PUBLISHED or own) and can_read_comments(
        user, page, comment.adoption, comment.ask
    ):
        return True
    return can_moderate(user) and all(
        can_open(user, one) for one in (comment, comment.ask, comment.adoption, page) if one is not None
    )


def comments_visible_to(user: Any) -> Any:
    """The queryset twin of `can_see`."""
    if can_handle_locked(user):
        return Comment.objects.all()
    readable = _readable_comments(user)
    if not can_moderate(user):
        return readable
    closed = (
        Q(pk__in=numbers_locked(Comment))
        | Q(ask__in=numbers_locked(Ask))
        | Q(adoption__in=numbers_locked(Adoption))
        | Q(page__in=closed_pages(user))
    )
    return Comment.objects.filter(~closed | Q(pk__in=readable.values("pk")))


def _readable_comments(user: Any) -> Any:
    """Without a moderator's rights."""
    pages = CaseStudyPage.objects.visible_to(user).values("pk")
    briefings = BriefingPage.objects.visible_to(user).values("pk")
    adoptions = Adoption.objects.visible_to(user).values("pk")
    on_pages = (Q(page__in=pages) & (Q(adoption=None) | Q(adoption__in=adoptions))) | Q(page__in=briefings)
    asks = Ask.objects.shown_to(user).values("pk")
    return Comment.objects.shown_to(user).filter(on_pages | Q(place__isnull=False) | Q(ask__in=asks))


def can_reply(user: Any, comment: Comment) -> bool:
    return comment.state == ContributionState.PUBLISHED and can_comment(
        user, page_of(comment), comment.adoption, comment.ask
    )


def can_edit(user: Any, comment: Comment | Ask) -> bool:
    """Its author: for a quarter of an hour after writing, and whenever a moderator asked for changes."""
    if not _is_somebody(user) or comment.author_id != user.pk:
        return False
    if comment.state == ContributionState.DRAFT:
        return True
    recent = timezone.now() - comment.created_at <= EDIT_WINDOW
    return recent and comment.state in {ContributionState.PUBLISHED, ContributionState.HELD}


def can_delete(user: Any, comment: Comment | Ask) -> bool:
    return (
        _is_somebody(user)
        and comment.author_id == user.pk
        and comment.state not in {ContributionState.REMOVED, ContributionState.HIDDEN}
    )


def can_ask(user: Any) -> bool:
    """Any signed-in person; their name is asked for with the first ask."""
    return _is_somebody(user)


def can_read_ask(user: Any, ask: Ask) -> bool:
    """Whether the person may know that the ask exists. A moderator knows of all but those that a locked case is about.
    Twin: `asks_visible_to`.
    """
    if ask.state == ContributionState.PUBLISHED:
        return True
    if bool(user.is_authenticated) and ask.author_id == user.pk and ask.state in OWN_ONLY:
        return True
    return can_moderate(user) and can_open(user, ask)


def asks_visible_to(user: Any) -> Any:
    """The queryset twin of `can_read_ask`."""
    shown = Ask.objects.shown_to(user)
    if not can_moderate(user):
        return shown
    if can_handle_locked(user):
        return Ask.objects.all()
    return Ask.objects.filter(~Q(pk__in=numbers_locked(Ask)) | Q(pk__in=shown.values("pk")))


def can_delete_ask(user: Any, ask: Ask) -> bool:
    """The asker, while nobody else has answered: what others wrote for everybody is not the asker’s to take away."""
    answered = Comment.objects.published().filter(ask=ask).exclude(author=ask.author_id).exists()
    return can_delete(user, ask) and not answered


def can_back(user: Any, ask: Ask) -> bool:
    """Say “I have this too”: anybody but the asker, while an answer is still wanted."""
    return _is_somebody(user) and ask.takes_answers and ask.author_id != user.pk


def can_accept(user: Any, answer: Comment) -> bool:
    """The asker says which answer helped; an answer of their own can be it, since they may find out elsewhere."""
    ask = answer.ask
    return (
        ask is not None
        and ask.takes_answers
        and _is_somebody(user)
        and ask.author_id == user.pk
        and answer.state == ContributionState.PUBLISHED
    )


def can_close(user: Any, ask: Ask) -> bool:
    """The asker and the moderators; they may open it again."""
    own = _is_somebody(user) and ask.author_id == user.pk
    return ask.state == ContributionState.PUBLISHED and (own or can_moderate(user))


def can_write_up(user: Any, ask: Ask) -> bool:
    """Make a case study of it: whoever writes for an organisation."""
    return (
        ask.state == ContributionState.PUBLISHED
        and _is_somebody(user)
        and Organisation.objects.writable_by(user).exists()
    )
