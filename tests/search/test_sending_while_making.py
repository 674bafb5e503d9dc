"""A rebuild sends documents while it makes the next ones, and holds few of them."""

import threading

import pytest

from search.engines.elastic.writing import while_made


def test_answers_come_in_the_order_of_the_batches_though_the_first_is_slow():
    second_is_sent = threading.Event()

    def send(batch):
        if batch == 0:
            assert second_is_sent.wait(10)
        if batch == 1:
            second_is_sent.set()
        return batch * 10

    assert list(while_made(send, range(5), senders=2)) == [0, 10, 20, 30, 40]


def test_no_more_is_made_than_is_on_its_way():
    made = []

    def batches():
        for number in range(50):
            made.append(number)
            yield number

    for taken, answer in enumerate(while_made(lambda batch: batch, batches(), senders=2), start=1):
        assert len(made) <= taken + 2
        assert answer == taken - 1
    assert len(made) == taken == 50


def test_what_goes_wrong_is_told_and_nothing_is_sent_after_it():
    sent = []

    def send(batch):
        if batch == 1:
            raise ValueError("no")
        sent.append(batch)
        return batch

    with pytest.raises(ValueError, match="no"):
        list(while_made(send, range(1000), senders=2))
    assert len(sent) < 10
    assert not [one for one in threading.enumerate() if one.name.startswith("search-send")]


def test_batches_that_cannot_be_made_leave_nothing_on_its_way():
    finished = []

    def batches():
        yield 1
        raise LookupError("gone")

    with pytest.raises(LookupError):
        list(while_made(finished.append, batches(), senders=2))
    assert finished in ([1], [])
    assert not [one for one in threading.enumerate() if one.name.startswith("search-send")]
