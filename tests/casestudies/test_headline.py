"""The number that matters: adoptions with a known outcome that the network vouches for."""

import pytest

from casestudies.selectors import adoptions_with_known_outcome, known_outcomes
from tests import factories

pytestmark = pytest.mark.django_db


def test_only_what_the_network_vouches_for_is_counted(django_assert_num_queries):
    stockport = factories.organisation("Stockport")
    adopters = [
        factories.organisation(name) for name in ("Kirklees", "Leeds", "Bury", "Wigan", "Hull", "Poole", "York")
    ]
    invented = factories.organisation("Exampleford", is_demonstration=True)
    public, members = factories.case_study(stockport), factories.case_study(stockport, audience="members")
    withdrawn = factories.case_study(stockport)
    editors = {"written_by": "editors", "verified": False, "outcome": "partly_worked"}
    counted = {
        factories.adoption(public, adopters[0], outcome="worked").pk,
        factories.adoption(public, adopters[1], **editors, source_url="https://www.example.org/report").pk,
    }
    factories.adoption(public, adopters[2], outcome="too_early")
    factories.adoption(public, adopters[3], outcome="worked", verified=False)
    factories.adoption(public, adopters[4], **editors, source_url="")
    factories.adoption(public, adopters[5], outcome="worked", state="held")
    factories.adoption(public, adopters[6], outcome="worked", author=factories.UserFactory(is_demonstration=True))
    factories.adoption(public, invented, outcome="worked")
    factories.adoption(members, adopters[0], outcome="worked")
    factories.adoption(withdrawn, adopters[0], outcome="worked")
    withdrawn.unpublish()
    factories.adoption(factories.case_study(invented), adopters[0], outcome="worked")

    assert {one.pk for one in adoptions_with_known_outcome()} == counted
    with django_assert_num_queries(1):
        numbers = known_outcomes()
    assert numbers == {"total": 2, "worked": 1, "partly_worked": 1, "did_not_work": 0}
