"""Controlled indicators: figures of several places stand side by side because they count the same."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casestudies.errors import CannotMerge
from casestudies.models import AdoptionMeasure, CaseStudyPage, Indicator, Measure
from casestudies.permissions import can_agree_indicators
from casestudies.services.indicators import agree_indicator, link_to_indicators, merge_indicators
from members.errors import NotAllowed
from tests import factories
from tests.casestudies.importing import bring_in

pytestmark = pytest.mark.django_db
SHOPS = {"indicator": "Empty shops", "unit": "%", "better": "lower", "before": 25, "after": 19}


@pytest.fixture
def stockport():
    return factories.organisation("Stockport")


@pytest.fixture
def editor():
    return factories.UserFactory(editor=True)


def indicator(name="Empty shops", unit="%", better="lower", state="agreed", **more):
    return Indicator.objects.create(name=name, unit=unit, better=better, state=state, **more)


def published(of, *rows):
    page = factories.case_study(of, live=False)
    page.measures.set([Measure(sort_order=number, **row) for number, row in enumerate(rows)])
    page.save_revision().publish()
    return CaseStudyPage.objects.get(pk=page.pk)


def test_what_nobody_measured_before_is_proposed_when_it_is_published(stockport):
    draft = factories.case_study(stockport, live=False)
    draft.measures.set([Measure(**SHOPS)])
    draft.save_revision()
    assert not Indicator.objects.exists(), "a draft proposes nothing"
    page = published(stockport, SHOPS)
    found = Indicator.objects.get()
    assert (found.name, found.unit, found.better, found.state) == ("Empty shops", "%", "lower", "proposed")
    assert page.measures.get().standard == found


def test_the_same_words_are_the_same_indicator(stockport):
    agreed = indicator()
    page = published(
        stockport,
        SHOPS,
        {**SHOPS, "indicator": " empty  SHOPS"},
        {**SHOPS, "unit": "shops"},
        {**SHOPS, "better": "higher"},
    )
    linked = [row.standard for row in page.measures.all()]
    assert linked[:2] == [agreed, agreed]
    assert linked[2].unit == "shops"
    assert linked[3] is None, "the same words with the other direction do not say the same"


def test_a_publication_from_an_older_revision_keeps_the_link(stockport):
    page = published(stockport, SHOPS)
    old = page.latest_revision
    assert [row["standard"] for row in old.content["measures"]] == [None], "it was saved before the indicator was there"
    old.publish()
    assert Measure.objects.get(page=page).standard == Indicator.objects.get()


def test_linking_costs_the_same_queries_for_any_number_of_figures(stockport):
    def measured(n):
        rows = [Measure(**{**SHOPS, "indicator": f"Indicator {n} {i}"}) for i in range(n)]
        with CaptureQueriesContext(connection) as queries:
            link_to_indicators(rows, propose=True)
        assert all(row.standard for row in rows)
        return len(queries)

    assert measured(2) == measured(40) <= 5


def test_an_import_links_and_proposes(stockport):
    agreed = indicator()
    rows = [
        {
            "id": str(n),
            "title": f"Market {n}",
            "council": "stockport",
            "measures": [SHOPS, {**SHOPS, "unit": f"unit {n}"}],
        }
        for n in range(3)
    ]
    bring_in(*rows)
    assert Measure.objects.filter(standard=agreed).count() == 3
    assert Indicator.objects.filter(state="proposed").count() == 3
    page = CaseStudyPage.objects.get(import_id="0")
    assert [row["standard"] for row in page.latest_revision.content["measures"]] == [
        row.standard_id for row in page.measures.all()
    ]


# --- Agreeing and merging ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("author", False),
        ("approver", False),
        ("lead", False),
        ("moderator", False),
        ("editor", True),
        ("administrator", True),
    ],
)
def test_only_the_networks_editors_agree_and_merge(stockport, client, role, may):
    if role in {"author", "approver", "lead"}:
        person = factories.member(stockport, role)
    else:
        person = factories.UserFactory(**{role: True})
    proposed, other = indicator(state="proposed"), indicator("Vacant shops")
    assert can_agree_indicators(person) is may
    client.force_login(person)
    expected = 200 if may else 302
    assert client.get(reverse("indicators:index")).status_code == expected
    for view in ("agree", "merge"):
        assert client.get(reverse(f"indicators:{view}", args=[proposed.pk])).status_code == expected
    client.post(reverse("indicators:merge", args=[proposed.pk]), {"into": other.pk})
    client.post(reverse("indicators:agree", args=[other.pk]))
    proposed.refresh_from_db()
    assert (proposed.state == "merged") is may
    if not may:
        with pytest.raises(NotAllowed):
            agree_indicator(indicator=proposed, by=person)
        with pytest.raises(NotAllowed):
            merge_indicators(merged=proposed, into=other, by=person)


def test_agreeing_lets_authors_choose_it(editor):
    proposed = indicator(state="proposed")
    for _ in range(2):
        assert agree_indicator(indicator=proposed, by=editor).is_agreed
    assert Indicator.objects.get().state == "agreed"


def test_merging_moves_every_figure_and_those_that_come_later(stockport, editor):
    target = indicator("Vacant shops")
    page = published(stockport, SHOPS)
    adoption = factories.adoption(page, factories.organisation("Bury"))
    old = Indicator.objects.get(name="Empty shops")
    AdoptionMeasure.objects.create(adoption=adoption, standard=old, **SHOPS)

    assert merge_indicators(merged=old, into=target, by=editor) == 2
    assert merge_indicators(merged=old, into=target, by=editor) == 0, "safe to repeat"
    assert {row.standard for row in [*Measure.objects.all(), *AdoptionMeasure.objects.all()]} == {target}
    assert Measure.objects.get().indicator == "Empty shops", "a figure keeps its own words"

    page.latest_revision.publish()
    page = CaseStudyPage.objects.get(pk=page.pk)
    page.measures.set([Measure(**SHOPS, standard=old)])
    page.save_revision().publish()
    assert Measure.objects.get(page=page).standard == target, "an old revision still names the old one"
    later = published(stockport, SHOPS)
    assert later.measures.get().standard == target
    assert Indicator.objects.count() == 2


def test_merging_twice_leads_to_the_last(stockport, editor):
    first, second, third = indicator(), indicator("Vacant shops"), indicator("Shop vacancy")
    merge_indicators(merged=first, into=second, by=editor)
    merge_indicators(merged=second, into=third, by=editor)
    assert published(stockport, SHOPS).measures.get().standard == third
    with pytest.raises(CannotMerge, match="itself merged"):
        merge_indicators(merged=third, into=first, by=editor)
    assert Indicator.objects.get(pk=third.pk).state == "agreed"


def test_what_does_not_count_the_same_is_not_merged(editor):
    shops = indicator()
    for other, reason in (
        (shops, "into itself"),
        (indicator("Vacant shops", better="higher"), "higher is better"),
        (indicator("Vacant shops", unit="shops"), "different units"),
    ):
        with pytest.raises(CannotMerge, match=reason):
            merge_indicators(merged=shops, into=other, by=editor)
    per_cent = indicator("Vacant units", unit="per cent")
    merge_indicators(merged=shops, into=per_cent, by=editor)
    assert Indicator.objects.get(pk=shops.pk).merged_into == per_cent
    visits = indicator("Visits", unit="visits a year", better="higher")
    footfall = indicator("Footfall", unit="visits per year", better="higher")
    merge_indicators(merged=visits, into=footfall, same_unit=True, by=editor)
    with pytest.raises(CannotMerge, match="was merged"):
        agree_indicator(indicator=visits, by=editor)
