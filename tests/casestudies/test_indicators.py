"""Controlled indicators: figures of several places stand side by side because they count the same."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset

from casestudies.errors import CannotMerge
from casestudies.measure_doubts import doubts
from casestudies.models import AdoptionMeasure, CaseStudyPage, Indicator, Measure
from casestudies.permissions import can_agree_indicators
from casestudies.services.indicators import agree_indicator, link_to_indicators, merge_indicators
from members.errors import NotAllowed
from tests import factories
from tests.casestudies.importing import bring_in
from tests.casestudies.test_cms_editor import form

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


# --- In the editor -----------------------------------------------------------------------------------


@pytest.fixture
def author(client, stockport):
    person = factories.member(stockport, "author")
    client.force_login(person)
    return person


def figure(**changes):
    values = {
        "standard": "", "indicator": "Empty shops", "unit": "%", "better": "lower", "before": "25", "after": "19",
        "before_date": "2018", "after_date": "2020", "target": "", "prices": "", "sample": "", "sample_size": "",
        "drop_out": "", "comparison": "before_and_after", "why_comparable": "", "source": "", "note": "",
    }  # fmt: skip
    return {**values, **changes}


def send(client, stockport, row, *, submit=True, page=None):
    data = form(measures=inline_formset([row]))
    if submit:
        data["action-submit"] = "1"
    if page:
        return client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data)
    parent = stockport.page.pk
    return client.post(reverse("wagtailadmin_pages:add", args=["casestudies", "casestudypage", parent]), data)


def test_choosing_an_agreed_indicator_fills_in_its_words(client, stockport, author):
    agreed = indicator()
    row = figure(standard=agreed.pk, indicator="", unit="", better="higher")
    assert send(client, stockport, row).status_code == 302
    [saved] = CaseStudyPage.objects.get().get_latest_revision_as_object().measures.all()
    assert (saved.indicator, saved.unit, saved.better, saved.standard) == ("Empty shops", "%", "lower", agreed)


def test_only_agreed_indicators_are_offered(client, stockport, author):
    agreed, proposed = indicator(), indicator("Footfall", state="proposed")
    response = client.get(reverse("wagtailadmin_pages:add", args=["casestudies", "casestudypage", stockport.page.pk]))
    offered = response.context["form"].formsets["measures"].empty_form.fields["standard"].queryset
    assert list(offered) == [agreed]
    assert send(client, stockport, figure(standard=proposed.pk)).status_code == 200


def test_typing_the_words_of_an_indicator_chooses_it(client, stockport, author):
    agreed = indicator()
    assert send(client, stockport, figure(indicator="empty shops"), submit=False).status_code == 302
    page = CaseStudyPage.objects.get()
    assert [row["standard"] for row in page.get_latest_revision().content["measures"]] == [agreed.pk]
    assert send(client, stockport, figure(indicator="Benches"), submit=False).status_code == 302
    assert Indicator.objects.count() == 1, "a draft proposes nothing"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"standard": True, "unit": "shops"}, "unit", "is counted in %"),
        ({"unit": ""}, "unit", "required"),
        ({"before": ""}, "before", "No comparison"),
        ({"before_date": "2021"}, "after_date", "before the start"),
        ({"after_date": "2098"}, "after_date", "lies ahead"),
        ({"drop_out": "101"}, "drop_out", "100"),
        ({"sample_size": "-1"}, "sample_size", "0"),
        ({"after": "about a third"}, "after", "number"),
    ],
)
@pytest.mark.usefixtures("author")
def test_a_figure_that_contradicts_itself_is_told_so_at_its_field(client, stockport, changes, field, words):
    if changes.get("standard"):
        changes = {**changes, "standard": indicator().pk}
    response = send(client, stockport, figure(**changes))
    assert response.status_code == 200
    errors = response.context["form"].formsets["measures"].forms[0].errors
    assert words in str(errors[field])
    assert not CaseStudyPage.objects.exists()


def test_the_other_direction_is_told_at_its_field(client, stockport, author):
    agreed = indicator(better="higher")
    response = send(client, stockport, figure(standard=agreed.pk, better="lower"))
    errors = response.context["form"].formsets["measures"].forms[0].errors
    assert "higher is better" in str(errors["better"])


def test_doubts_are_said_and_nothing_is_refused(client, stockport, author):
    row = figure(after="140", comparison="comparison_group", unit="% of shops")
    assert send(client, stockport, row, submit=False).status_code == 302
    page = CaseStudyPage.objects.get()
    shown = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "a percentage outside 0 to 100" in shown
    assert "say why the group or place can be compared" in shown
    assert send(client, stockport, row).status_code == 302


@pytest.mark.parametrize(
    ("changes", "doubt"),
    [
        ({"unit": "£", "before_date": "2009"}, "adjusted for inflation"),
        ({"unit": "people", "before": 2, "after": 900}, "very far apart"),
        ({"target": 30}, "worse side"),
        ({"unit": "£", "before_date": "2009", "prices": "adjusted"}, None),
        ({}, None),
    ],
)
def test_what_a_reader_would_stop_at(changes, doubt):
    values = {**SHOPS, "before_date": "2018", "after_date": "2020", "comparison": "before_and_after"}
    found = doubts([Measure(**{**values, **changes})])
    assert len(found) == (1 if doubt else 0)
    assert doubt is None or doubt in found[0]
