"""The family tree of a case study: what it was adopted from, and what was adopted from it, to any depth.

An adoption that has a case study of its own is one branch. All branches come in one recursive query, the same on
SQLite and PostgreSQL; UNION, and not UNION ALL, keeps a circle in old data from running for ever, since a branch that
was found already adds nothing.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from casestudies.models import CaseStudyPage
from moderation.models import ContributionState

MOST_BRANCHES = 1000

_SQL = """
WITH RECURSIVE
branch(id, origin, own, outcome, organisation) AS (
    SELECT a.id, a.case_study_id, a.own_case_study_id, a.outcome, a.organisation_id
    FROM casestudies_adoption a
    WHERE a.own_case_study_id IS NOT NULL AND a.state = %s AND EXISTS ({origin}) AND EXISTS ({own})
),
down(id, origin, own, outcome, organisation) AS (
    SELECT * FROM branch WHERE origin = %s
    UNION SELECT b.* FROM branch b JOIN down ON b.origin = down.own
),
up(id, origin, own, outcome, organisation) AS (
    SELECT * FROM branch WHERE own = %s
    UNION SELECT b.* FROM branch b JOIN up ON b.own = up.origin
),
found AS (
    SELECT 1 AS is_below, origin, own AS page, outcome, id FROM down
    UNION ALL SELECT 0, own, origin, outcome, id FROM up
)
SELECT found.is_below, found.origin, found.page, found.outcome, p.title, p.url_path, g.short_name, g.is_demonstration
FROM found
JOIN wagtailcore_page p ON p.id = found.page
LEFT JOIN wagtailcore_page above ON above.path = substr(p.path, 1, length(p.path) - {step})
LEFT JOIN members_organisationpage op ON op.page_ptr_id = above.id
LEFT JOIN members_organisation g ON g.id = op.organisation_id
ORDER BY found.id
LIMIT {limit}
"""


@dataclass(frozen=True, kw_only=True)
class Relative:
    """A case study in the tree. `outcome` is that of the adoption that ties it to the one it hangs on."""

    page: CaseStudyPage
    organisation: str
    is_example: bool
    outcome: str
    branches: list["Relative"] = field(default_factory=list)

    def __iter__(self) -> Iterator["Relative"]:
        """Itself and everything that hangs on it."""
        yield self
        for branch in self.branches:
            yield from branch


@dataclass(frozen=True, kw_only=True)
class Lineage:
    """`ancestors`: what it was adopted from, each with what that was adopted from. `descendants`: the other way.

    `hidden` is how many more there are than the depth and number asked for.
    """

    ancestors: list[Relative]
    descendants: list[Relative]
    hidden: int = 0

    def __bool__(self) -> bool:
        return bool(self.ancestors or self.descendants)


def lineage(page: CaseStudyPage, *, user: Any, depth: int | None = None, most: int | None = None) -> Lineage:
    """The part of the family that the person may read; one query.

    What is behind a case study that they may not read is not told either: it would betray the one between.
    A case study that is reached in two ways stands where it is nearest, once on each side.
    """
    origin, first = _may_read(user, "a.case_study_id")
    own, second = _may_read(user, "a.own_case_study_id")
    sql = _SQL.format(origin=origin, own=own, step=CaseStudyPage.steplen, limit=MOST_BRANCHES)
    with connection.cursor() as cursor:
        cursor.execute(sql, [ContributionState.PUBLISHED, *first, *second, page.pk, page.pk])
        rows = cursor.fetchall()
    sides: dict[bool, dict[int, list[tuple[Any, ...]]]] = {False: defaultdict(list), True: defaultdict(list)}
    for is_below, origin, *rest in rows:
        sides[bool(is_below)][origin].append(tuple(rest))
    budget = _Budget(depth=depth, most=most)
    return Lineage(
        ancestors=_grow(page.pk, sides[False], budget),
        descendants=_grow(page.pk, sides[True], budget),
        hidden=budget.hidden,
    )


def _may_read(user: Any, column: str) -> tuple[str, tuple[Any, ...]]:
    """The rule of `visible_to` as the inside of an EXISTS, for one case study and not for all there are."""
    one = RawSQL(column, ())  # noqa: S611 - a column of the query above
    sql, params = CaseStudyPage.objects.visible_to(user).order_by().filter(pk=one).values("pk").query.sql_with_params()
    return sql, tuple(params)


@dataclass
class _Budget:
    depth: int | None
    most: int | None
    hidden: int = 0
    used: int = 0

    def allows(self, level: int) -> bool:
        if (self.depth is not None and level > self.depth) or (self.most is not None and self.used >= self.most):
            self.hidden += 1
            return False
        self.used += 1
        return True


def _grow(root: int, rows: dict[int, list[tuple[Any, ...]]], budget: _Budget) -> list[Relative]:
    """Level by level, so that each stands at its nearest and the nearest are kept when there are too many."""
    seen = {root}
    top: list[Relative] = []
    level, at = [(root, top)], 1
    while level:
        below: list[tuple[int, list[Relative]]] = []
        for parent, branches in level:
            for pk, outcome, title, url_path, organisation, is_demonstration in rows.get(parent, ()):
                if pk in seen:
                    continue
                seen.add(pk)
                relative = Relative(
                    page=CaseStudyPage(pk=pk, id=pk, title=title, url_path=url_path),
                    organisation=organisation or "",
                    is_example=bool(is_demonstration),
                    outcome=outcome,
                )
                if budget.allows(at):
                    branches.append(relative)
                below.append((pk, relative.branches))
        level, at = below, at + 1
    return top
