"""`@Name` in a comment: who may be named, who is, and how it is shown.

Only those can be named who wrote where the comment stands, who asked, who recorded the adoption, or who write for the
organisation whose case study it is, or for one that serves the place. Nobody is found out by trying names: whoever does
not stand on the page anyway gets a mail, and the writer the same page as for a name that is nobody's. Where two on the
page have the same name neither is meant, and the writer is told so.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.models import User
from casestudies.models import Adoption
from discussion.models import Ask, Comment, CommentMention
from discussion.where import columns, held_with, page_of
from members.models import Membership, Role
from members.selectors import members_among

if TYPE_CHECKING:
    from django.db.models import QuerySet

TEAM = (Role.AUTHOR, Role.APPROVER, Role.LEAD)
MOST = 10
HINTED = 3


@dataclass(frozen=True, kw_only=True)
class Found:
    """Person → the name as it stands in the text; and the names that are more than one person's."""

    people: Mapping[int, str] = field(default_factory=dict)
    unclear: Sequence[str] = ()


def nameable(*, page: Any, adoption: Adoption | None = None, ask: Ask | None = None) -> "QuerySet[User]":
    """Who may be named in a comment that stands there, of those who may read it: three queries at most."""
    people = _on_the_page(page=page, adoption=adoption, ask=ask)
    people |= {adoption.author_id} if adoption and adoption.author_id else set()
    if page is not None:
        team = Membership.objects.active().filter(held_with(page), role__in=TEAM)
        people |= set(team.values_list("person", flat=True))
        if getattr(page, "is_members_only", False):
            people &= members_among(people)
    return User.objects.filter(pk__in=people, is_active=True).exclude(name="").order_by("pk")


def _on_the_page(*, page: Any, adoption: Adoption | None, ask: Ask | None) -> set[int]:
    """Whose names every reader sees there: who wrote, and who asked."""
    wrote = Comment.objects.published().filter(**columns(page), adoption=adoption, ask=ask)
    people = set(wrote.exclude(author=None).order_by().values_list("author", flat=True).distinct())
    return people | ({ask.author_id} if ask and ask.author_id else set())


def find(body: str, names: Iterable[tuple[int, str]]) -> Found:
    """Who is named in the text: at each `@` the longest name, whatever its case and accents, that ends with a word."""
    owners: dict[str, set[int]] = defaultdict(set)
    for person, name in names:
        owners[_folded(name)[0].strip()].add(person)
    owners.pop("", None)
    longest_first = sorted(owners, key=len, reverse=True)
    folded, at = _folded(body)
    people: dict[int, str] = {}
    unclear: list[str] = []
    for start in (match.end() for match in re.finditer(r"(?<![\w/.+-])@", folded)):
        name = next((one for one in longest_first if _stands(folded, one, start)), "")
        if not name:
            continue
        written = body[at[start] : at[start + len(name) - 1] + 1]
        if len(owners[name]) > 1:
            unclear.append(written)
        elif len(people) < MOST:
            people.setdefault(next(iter(owners[name])), written)
    return Found(people=people, unclear=list(dict.fromkeys(unclear)))


def keep_mentions(*, comment: Comment) -> None:
    """Write down whom a saved comment names; who is no longer named is forgotten."""
    found = _found(comment).people if "@" in comment.body else {}
    CommentMention.objects.filter(comment=comment).exclude(person__in=list(found)).delete()
    CommentMention.objects.bulk_create(
        [CommentMention(comment=comment, person_id=person, written=written) for person, written in found.items()],
        update_conflicts=True,
        unique_fields=["comment", "person"],
        update_fields=["written"],
    )


def unclear_names(comment: Comment) -> str:
    """What its writer should know: a name in it that two people have. Empty if there is none."""
    names = _found(comment).unclear if "@" in comment.body else []
    if not names:
        return ""
    return _("More than one person here is called %(name)s, so we have told neither of them.") % {"name": names[0]}


def named_in(comments: Collection[Comment]) -> Mapping[int, list[str]]:
    """Comment → the names to show in bold, as they stand there; one query, and none where nobody is named.

    Those alone whose names stand on the page anyway: bold would tell that there is somebody of that name.
    """
    ids = [comment.pk for comment in comments if "@" in comment.body]
    found: dict[int, list[str]] = defaultdict(list)
    if ids:
        same_place = (
            Q(ask__isnull=False, ask=OuterRef("comment__ask"))
            | Q(adoption__isnull=False, adoption=OuterRef("comment__adoption"))
            | Q(adoption=None, page=OuterRef("comment__page"))
            | Q(place__isnull=False, place=OuterRef("comment__place"))
        )
        wrote = Comment.objects.published().filter(same_place, author=OuterRef("person"))
        named = CommentMention.objects.filter(Exists(wrote) | Q(comment__ask__author=F("person")), comment__in=ids)
        for comment, written in named.values_list("comment", "written"):
            found[comment].append(written)
    return found


def authors_in(thread: Iterable[Mapping[str, Any]]) -> list[str]:
    """The names that stand in a thread as it is shown (`selectors.thread_page`), the latest first."""
    shown = [one for first in thread for one in (first, *first["replies"]) if not one["removed"]]
    return [one["author"] for one in sorted(shown, key=itemgetter("posted"), reverse=True)]


def hint(names: Iterable[str], *, by: Any) -> str:
    """What the form says about naming people, from the names that stand on the page anyway."""
    own = by.display_name if by.is_authenticated else ""
    known = [f"@{name}" for name in dict.fromkeys(names) if name and name != own][:HINTED]
    if not known:
        return ""
    return _("To name somebody who wrote here, so that they get a mail: %(names)s.") % {"names": ", ".join(known)}


def _found(comment: Comment) -> Found:
    """Whose names stand on the page come first: what is said about those must not depend on whom nobody sees there."""
    where = {"page": page_of(comment), "adoption": comment.adoption, "ask": comment.ask}
    names = [one for one in nameable(**where).values_list("pk", "name") if one[0] != comment.author_id]
    seen = _on_the_page(**where)
    shown = find(comment.body, [one for one in names if one[0] in seen])
    taken = {_folded(name)[0].strip() for person, name in names if person in seen}
    others = [(pk, name) for pk, name in names if pk not in seen and _folded(name)[0].strip() not in taken]
    people = {**find(comment.body, others).people, **shown.people}
    return Found(people=dict(list(people.items())[-MOST:]), unclear=shown.unclear)


def _stands(folded: str, name: str, start: int) -> bool:
    end = start + len(name)
    return folded.startswith(name, start) and not (end < len(folded) and folded[end].isalnum())


def _folded(text: str) -> tuple[str, list[int]]:
    """Without case, accents and double spaces; and where each of its characters stood."""
    out: list[str] = []
    at: list[int] = []
    for position, one in enumerate(text):
        plain = "".join(c for c in unicodedata.normalize("NFKD", one) if not unicodedata.combining(c)).casefold()
        if one in " \t\u00a0":
            plain = "" if out and out[-1] == " " else " "
        out.extend(plain)
        at.extend([position] * len(plain))
    return "".join(out), at
