"""Working out who is most like whom, for as many councils as there are principal ones in the United Kingdom."""

import random
import time
from typing import Any

from bench import figures
from members.models import Organisation, SimilarOrganisation
from members.selectors import similar_to
from members.services import refresh_similarity
from members.services.similarity import KEPT
from members.similarity import DUTIES, RURALITY

SIZE = 382


def measure(size: int) -> dict[str, Any]:
    chance = random.Random(382)  # noqa: S311 - the same councils each time
    already = refresh_similarity().compared
    Organisation.objects.bulk_create(_council(number, chance) for number in range(size))
    began = time.perf_counter()
    done = refresh_similarity()
    seconds = time.perf_counter() - began
    figures.expect(done.compared == size + already, str(done))
    kept = SimilarOrganisation.objects.count()
    figures.expect(kept == done.compared * min(KEPT, done.compared - 1), f"{kept} kept")
    one = Organisation.objects.filter(slug="bench-0").get()
    return {
        "refresh_seconds": round(seconds, 2),
        "pairs_per_second": round(done.compared * (done.compared - 1) / seconds),
        "kept": kept,
        "statements_to_ask": figures.queries(lambda: similar_to(one, limit=5)),
        "peak_mb": figures.peak_mb(),
    }


def _council(number: int, chance: random.Random) -> Organisation:
    return Organisation(
        name=f"Council {number}",
        short_name=f"Council {number}",
        slug=f"bench-{number}",
        tier=chance.choice(sorted(DUTIES)),
        nation=chance.choice(["England", "Wales", "Scotland", "Northern Ireland"]),
        population=round(chance.lognormvariate(12, 0.7)),
        density=chance.lognormvariate(6.4, 1.4),
        rural_urban=chance.choice([*RURALITY]).capitalize(),
        deprivation_score=chance.uniform(5, 60),
        deprivation_decile=chance.randint(1, 10),
    )
