"""The demonstration's adoptions: loaded once, with a source or marked as examples."""

import json

import pytest
from django.contrib.auth.models import Group

from accounts.models import User
from casestudies.models import Adoption, CaseStudyPage
from casestudies.selectors import adoptions_with_known_outcome
from casestudies.selectors.lineage import lineage
from members.models import Organisation
from members.roles import EDITORS, MODERATORS
from network.demo.adoptions import EDITOR, MODERATOR, make_adoptions, make_organisations, make_person
from network.demo.loader import ADOPTIONS_FILE, CONTENT
from tests.factories import case_study, organisation

pytestmark = pytest.mark.django_db
ADOPTIONS = json.loads((CONTENT / ADOPTIONS_FILE).read_text())


@pytest.fixture
def world():
    """The case studies that are adopted, by their numbers, and the people who write and decide."""
    make_organisations(ADOPTIONS)
    make_person(ADOPTIONS, password="x")
    for email, group in ((EDITOR, EDITORS), (MODERATOR, MODERATORS)):
        person = User.objects.create_user(email, name=email, is_demonstration=True, is_superuser=email == EDITOR)
        person.groups.add(Group.objects.get(name=group))
    exampleford = organisation("Exampleford", is_demonstration=True)
    own = {one["own"]: one for one in ADOPTIONS["adoptions"] if "own" in one}
    for code in {one["organisation_gss"] for one in ADOPTIONS["adoptions"] if "organisation_gss" in one}:
        organisation(code, gss_code=code)
    elsewhere = organisation("Elsewhere")
    told_by_sources = {one["case_study"] for one in ADOPTIONS["adoptions"] if "organisation_gss" in one}
    for name in {*own, *(one["case_study"] for one in ADOPTIONS["adoptions"])}:
        whose = own.get(name)
        if whose is None:
            of = elsewhere if name in told_by_sources else exampleford
        elif "organisation" in whose:
            of = Organisation.objects.get(slug=whose["organisation"])
        else:
            of = Organisation.objects.get(gss_code=whose["organisation_gss"])
        CaseStudyPage.objects.filter(pk=case_study(of, title=name).pk).update(import_id=name)


def test_loading_twice_makes_no_twins(world):
    assert make_adoptions(ADOPTIONS) == len(ADOPTIONS["adoptions"]) >= 10
    assert make_adoptions(ADOPTIONS) == 0
    assert Adoption.objects.published().count() == len(ADOPTIONS["adoptions"])


def test_what_is_no_example_has_a_public_source_and_only_that_counts(world):
    make_adoptions(ADOPTIONS)
    real = [one for one in Adoption.objects.all() if not one.organisation.is_demonstration]
    assert real
    for one in real:
        assert one.written_by == "editors"
        assert one.source_url.startswith("https://")
        assert one.source_title
        assert not one.verified
    assert set(adoptions_with_known_outcome()) == {one for one in real if one.outcome}
    examples = Adoption.objects.filter(organisation__is_demonstration=True)
    assert all(one.author.is_demonstration for one in examples)


def test_the_example_shows_what_the_panel_can(world):
    """One that stopped after six months for two reasons with its own figures, and a family of two levels."""
    make_adoptions(ADOPTIONS)
    origin = CaseStudyPage.objects.get(import_id="exampleford-library-of-things")
    stopped = Adoption.objects.get(case_study=origin, organisation__slug="testwick")
    assert (stopped.started, stopped.ended, len(stopped.reasons)) == ("2024-09", "2025-03", 2)
    assert stopped.measures.count() == 2
    family = lineage(origin, user=stopped.author)
    assert [[below.organisation for below in one.branches] for one in family.descendants] == [
        ["Mockshire (demonstration)"]
    ]
