"""A run of digests: a week's events are heard, planned, written and sent; beside it the very same messages, made
beforehand, over one connection of `smtplib` to the same server. They take turns, a part of one and then of the other.

One worker sends the first half. The second half is sent by two, each a process, as a machine with two cores has them;
SQLite has one writer, so there one sends all.
"""

import itertools
import smtplib
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.db import connection
from django.test import override_settings

from bench import figures, readers
from bench.sender import answer, senders, tell
from bench.sink import KINDS, sink
from core.delivery import deliver_all
from digests import stories
from digests.backend import SMTPBackend
from digests.mime import as_message
from digests.models import Cadence, DigestRun, MailState, OutgoingEmail
from digests.rendering import Letter
from digests.services import planning, sending

SIZE = 10_000
WORKERS = 2
# Half as many as a worker sends before it gives way to the next; of the raw side fewer are enough.
PART, RAW_PART = 5_000, 200
# Of sending, in seconds, for one worker and then for several: a run for 100,000 is planned whole, and sent for as long
# as this. The line says how many were.
PATIENCE = 360.0


class Clock:
    """Seconds by the clock and of this process's processor time, and SQL statements, each under the name of a stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.processor: dict[str, float] = {}
        self.statements: dict[str, int] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        began, processor = time.perf_counter(), time.process_time()
        with connection.execute_wrapper(self._counting(name)):
            try:
                yield
            finally:
                self._add(self.seconds, name, time.perf_counter() - began)
                self._add(self.processor, name, time.process_time() - processor)

    def within(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.stage(name):
                return work(*args, **kwargs)

        return timed

    def _counting(self, name: str) -> Callable[..., Any]:
        def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            self.statements[name] = self.statements.get(name, 0) + 1
            return execute(sql, params, many, context)

        return count

    @staticmethod
    def _add(held: dict[str, float], name: str, more: float) -> None:
        held[name] = held.get(name, 0.0) + more


class TimedBackend(SMTPBackend):
    """The SMTP backend as it is. `clock` knows how long it took, making the message included."""

    clock: Clock

    def send_messages(self, email_messages: Any) -> int:
        with self.clock.stage("smtp"):
            return super().send_messages(email_messages)


def measure(size: int) -> dict[str, Any]:
    clock = Clock()
    with clock.stage("prepare"):
        network = readers.make_week(size)
    _say(f"{size} people and {network.events} events after {clock.seconds['prepare']:.0f} s")
    memory = [figures.held_mb()]
    with clock.stage("hear"):
        deliver_all(only=stories.CONSUMER)
    run = DigestRun.objects.create(cadence=Cadence.WEEKLY, window_start=network.since, window_end=network.now)
    with ExitStack() as stack:
        stack.enter_context(clock.stage("plan"))
        for name in ("load_news", "_plan_batch"):
            stack.enter_context(patch.object(planning, name, clock.within(name, getattr(planning, name))))
        figures.expect(planning.plan_run(run), "The run was not planned.")
    figures.expect(run.people == size, f"{run.people} of {size} people were planned.")
    memory.append(figures.held_mb())
    _say(f"{run.mails} mails planned after {clock.seconds['plan']:.0f} s")
    sent = _send(run.mails, clock, memory)
    return {
        "people": run.people,
        "mails": run.mails,
        "events": network.events,
        "database": connection.vendor,
        "per_stage": _stages(clock),
        "plan_statements_per_1000_people": round(clock.statements["_plan_batch"] / max(1, size / 1000), 1),
        **sent,
        "mb_before": memory[0],
        "mb_planned": memory[1],
        "mb_after_a_tenth": memory[1 + -(-len(memory) // 10)],
        "mb_at_the_end": memory[-1],
        "peak_mb": figures.peak_mb(),
        **_ratios(
            {
                **{f"to_{kind}": of for kind, of in sent["to"].items()},
                **({f"by_{WORKERS}_workers": sent["several"]} if sent["several"] else {}),
            },
            clock,
            run.mails,
        ),
    }


def _send(mails: int, clock: Clock, memory: list[float]) -> dict[str, Any]:
    """Part by part to each kind of server in turn, and after each part some of the same messages raw."""
    to: dict[str, dict[str, float]] = {
        kind: {"mails": 0, "ours_seconds": 0.0, "raw": 0, "raw_seconds": 0.0} for kind in KINDS
    }
    kilobytes = 0.0
    with ExitStack() as stack:
        ports = {kind: stack.enter_context(sink(kind)) for kind in KINDS}
        stack.enter_context(patch.object(sending, "write", clock.within("write", sending.write)))
        TimedBackend.clock = clock
        raw = {kind: stack.enter_context(smtplib.SMTP("127.0.0.1", port)) for kind, port in ports.items()}
        # Within a transaction, as in a test, other processes would see nothing of it.
        alone = connection.vendor != "postgresql" or connection.in_atomic_block
        together = 0 if alone else mails // 2
        turns, last, left = itertools.cycle(KINDS), 0, mails
        while left > together and clock.seconds.get("send", 0) < PATIENCE:
            kind = next(turns)
            began = time.perf_counter()
            with clock.stage("send"), _mailing_to(ports[kind]):
                report = sending.send_waiting(limit=_part(mails))
            seconds = time.perf_counter() - began
            figures.expect(report.sent > 0 and not report.failed + report.postponed, str(report))
            left -= report.sent + report.suppressed
            of = to[kind]
            last, held = _send_raw(raw[kind], of, last)
            kilobytes += held
            of["mails"] += report.sent
            of["ours_seconds"] += seconds
            memory.append(figures.held_mb())
            _say(f"{sum(int(one['mails']) for one in to.values())} of {mails} mails sent")
        several = _send_together(left, ports["server"], raw["server"], last) if together else {}
    return {
        "sent": sum(int(one["mails"]) for one in [*to.values(), several] if one),
        "to": to,
        "several": several,
        "kb_per_message": round(kilobytes / sum(one["raw"] for one in to.values()), 1),
    }


def _part(mails: int) -> int:
    return min(PART, -(-mails // 4))


def _send_together(left: int, port: int, raw: smtplib.SMTP, last: int) -> dict[str, float]:
    """The rest, by several workers at once; how long each needs to start is not counted."""
    of = {"workers": WORKERS, "mails": 0, "ours_seconds": 0.0, "raw": 0, "raw_seconds": 0.0}
    with senders(WORKERS) as workers:
        while left > 0 and of["ours_seconds"] < PATIENCE:
            began = time.perf_counter()
            for worker in workers:
                tell(worker, port=port, limit=-(-min(PART, left) // WORKERS))
            answers = [answer(worker) for worker in workers]
            of["ours_seconds"] += time.perf_counter() - began
            figures.expect(all(one.isdecimal() for one in answers), str(answers))
            sent = sum(int(one) for one in answers)
            figures.expect(sent > 0, "Nothing was left to send.")
            of["mails"] += sent
            left -= sent
            last, _kilobytes = _send_raw(raw, of, last)
            _say(f"{WORKERS} workers: {left} mails left")
    return of


def _send_raw(server: smtplib.SMTP, of: dict[str, float], last: int) -> tuple[int, float]:
    """Some of the mails sent since, once more; the newest of them all, and how many kilobytes that were."""
    messages, newest = _made_before(last)
    began = time.perf_counter()
    for address, message in messages:
        server.sendmail(settings.DEFAULT_FROM_EMAIL, [address], message)
    of["raw_seconds"] += time.perf_counter() - began
    of["raw"] += len(messages)
    return newest, sum(len(message) for _, message in messages) / 1024


@contextmanager
def _mailing_to(port: int) -> Iterator[None]:
    backend = f"{TimedBackend.__module__}.{TimedBackend.__qualname__}"
    with override_settings(OUTGOING_EMAIL_BACKEND=backend, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port):
        yield


def _made_before(last: int) -> tuple[list[tuple[str, bytes]], int]:
    """Of the mails sent since, some as they went out: to whom, and the bytes."""
    done = list(OutgoingEmail.objects.filter(state=MailState.SENT, pk__gt=last).order_by("pk")[:RAW_PART])
    newest = OutgoingEmail.objects.filter(state=MailState.SENT).order_by("-pk").values_list("pk", flat=True)[0]
    letters = [
        (mail, Letter(subject=mail.subject, text=mail.text, html=mail.html, headers=mail.headers)) for mail in done
    ]
    made: list[tuple[Any, Any]] = [(mail.address, as_message(mail, letter).message()) for mail, letter in letters]
    return [(address, message.as_bytes(linesep="\r\n")) for address, message in made], newest


def _stages(clock: Clock) -> dict[str, dict[str, float]]:
    """`plan` is `load_news` and the batches; `send` is claiming, `write`, `smtp` and stamping."""
    return {
        name: {
            "seconds": round(seconds, 1),
            "processor": round(clock.processor[name], 1),
            "statements": clock.statements.get(name, 0),
        }
        for name, seconds in clock.seconds.items()
    }


def _ratios(to: dict[str, dict[str, float]], clock: Clock, mails: int) -> dict[str, Any]:
    """Mails a second through the whole of it (planned, written, sent), as a share of the raw side's."""
    found: dict[str, Any] = {}
    for name, of in to.items():
        ours = 1 / (clock.seconds["plan"] / mails + of["ours_seconds"] / of["mails"])
        raw = of["raw"] / of["raw_seconds"]
        found[name] = {
            "ours_per_second": round(ours, 1),
            "raw_per_second": round(raw, 1),
            "ratio": round(ours / raw, 2),
        }
    return {**found, "ratio": found["to_server"]["ratio"]}


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
