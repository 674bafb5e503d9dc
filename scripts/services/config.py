"""Where the servers live: ports, folders, names and passwords, each said once."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = Path(__file__).resolve().parent

#: Ten apart for each step of SERVICES_PORT_OFFSET, so that two clones can run side by side. Below the ports that the
#: system gives to outgoing connections (from 32768): who asks such a port whether a server is there yet may be given
#: the same port to ask from, hears itself, and keeps the server from taking it.
BASE_PORTS = {
    "postgres": 25432,
    "redis": 26379,
    "elasticsearch": 29200,
    "elasticsearch-transport": 29300,
    "smtp": 22525,
}
PORT_STEP = 10

HOST = "127.0.0.1"
DATABASE = ROLE = "connected_localism"
PASSWORD = "connected-localism"  # noqa: S105 - a test database on the loopback interface only
POSTGRES_VERSION = "15"

ELASTICSEARCH_VERSION = "8.19.21"
ELASTICSEARCH_ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{ELASTICSEARCH_VERSION}:zip"
ELASTICSEARCH_SHA256 = "215d5f3dbf0609a149f6218a9e47b6ae2df34ebbff3c5754e35f15a5e5393c8a"

#: Who the servers run as when root starts them (PostgreSQL and Elasticsearch refuse root).
SERVICE_USER = "connected-localism"


class ServicesError(Exception):
    """A failure with one line that tells the person at the keyboard what to do."""


def port_offset() -> int:
    value = os.environ.get("SERVICES_PORT_OFFSET", "0")
    if not value.isdigit() or int(value) > 99:
        raise ServicesError(f"SERVICES_PORT_OFFSET must be a whole number from 0 to 99, not {value!r}.")
    return int(value)


def ports(*, offset: int | None = None) -> dict[str, int]:
    step = PORT_STEP * (port_offset() if offset is None else offset)
    return {name: port + step for name, port in BASE_PORTS.items()}


def heap() -> str:
    """Heap of Elasticsearch; the tests are content with the default, a benchmark may want more."""
    return os.environ.get("SERVICES_ES_HEAP", "512m")


def home() -> Path:
    """The caller's home, also when the environment has no HOME."""
    return Path(os.environ.get("HOME") or pwd.getpwuid(os.getuid()).pw_dir)


def cache_dir() -> Path:
    """Downloads outlive the clone that made them."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else home() / ".cache") / "connected-localism"


@dataclass(frozen=True)
class Account:
    """The ordinary user that the servers run as; the caller's own one unless the caller is root."""

    name: str
    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        return self.uid != os.getuid()


STATE = ROOT / "var" / "services"


def state_dir(name: str = "") -> Path:
    """A server's folder, links resolved: the service user may not be able to walk the clone."""
    return STATE.resolve() / name


def environment() -> dict[str, str]:
    """What the tests and the application need to know, in the order in which it is printed."""
    port = ports()
    return {
        "DATABASE_URL": f"postgres://{ROLE}:{PASSWORD}@{HOST}:{port['postgres']}/{DATABASE}",
        "REDIS_URL": f"redis://{HOST}:{port['redis']}/0",
        "ELASTICSEARCH_URL": f"http://{HOST}:{port['elasticsearch']}",
        "EMAIL_URL": f"smtp://{HOST}:{port['smtp']}",
        "SMTP_SINK_DIR": str(STATE / "mail"),
    }
