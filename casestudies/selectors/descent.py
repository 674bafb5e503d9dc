"""From what a case study descends: who adopted whose idea and wrote an account of their own, generation by generation.

An adoption whose organisation wrote its own case study says: that one descends from this one. The lines form a tree
that may join again (two ideas adopted in one account), but never a circle.
"""

from django.db import connection

from casestudies.models import Adoption, CaseStudyPage
from moderation.models import ContributionState

# More lines of descent than any real idea has; a check that meets it refuses rather than guesses.
MOST_LINES = 5000

_UP = """
WITH RECURSIVE above(parent, child) AS (
    SELECT case_study_id, own_case_study_id FROM {table}
    WHERE own_case_study_id = %s AND state <> %s AND id <> %s
    UNION
    SELECT line.case_study_id, line.own_case_study_id FROM {table} line
    JOIN above ON line.own_case_study_id = above.parent
    WHERE line.state <> %s AND line.id <> %s
)
SELECT parent, child FROM above LIMIT %s
"""


class TooManyLines(Exception):
    """More than `MOST_LINES`: the answer would not be complete."""


def lines_above(page_id: int, *, without: int = 0) -> dict[int, list[int]]:
    """Child → parents of everything that the case study descends from, at any depth, in one query.

    Also what waits for a moderator counts, because it may be published tomorrow; what was removed does not, nor the
    adoption number `without`. UNION leaves out what it has met, so it ends even if the data held a circle.
    """
    gone = ContributionState.REMOVED.value
    sql = _UP.format(table=connection.ops.quote_name(Adoption._meta.db_table))
    with connection.cursor() as cursor:
        cursor.execute(sql, [page_id, gone, without, gone, without, MOST_LINES + 1])
        rows = cursor.fetchall()
    if len(rows) > MOST_LINES:
        raise TooManyLines
    lines: dict[int, list[int]] = {}
    for parent, child in rows:
        lines.setdefault(child, []).append(parent)
    return lines


def chain_between(*, younger: int, older: int, without: int = 0) -> list[int]:
    """The shortest line from a case study up to one that it descends from, both included; empty if there is none."""
    if younger == older:
        return [younger]
    lines = lines_above(younger, without=without)
    came_from: dict[int, int] = {younger: 0}
    row = [younger]
    while row:
        above = []
        for child in row:
            for parent in lines.get(child, ()):
                if parent not in came_from:
                    came_from[parent] = child
                    above.append(parent)
        if older in came_from:
            chain = [older]
            while chain[-1] != younger:
                chain.append(came_from[chain[-1]])
            return chain[::-1]
        row = above
    return []


def titles_in_order(page_ids: list[int]) -> list[str]:
    """The titles of the published ones among these case studies, in this order; a draft's title is nobody's to see."""
    titles = dict(CaseStudyPage.objects.live().filter(pk__in=page_ids).values_list("pk", "title"))
    return [titles[pk] for pk in page_ids if pk in titles]
