"""The family tree of a case study, in one query, for those who may read it."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser

from casestudies.models import Adoption
from casestudies.selectors.lineage import lineage
from tests.factories import adoption, case_study, member, organisation

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


@pytest.fixture
def councils():
    return [organisation(name) for name in ("Stockport", "Leeds", "Derby", "Hull", "York")]


def chain(councils, **fields):
    """Each adopts from the one before and writes it up."""
    pages = [case_study(council, title=f"In {council.short_name}", **fields) for council in councils]
    for origin, own, council in zip(pages, pages[1:], councils[1:], strict=False):
        adoption(origin, council, own_case_study=own, outcome="worked")
    return pages


def names(relatives):
    return [(one.page.title, names(one.branches)) for one in relatives]


def test_up_and_down_to_any_depth_in_one_query(councils, django_assert_num_queries):
    pages = chain(councils)
    with django_assert_num_queries(1):
        family = lineage(pages[2], user=NOBODY)
    assert names(family.ancestors) == [("In Leeds", [("In Stockport", [])])]
    assert names(family.descendants) == [("In Hull", [("In York", [])])]
    assert [one.organisation for one in family.descendants] == ["Hull"]
    assert family.descendants[0].outcome == "worked"
    assert not lineage(case_study(councils[0]), user=NOBODY)


def test_several_branches_and_two_ways_to_one(councils):
    origin, left, right, both = (case_study(council, title=f"In {council.short_name}") for council in councils[:4])
    adoption(origin, councils[1], own_case_study=left)
    adoption(origin, councils[2], own_case_study=right)
    adoption(left, councils[3], own_case_study=both)
    adoption(right, councils[3], own_case_study=both)
    family = lineage(origin, user=NOBODY)
    assert names(family.descendants) == [("In Leeds", [("In Hull", [])]), ("In Derby", [])]
    assert names(lineage(both, user=NOBODY).ancestors) == [("In Leeds", [("In Stockport", [])]), ("In Derby", [])]


def test_a_circle_in_old_data_comes_to_an_end(councils):
    pages = chain(councils[:3])
    adoption(pages[2], councils[0], own_case_study=pages[0])
    for page in pages:
        family = lineage(page, user=NOBODY)
        assert len([each for one in family.descendants for each in one]) == 2
        assert len([each for one in family.ancestors for each in one]) == 2


@pytest.mark.parametrize("hide", [{"audience": "members"}, {"live": False}])
def test_what_somebody_may_not_read_ends_the_branch(councils, hide):
    pages = chain(councils[:4])
    type(pages[1]).objects.filter(pk=pages[1].pk).update(**hide)
    assert names(lineage(pages[0], user=NOBODY).descendants) == []
    assert names(lineage(pages[3], user=NOBODY).ancestors) == [("In Derby", [])]
    expected = [] if "live" in hide else [("In Leeds", [("In Derby", [("In Hull", [])])])]
    assert names(lineage(pages[0], user=member(councils[4])).descendants) == expected


def test_only_published_adoptions_tie(councils):
    pages = chain(councils[:3])
    Adoption.objects.filter(case_study=pages[1]).update(state="hidden")
    assert names(lineage(pages[0], user=NOBODY).descendants) == [("In Leeds", [])]


def test_a_large_family_is_cut_where_it_is_furthest(councils):
    pages = chain(councils)
    family = lineage(pages[0], user=NOBODY, depth=2)
    assert names(family.descendants) == [("In Leeds", [("In Derby", [])])]
    assert family.hidden == 2
    assert lineage(pages[2], user=NOBODY, most=3).hidden == 1


def test_the_page_shows_the_family_and_the_whole_of_it_elsewhere(client, councils):
    pages = chain([*councils, organisation("Bath")])
    soup = BeautifulSoup(client.get(pages[1].url).content, "html.parser")
    tree = soup.find(id="family-tree")
    assert [a["href"] for a in tree.select(".cl-tree a")] == [pages[0].url, *(page.url for page in pages[2:5])]
    whole = tree.find("a", string="The whole family tree")
    page = BeautifulSoup(client.get(whole["href"]).content, "html.parser")
    assert [a["href"] for a in page.select(".cl-tree a")] == [pages[0].url, *(page.url for page in pages[2:])]
    assert page.find("a", href=pages[1].url)
    alone = BeautifulSoup(client.get(case_study(councils[0]).url).content, "html.parser")
    assert alone.find(id="family-tree") is None
