"""The spine: written once with the change, delivered until done, parked when hopeless."""

import threading
import tracemalloc
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core import delivery, events
from core.events import registry
from core.models import Delivery, Event


@pytest.fixture
def heard(monkeypatch):
    """A consumer of `test.*` events that notes what it is told."""
    monkeypatch.setattr(registry, "_registry", {})
    told: list[int] = []

    @events.consumer("listener", kinds={"test.*"}, batch_size=10)
    def listen(batch):
        told.extend(event.pk for event in batch)

    return told


@pytest.mark.django_db
def test_an_event_reaches_its_consumer_once(heard):
    event = events.record(kind="test.happened", subject=("thing", 1))
    assert delivery.deliver_all() == 1
    assert delivery.deliver_all() == 0
    assert heard == [event.pk]
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_nobody_hears_of_a_kind_that_nobody_wants(heard):
    events.record(kind="other.happened", subject=("thing", 1))
    assert delivery.deliver_all() == 0
    assert heard == []


@pytest.mark.django_db
def test_a_change_that_is_rolled_back_leaves_no_event(heard):
    with transaction.atomic():
        events.record(kind="test.happened", subject=("thing", 1))
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_events_recorded_together_are_written_at_the_end_in_a_few_statements(heard, django_assert_max_num_queries):
    with django_assert_max_num_queries(5), events.together():
        for number in range(50):
            with events.together():
                events.record(kind="test.happened", subject=("thing", number))
    assert list(Event.objects.values_list("subject_id", flat=True)) == list(range(50))
    assert delivery.deliver_all() == 50


@pytest.mark.django_db
def test_an_exception_leaves_none_of_the_events_that_were_recorded_together(heard):
    def fails():
        with events.together():
            events.record(kind="test.happened", subject=("thing", 1))
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        fails()
    events.record(kind="test.happened", subject=("thing", 2))
    assert list(Event.objects.values_list("subject_id", flat=True)) == [2]


@pytest.mark.django_db
def test_the_subject_is_always_among_the_targets():
    event = events.record(kind="test.happened", subject=("thing", 1), targets=[("topic", 2), ("topic", 2)])
    assert sorted((one.kind, one.object_id) for one in event.targets.all()) == [("thing", 1), ("topic", 2)]


@pytest.mark.django_db
def test_a_crash_between_commit_and_announcement_loses_nothing(heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False):
        event = events.record(kind="test.happened", subject=("thing", 1))
    from core.tasks import deliver_due

    deliver_due()  # what beat rings every 30 seconds
    assert heard == [event.pk]


