"""`python -m bench.sender`: one worker of several that send. It says when it is ready.

For each line `PORT LIMIT` on its input it sends to that port, and prints how many mails it sent.
"""

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import django


@contextmanager
def senders(count: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Each is a process on the database of this one, as workers of a deployment are."""
    with ExitStack() as stack:
        yield [stack.enter_context(_sender()) for _one in range(count)]


@contextmanager
def _sender() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.sender"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        answer(process)
        yield process
    finally:
        process.communicate(timeout=30)


def tell(process: subprocess.Popen[str], *, port: int, limit: int) -> None:
    if process.stdin:
        process.stdin.write(f"{port} {limit}\n")
        process.stdin.flush()


def answer(process: subprocess.Popen[str]) -> str:
    return process.stdout.readline().strip() if process.stdout else ""


def main() -> None:
    django.setup()
    logging.disable(logging.ERROR)

    from django.test import override_settings

    from digests.services import sending

    print("ready", flush=True)
    for line in sys.stdin:
        port, limit = (int(word) for word in line.split())
        backend = "django.core.mail.backends.smtp.EmailBackend"
        with override_settings(OUTGOING_EMAIL_BACKEND=backend, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port):
            report = sending.send_waiting(limit=limit)
        print(report.sent if not report.failed + report.postponed else report, flush=True)


if __name__ == "__main__":
    main()
