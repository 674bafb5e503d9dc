"""The network's headline number: adoptions with a known outcome."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Length, Substr

from casestudies.choices import WrittenBy
from casestudies.models import KNOWN_OUTCOMES, Adoption
from casestudies.models.adoptions import AdoptionQuerySet
from members.models import OrganisationPage


def adoptions_with_known_outcome() -> AdoptionQuerySet:
    """Those that the network vouches for: published, of a case study that everybody may read, and somebody with
    authority for the adopter says what happened, or the network's editors do with a public source.

    What demonstration people or organisations "adopted", or what was adopted from one, is an example and is not
    counted; what the editors wrote up from a public source is none.
    """
    vouched_for = Q(verified=True) | (Q(written_by=WrittenBy.EDITORS) & ~Q(source_url=""))
    found: AdoptionQuerySet = Adoption.objects.visible_to(AnonymousUser()).with_known_outcome()
    path = OuterRef("case_study__path")
    of_nobody = OrganisationPage.objects.filter(
        organisation__is_demonstration=True, path=Substr(path, 1, Length(path) - OrganisationPage.steplen)
    )
    return found.filter(vouched_for).without_examples().filter(~Exists(of_nobody))


def known_outcomes() -> dict[str, int]:
    """How many adoptions with a known outcome there are in all (`total`) and of each outcome; one query."""
    counts: dict[str, int] = {
        str(row["outcome"]): row["n"]
        for row in adoptions_with_known_outcome().order_by().values("outcome").annotate(n=Count("pk"))
    }
    each = {str(outcome): counts.get(str(outcome), 0) for outcome in KNOWN_OUTCOMES}
    return {"total": sum(each.values()), **each}
