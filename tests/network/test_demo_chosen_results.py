"""The demonstration shows what chosen results are, and puts nothing back that somebody took away."""

import json

import pytest
from django.utils.text import slugify
from wagtail.contrib.search_promotions.models import SearchPromotion

from network.demo.chosen_results import choose_results
from network.demo.loader import CHOSEN_FILE, CONTENT
from tests import factories

pytestmark = pytest.mark.django_db
ROWS = json.loads((CONTENT / CHOSEN_FILE).read_text(encoding="utf-8"))


@pytest.fixture
def world():
    stockport = factories.organisation("Stockport")
    for one in [one for row in ROWS for one in row["first"]]:
        if "programme" in one:
            title = one["programme"].replace("-", " ").title()
            assert slugify(title) == one["programme"]
            factories.programme(title)
        else:
            factories.case_study(stockport, import_id=one["case_study"], title=f"About {one['case_study']}")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["search"])
def test_they_stand_on_top_in_their_order_with_a_reason(client, world, row, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        choose_results(ROWS)
    page = client.get("/search/", {"q": row["search"]}).content.decode()
    reasons = [page.find(one["why"]) for one in row["first"]]
    assert min(reasons) > page.find("Chosen by our editors") > 0
    assert reasons == sorted(reasons)


def test_a_second_loading_changes_nothing(world):
    assert choose_results(ROWS) == len(ROWS)
    SearchPromotion.objects.first().delete()
    left = SearchPromotion.objects.count()
    assert choose_results(ROWS) == 0
    assert SearchPromotion.objects.count() == left
