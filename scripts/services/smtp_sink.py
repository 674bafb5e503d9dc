"""An SMTP server that keeps what it is given: each accepted message becomes one .eml file.

Tests read the files, oldest first by name. The envelope is in the first lines of each
(``X-Envelope-From``, one ``X-Envelope-To`` per recipient); below them stands the message byte for
byte as it was sent. A file appears whole or not at all.

Recipients can be refused: a local part that begins with ``refuse-550`` is refused for good, one
that begins with ``refuse-450`` for now.
"""

from __future__ import annotations

import argparse
import asyncio
import encodings.idna  # noqa: F401 - loaded before root's rights are dropped, used by asyncio
import itertools
import os
import pwd
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from aiosmtpd.smtp import SMTP

if TYPE_CHECKING:
    from aiosmtpd.smtp import Envelope, Session

REFUSALS = {
    "refuse-550": "550 5.1.1 No such mailbox",
    "refuse-450": "450 4.2.1 Mailbox busy, try again later",
}
MAX_BYTES = 30 * 1024 * 1024


class Sink:
    """Handler of aiosmtpd: judge each recipient, store each message."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.unfinished = folder / ".tmp"
        self.unfinished.mkdir(exist_ok=True)
        self.counter = itertools.count()

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd looks for
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],
    ) -> str:
        local_part = address.rpartition("@")[0].lower()
        for prefix, reply in REFUSALS.items():
            if local_part.startswith(prefix):
                return reply
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd looks for
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        name = f"{time.time_ns():020d}-{os.getpid()}-{next(self.counter):06d}.eml"
        head = [f"X-Envelope-From: {envelope.mail_from or ''}"]
        head += [f"X-Envelope-To: {address}" for address in envelope.rcpt_tos]
        content = envelope.original_content or b""
        unfinished = self.unfinished / name
        unfinished.write_bytes("".join(f"{line}\r\n" for line in head).encode() + content)
        unfinished.rename(self.folder / name)
        return f"250 2.0.0 Stored as {name}"


def drop_rights(user: str) -> None:
    account = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)


async def serve(*, host: str, port: int, folder: Path) -> None:
    loop = asyncio.get_running_loop()
    sink = Sink(folder)
    server = await loop.create_server(
        lambda: SMTP(
            sink,
            hostname="sink.invalid",
            ident="test sink",
            data_size_limit=MAX_BYTES,
            enable_SMTPUTF8=True,
            loop=loop,
        ),
        host=host,
        port=port,
    )
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    print(f"listening on {host}:{port}, storing in {folder}", flush=True)
    await stop.wait()
    server.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--user", help="run as this user (needs root)")
    options = parser.parse_args()
    if options.user:
        drop_rights(options.user)
    asyncio.run(serve(host=options.host, port=options.port, folder=options.folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
