"""Nobody finds, counts or infers what they may not read, whatever there is and whatever they ask.

Random worlds of documents, some of which say more to members. To everybody else each must answer exactly as the
same world without a word of what is members': the same results in the same order, the same counts and marks, the
same spelling. And each reader finds all that they may.
"""

import os
from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import given, settings

from tests.search.conftest import Harness, fresh_elasticsearch
from tests.search.documents import NOW
from tests.search.worlds import CLOSED, rounds, without_members, worlds


class _Undone(Exception):
    pass


@contextmanager
def _database():
    """Tables that hold nothing, and nothing again afterwards."""
    from search.engines.sql import DatabaseEngine

    try:
        with transaction.atomic():
            yield Harness(DatabaseEngine(), lambda: None)
            raise _Undone
    except _Undone:
        pass


@pytest.fixture(params=["database", pytest.param("elasticsearch", marks=pytest.mark.services)])
def fresh(request, db):
    """A context manager that gives an empty engine, and how many worlds to try: an index costs half a second."""
    if request.param == "elasticsearch":
        return contextmanager(fresh_elasticsearch), 8
    return _database, 25 if os.environ.get("TEST_SERVICES") else 12


def _answers(fresh, world, questions):
    with fresh() as engine:
        engine.index(*world, version=NOW)
        return questions.ask(engine, world)


def test_others_cannot_tell_that_members_have_anything(fresh):
    empty, examples = fresh

    @settings(max_examples=examples)
    @given(worlds(), rounds)
    def try_one(world, questions):
        told = _answers(empty, world, questions)
        for question, answer in _answers(empty, without_members(world), questions).items():
            assert told[question] == answer, question
            # Somebody who types such a word may read it again in “did you mean”.
            assert not any(word in str(answer) for word in CLOSED if word not in str(question)), question

    try_one()
