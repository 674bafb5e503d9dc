"""What two hundred reports mean, without a database; and messages that are written to break a reader."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.bounces import Kind, read_report
from tests.digests.bounces.corpus import MESSAGE_ID, READER, messages, plain
from tests.digests.bounces.others import MESSAGES


def test_two_hundred_reports_are_understood():
    """All of one kind or unknown; what is unknown is never taken for good."""
    wrong, right, all_of = [], Counter(), Counter()
    corpus = messages()
    for name, kind, raw in corpus:
        found = read_report(raw)
        all_of[kind] += 1
        right[kind] += found.kind == kind
        if found.kind != kind:
            wrong.append(f"{name}: {found.kind} ({found.status}), not {kind}")
        assert kind != "unknown" or found.kind != Kind.PERMANENT, name
        assert found.message_ids == (set() if name.startswith("noise") else {MESSAGE_ID}), name
    assert len(corpus) >= 200
    assert sum(right.values()) >= 0.95 * len(corpus), "\n".join(wrong)
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize(("name", "kind", "raw"), MESSAGES, ids=[name for name, *_ in MESSAGES])
def test_a_hundred_more_are_understood(name, kind, raw):
    found = read_report(raw)
    assert found.kind == kind, (found.status, found.words)
    assert found.message_ids == (set() if name.startswith("cut") else {MESSAGE_ID})


def test_of_these_there_are_many_of_each():
    assert len(MESSAGES) > 100
    assert {kind for _name, kind, _raw in MESSAGES} == set(Kind) - {Kind.DELIVERED, Kind.OPT_OUT}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff" * 1000,
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 3000,
        b"".join(b"Content-Type: message/rfc822\n\n" for _ in range(3000)),
        b"Subject: =?nonsense?q?=FF?=\nContent-Type: text/plain; charset=nonsense\n\nx",
        b"Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n!!!!",
        b"Content-Type: multipart/report; report-type=delivery-status\n\nno boundary",
        b"From: mailer-daemon@x\nSubject: failure notice\n\n" + b"mailbox " * 200_000,
        b"From: mailer-daemon@x\nSubject: failure notice\n\n" + b"<" * 500_000,
        b"From: mailer-daemon@x\nSubject: failure notice\nContent-Type: text/html\n\n" + b"<style><!-- <p " * 40_000,
        b"From: mailer-daemon@x\nSubject: failure notice\n\n" + b"from: x\nsender " * 40_000,
    ],
    ids=["empty", "noise", "nested", "messages", "charset", "base64", "boundary", "long", "brackets", "tags", "froms"],
)
def test_nothing_breaks_the_reader(raw):
    assert read_report(raw).kind in {Kind.UNKNOWN, Kind.TRANSIENT}


def test_our_own_words_are_not_the_servers():
    raw = plain(
        who="MAILER-DAEMON@x.example",
        subject="failure notice",
        body=f"<{READER}>:\nSorry.\n\n--- Below this line is a copy of the message.\n\nNo such user here, 5.1.1",
    )
    assert read_report(raw).kind == Kind.UNKNOWN


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(MESSAGES), st.lists(st.tuples(st.integers(0, 5000), st.binary(max_size=40)), max_size=6))
def test_damaged_reports_are_read_without_an_error(message, wounds):
    _name, _kind, raw = message
    for at, put in wounds:
        raw = raw[:at] + put + raw[at + len(put) :]
    found = read_report(raw)
    assert len(found.words) <= 300
    assert all(one == one.lower() and one.startswith("<") for one in found.message_ids)
