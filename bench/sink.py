"""`python -m bench.sink KIND`: an SMTP server that keeps nothing. Prints its port, ends with its input.

Two kinds, because how much a sender is held up depends on who takes its mail. `server` is aiosmtpd: every line of a
message is looked at, as a mail server does. `bare` does the least that SMTP allows: it looks for the end of a message
and for nothing else, so that what is measured is the sender alone.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.smtp import SMTP

KINDS = ("server", "bare")
_END = b"\r\n.\r\n"


class _Forgetting:
    """Handler of aiosmtpd."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the name it looks for
        return "250 2.0.0 OK"


class _Bare(asyncio.Protocol):
    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.held = bytearray()
        self.searched = 0
        self.in_message = False
        self.transport.write(b"220 bench.invalid\r\n")

    def data_received(self, data: bytes) -> None:
        self.held += data
        while (end := self.held.find(mark := _END if self.in_message else b"\r\n", self.searched)) >= 0:
            line = bytes(self.held[:end]) if not self.in_message else b"."
            del self.held[: end + len(mark)]
            self.searched = 0
            self.in_message = line.lower() == b"data"
            self.transport.write(self._answer(line))
            if line.lower() == b"quit":
                self.transport.close()
        self.searched = max(len(self.held) - len(_END), 0)

    @staticmethod
    def _answer(line: bytes) -> bytes:
        known = {b"ehlo": b"250-bench.invalid\r\n250 8BITMIME\r\n", b"data": b"354 Go on\r\n", b"quit": b"221 Bye\r\n"}
        return known.get(line[:4].lower(), b"250 2.0.0 OK\r\n")


@contextmanager
def sink(kind: str) -> Iterator[int]:
    """Its port. In a process of its own, so that the sender does not wait for its own interpreter."""
    command = [sys.executable, "-m", "bench.sink", kind]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    try:
        yield int(process.stdout.readline()) if process.stdout else 0
    finally:
        process.communicate(timeout=10)


async def _serve(kind: str) -> None:
    loop = asyncio.get_running_loop()

    def protocol() -> asyncio.Protocol:
        return _Bare() if kind == "bare" else SMTP(_Forgetting(), hostname="bench.invalid", timeout=3600, loop=loop)

    server = await loop.create_server(protocol, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
