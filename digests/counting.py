"""How many people follow something, as the button says it: honest, and nothing from which somebody can be told.

People are counted who may get mail about it. Below five only that it is fewer than five is said: one more or less
would tell who it was. How many follow a search is never said, because that would tell that somebody typed it.
`docs/decisions/0022-followers-without-an-account.md`
"""

from django.core.cache import cache
from django.db.models import Count
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.components import figure
from digests import targets
from digests.models import Follow, Suppression

FEW = 5
KEPT = 300


def followers_of(kind: str, pk: int) -> int:
    """From the cache, else in one query for all kinds that look at the same thing; at most five minutes old."""
    siblings = _siblings(kind)
    counts: dict[str, int] | None = cache.get(_name(siblings, pk))
    if counts is None:
        counts = _count(siblings, pk)
        cache.set(_name(siblings, pk), counts, KEPT)
    return counts.get(kind, 0)


def forget_count(kind: str, pk: int) -> None:
    """Count anew when it is asked next: somebody has just begun or stopped to follow it."""
    cache.delete(_name(_siblings(kind), pk))


def in_words(kind: str, pk: int) -> str:
    if kind == targets.SAVED_SEARCH:
        return ""
    n = followers_of(kind, pk)
    if n == 0:
        return _("Nobody follows this yet")
    if n < FEW:
        return _("Fewer than %(few)s people follow this") % {"few": FEW}
    return ngettext("%(n)s person follows this", "%(n)s people follow this", n) % {"n": figure(n)}


def _count(kinds: tuple[str, ...], pk: int) -> dict[str, int]:
    dead = Suppression.objects.annotate(lower=Lower("address")).values("lower")
    reached = (
        Follow.objects.wanted()
        .filter(target_kind__in=kinds, target_id=pk, person__is_active=True, person__mail_preference__stopped_at=None)
        .annotate(mailbox=Lower("person__email"))
        .exclude(mailbox__in=dead)
    )
    return dict(reached.order_by().values_list("target_kind").annotate(n=Count("pk")))


def _siblings(kind: str) -> tuple[str, ...]:
    """All kinds that have the same numbers, this one among them: a page may show buttons of several."""
    known = targets.kinds()
    own = known[kind].numbers if kind in known else kind
    return tuple(sorted({kind, *(one.name for one in known.values() if one.numbers == own)}))


def _name(siblings: tuple[str, ...], pk: int) -> str:
    return f"followers:{'+'.join(siblings)}:{pk}"
