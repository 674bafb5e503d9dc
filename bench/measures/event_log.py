"""The event log: events written and delivered a second, statements a batch, memory."""

from collections.abc import Sequence
from typing import Any

from bench import figures
from core import events
from core.delivery import deliver_all, deliver_batch
from core.events import Happening, consumers
from core.models import Delivery, Event

SIZE = 10_000
BATCH = 200


@events.consumer("bench", kinds={"bench.*"}, batch_size=BATCH)
def _listen(batch: Sequence[Event]) -> None:
    for event in batch:
        list(event.targets.all())


def measure(size: int) -> dict[str, Any]:
    def write(count: int) -> None:
        for start in range(0, count, 1_000):
            events.record_many(
                [
                    Happening(kind="bench.happened", subject=("thing", number), targets=[("topic", number % 50)])
                    for number in range(start, min(start + 1_000, count))
                ]
            )

    written = figures.rate(size, lambda: write(size))
    few = figures.queries(lambda: deliver_batch(consumers()["bench"]))
    memory_after_first = figures.peak_mb()
    left = Delivery.objects.filter(consumer="bench").count()
    drained = figures.rate(left, lambda: deliver_all(only="bench"))
    figures.expect(not Delivery.objects.filter(consumer="bench").exists(), "deliveries are left")
    return {
        "written": written,
        "delivered": drained,
        "batch": BATCH,
        "statements_per_batch": few,
        "peak_mb_after_first_batch": memory_after_first,
        "peak_mb": figures.peak_mb(),
        "ratio": round(drained["per_cpu_second"] / written["per_cpu_second"], 2),
    }