@pytest.mark.django_db
def test_a_transaction_is_announced_once_however_many_events_it_writes(heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        for number in range(3):
            events.record(kind="test.happened", subject=("thing", number))
    assert len(callbacks) == 1


@pytest.mark.django_db
def test_a_bad_event_delays_only_itself_and_is_parked_with_its_error(monkeypatch):
    monkeypatch.setattr(registry, "_registry", {})
    told = []

    @events.consumer("picky", kinds={"test.*"}, batch_size=10)
    def listen(batch):
        if any(event.data.get("bad") for event in batch):
            raise ValueError("cannot digest this")
        told.extend(event.pk for event in batch)

    first = events.record(kind="test.happened", subject=("thing", 1))
    events.record(kind="test.happened", subject=("thing", 2), data={"bad": True})
    last = events.record(kind="test.happened", subject=("thing", 3))
    now = timezone.now()
    picky = registry.consumers()["picky"]
    delivery.deliver_batch(picky, now=now + timedelta(seconds=1))
    assert told == [first.pk, last.pk]
    left = Delivery.objects.get()
    assert (left.attempts, left.parked_at) == (1, None)
    assert left.due_at >= now + delivery.FIRST_DELAY
    for _ in range(delivery.MAX_ATTEMPTS - 1):
        now += delivery.LONGEST_DELAY * 2
        delivery.deliver_batch(picky, now=now)
    left.refresh_from_db()
    assert left.parked_at is not None
    assert "cannot digest this" in left.error
    assert delivery.deliver_batch(picky, now=now + timedelta(days=9)) == 0
    assert delivery.requeue([left]) == 1
    left.refresh_from_db()
    assert (left.parked_at, left.attempts) == (None, 0)


@pytest.mark.django_db
def test_the_third_try_succeeds_after_two_failures(monkeypatch):
    monkeypatch.setattr(registry, "_registry", {})
    tries = []

    @events.consumer("moody", kinds={"test.*"})
    def listen(batch):
        tries.append(len(batch))
        if len(tries) < 3:
            raise ConnectionError("not now")

    events.record(kind="test.happened", subject=("thing", 1))
    now = timezone.now() + timedelta(seconds=1)
    for _ in range(3):
        delivery.deliver_batch(registry.consumers()["moody"], now=now)
        now += timedelta(hours=2)
    assert tries == [1, 1, 1]
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_an_engine_that_is_down_is_waited_for_and_parks_nothing(monkeypatch):
    monkeypatch.setattr(registry, "_registry", {})
    state = {"up": False}

    @events.consumer("engine", kinds={"test.*"})
    def listen(batch):
        if not state["up"]:
            raise delivery.Unavailable("connection refused")

    for number in range(3):
        events.record(kind="test.happened", subject=("thing", number))
    now = timezone.now() + timedelta(seconds=1)
    engine = registry.consumers()["engine"]
    for _ in range(delivery.MAX_ATTEMPTS + 2):
        assert delivery.deliver_batch(engine, now=now) == 0
        now += timedelta(minutes=1)
    assert set(Delivery.objects.values_list("attempts", "parked_at")) == {(0, None)}
    state["up"] = True
    assert delivery.deliver_batch(engine, now=now) == 3
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_a_dead_workers_rows_are_taken_over_when_its_lease_ends(heard):
    event = events.record(kind="test.happened", subject=("thing", 1))
    listener = registry.consumers()["listener"]
    now = timezone.now() + timedelta(seconds=1)
    delivery.claim(listener, now=now)  # and the worker dies here
    assert delivery.deliver_batch(listener, now=now) == 0
    assert delivery.deliver_batch(listener, now=now + delivery.LEASE + timedelta(seconds=1)) == 1
    assert heard == [event.pk]


def _peak(work) -> int:
    """The most memory that Python held during the work, in bytes."""
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.mark.django_db
def test_thousands_of_events_drain_with_the_same_queries_a_batch(heard, django_assert_num_queries):
    happenings = [events.Happening(kind="test.happened", subject=("thing", number)) for number in range(4_000)]
    events.record_many(happenings)
    listener = registry.Consumer(
        name="listener", kinds=frozenset({"test.*"}), batch_size=200, handle=registry.consumers()["listener"].handle
    )
    now = timezone.now() + timedelta(seconds=1)
    with django_assert_num_queries(10):
        assert delivery.deliver_batch(listener, now=now) == 200
    first_peak = _peak(lambda: [delivery.deliver_batch(listener, now=now) for _ in range(9)])
    later_peak = _peak(lambda: [delivery.deliver_batch(listener, now=now) for _ in range(9)])
    assert later_peak < first_peak * 1.2
    with django_assert_num_queries(10):
        assert delivery.deliver_batch(listener, now=now) == 200
    assert delivery.deliver_batch(listener, now=now) == 0
    assert len(heard) == len(set(heard)) == 4_000


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_share_the_rows_and_repeat_none(monkeypatch):
    """On a database that locks rows: each event is handled once, and both workers get some."""
    assert connection.vendor == "postgresql"
    monkeypatch.setattr(registry, "_registry", {})
    told: list[tuple[str, int]] = []
    met: set[str] = set()
    both_started = threading.Barrier(2, timeout=30)

    @events.consumer("shared", kinds={"test.*"}, batch_size=10)
    def listen(batch):
        name = threading.current_thread().name
        if name not in met:
            met.add(name)
            both_started.wait()  # neither goes on before the other holds a batch of its own
        told.extend((name, event.pk) for event in batch)

    written = events.record_many(
        [events.Happening(kind="test.happened", subject=("thing", number)) for number in range(100)]
    )

    def work():
        try:
            delivery.deliver_all()
        finally:
            connection.close()

    workers = [threading.Thread(target=work, name=name) for name in ("one", "two")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sorted(pk for _, pk in told) == [event.pk for event in written]
    assert {name for name, _ in told} == {"one", "two"}
    assert not Delivery.objects.exists()
