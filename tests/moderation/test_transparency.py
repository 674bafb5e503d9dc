"""What everybody may know of moderation: the rules in force, and numbers that lead to nobody."""

import csv
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.urls import reverse

from discussion.services import add_comment
from moderation import policy_words, selectors, services, transparency
from moderation.models import ModerationSettings, SanctionKind
from moderation.policy import ReasonCode
from moderation.services.log import append_decision

pytestmark = pytest.mark.django_db


def test_the_months_count_what_happened_in_them(client, case_study, member, moderator, django_assert_num_queries):
    ModerationSettings.objects.create(reports_that_hide=7)
    comments = [add_comment(page=case_study, body=f"Comment {n}", by=member)[0] for n in range(4)]
    with time_machine.travel(datetime(2026, 9, 30, 22, 30, tzinfo=UTC), tick=False) as clock:  # 23:30 in London
        reports = [services.report(subject=one, kind="abuse") for one in comments[:3]]
        clock.move_to(datetime(2026, 9, 30, 23, 30, tzinfo=UTC))  # October there
        services.dismiss_report(report=reports[0], by=moderator)
        clock.shift(timedelta(days=4))
        services.hide(contribution=comments[1], by=moderator, reason="abuse", words="It insults.")
        # Neither what was taken back nor an organisation's own sign-off is in the network's numbers.
        slip = services.hide(contribution=comments[3], by=moderator, reason="abuse", words="A slip.")
        services.undo(decision=slip, by=moderator)
        append_decision(subject=case_study, title="A", action="approve", by=member, author_id=None, step="organisation")
    with time_machine.travel(datetime(2026, 11, 23, tzinfo=UTC), tick=False):
        with django_assert_num_queries(5):
            year = transparency.year()
        months = {f"{month.first:%Y-%m}": month for month in year.months}
        assert next(iter(months)) == "2026-11"
        assert list(months)[-1] == "2025-12"
        september, october = months["2026-09"], months["2026-10"]
        assert (september.reports, september.reports_decided, october.reports) == (3, 0, 0)
        assert (october.reports_decided, october.reports_late, october.acted_on) == (2, 1, 1)
        assert (october.decisions["hide"], october.late, year.overdue_now) == (1, 1, 1)
        page = client.get(reverse("moderation_policy"))
        words = page.content.decode()
        for said in ("What 7 readers report", "within 30 days", "weekends and bank holidays apart", "October 2026"):
            assert said in words, said
        assert not page.cookies
        lines = client.get(reverse("moderation_totals")).content.decode("utf-8-sig").splitlines()
    table = list(csv.DictReader(lines))
    assert len(table) == 12
    assert (table[1]["month"], table[1]["decided_hide"], table[1]["median_hours"]) == ("2026-10", "1", "97.0")
    assert reverse("moderation_totals") in client.get("/data/").content.decode()


def test_small_numbers_lead_to_nobody():
    for numbers, expected in (
        ({"grave": 0, "spam": 3}, {"grave": 0, "spam": 3}),
        ({"grave": 5, "spam": 3}, {"grave": 5, "spam": 3}),
        # One that is left out could be reckoned from the total: the smallest of the others goes as well.
        ({"grave": 2, "spam": 30, "wrong": 9}, {"grave": None, "spam": 30, "wrong": None}),
        ({"grave": 2, "worse": 1, "wrong": 9}, {"grave": None, "worse": None, "wrong": 9}),
    ):
        assert transparency.suppressed(numbers, sensitive={"grave", "worse"}) == expected, numbers
    assert [transparency.told(n) for n in (0, 1, 4, 5)] == [0, None, None, 5]


def test_the_policy_page_explains_every_reason_and_what_is_decided_about_people_but_not_the_words(client):
    ModerationSettings.objects.create(max_links=7, blocked_words="wombat")
    rules = selectors.rules_in_force()
    assert set(policy_words.explained(rules)) == set(ReasonCode)
    page = BeautifulSoup(client.get(reverse("moderation_policy")).content, "html.parser").main.get_text()
    said = [*policy_words.explained(rules).values(), *(words for _kind, words in policy_words.about_people())]
    assert [words for words in said if words not in page] == []
    assert {kind for kind, _words in policy_words.about_people()} == {kind.label for kind in SanctionKind}
    assert ("more links than 7" in page, "wombat" in page) == (True, False)
