"""The measurement of digests runs, and measures what it says."""

import pytest
from django.db import connection

from bench import content
from bench.measures import digests

PEOPLE = 50


@pytest.fixture
def measured(db):
    content.make_neighbours()
    return digests.measure(PEOPLE)


def test_everybody_is_planned_and_written_to_and_the_same_messages_go_out_raw(measured):
    assert measured["people"] == PEOPLE
    assert 0 < measured["mails"] == sum(of["mails"] for of in measured["to"].values())
    assert all(of["raw"] == of["mails"] for of in measured["to"].values())
    assert {"hear", "plan", "write", "smtp", "send"} <= set(measured["per_stage"])
    assert measured["kb_per_message"] > 5
    # Those of a batch of people. SQLite takes at most 999 values a statement, so rows are written in several.
    batches = measured["plan_statements_per_1000_people"]
    assert batches <= (10 if connection.vendor == "postgresql" else 12)
