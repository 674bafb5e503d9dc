"""Counting and timing."""

import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def expect(held: bool, otherwise: str) -> None:
    """A figure of work that was not done is no figure."""
    if not held:
        raise RuntimeError(otherwise)


def peak_mb() -> float:
    """The most memory that this process has held so far, in MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def held_mb() -> float:
    """The memory that this process holds now, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return round(pages * resource.getpagesize() / 1024 / 1024, 1)


def queries(work: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def rate(count: int, work: Callable[[], Any]) -> dict[str, float]:
    """Things a second by the clock, and by the processor time of this process, which a busy machine distorts less."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    return {"per_second": round(count / clock, 1), "per_cpu_second": round(count / processor, 1)}
