"""A migrated database costs 20 seconds: it is made once for each state of the migrations, then copied.

SQLite's is a file in the temporary folder, PostgreSQL's a database on the server that no test connects to. Both are
found by a hash of what they depend on, so another branch has its own.
"""

import fcntl
import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ON_THE_SERVER = "connected_localism_migrated_"
# So many of the newest stay on the server: several branches may be worked on at a time.
KEPT = 6


def fingerprint() -> str:
    """Of everything that a migrated database depends on."""
    import django
    import wagtail
    from django.conf import settings

    installed = " ".join(settings.INSTALLED_APPS)
    digest = hashlib.sha256(f"{django.__version__} {wagtail.__version__} {installed}".encode())
    of_moderation = ("models/contributions.py", "state_machine.py", "reasons.py")
    made_after = [ROOT / "network/structure.py", *(ROOT / "moderation" / name for name in of_moderation)]
    for path in sorted([*ROOT.glob("*/migrations/*.py"), *made_after, *ROOT.glob("*/models*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def file() -> Path:
    """Where SQLite's lies, once it is made."""
    return Path(tempfile.gettempdir()) / f"connected-localism-{os.getuid()}-{fingerprint()}.sqlite3"


@contextmanager
def alone() -> Iterator[None]:
    """One process at a time makes it, copies it or throws old ones away."""
    with file().with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def into_memory(connection, worker: str) -> None:
    """Let the connection have a database in memory, which the live server's threads share."""
    from django.core.management import call_command

    template = file()
    name = f"file:memorydb_default_{worker}?mode=memory&cache=shared"
    connection.close()
    connection.settings_dict["NAME"] = name
    connection.settings_dict["TEST"]["NAME"] = name
    connection.settings_dict["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 20, "cached_statements": 2000}
    connection.ensure_connection()
    with alone():
        if not template.exists():
            call_command("migrate", verbosity=0, interactive=False)
            draft = template.with_suffix(f".{os.getpid()}")
            with sqlite3.connect(draft) as target:
                connection.connection.backup(target)
            draft.rename(template)
            return
    with sqlite3.connect(template) as source:
        source.backup(connection.connection)


def on_the_server(connection) -> str:
    """Let the connection have a database of the tests' own name; returns the name that it had."""
    from django.conf import settings
    from django.core.management import call_command

    before, name = connection.settings_dict["NAME"], connection.creation._get_test_db_name()
    template = f"{ON_THE_SERVER}{fingerprint()}"
    connection.close()
    with alone(), connection._nodb_cursor() as server:
        server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY oid DESC", [f"{ON_THE_SERVER}%"])
        known = [row[0] for row in server.fetchall()]
        if template not in known:
            draft = f"{template}_draft"
            _create(server, draft, "template1")
            connection.settings_dict["NAME"] = draft
            call_command("migrate", verbosity=0, interactive=False)
            connection.close()
            server.execute(f'ALTER DATABASE "{draft}" RENAME TO "{template}"')
            known.insert(0, template)
        for old in [one for one in known if one != template][KEPT:]:
            server.execute(f'DROP DATABASE IF EXISTS "{old}"')
        _create(server, name, template)
    connection.settings_dict["NAME"] = settings.DATABASES[connection.alias]["NAME"] = name
    connection.ensure_connection()
    return before


def copy_on_the_server(server, name: str) -> None:
    """Create a database as it is after the migrations, or an empty one where nobody has made that yet."""
    template = f"{ON_THE_SERVER}{fingerprint()}"
    with alone():
        server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template])
        _create(server, name, template if server.fetchone() else "template1")


def _create(server, name: str, template: str) -> None:
    server.execute(f'DROP DATABASE IF EXISTS "{name}"')
    server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def drop(connection, before: str) -> None:
    """The database of `on_the_server` is gone, and the connection has its old name."""
    from django.conf import settings

    name = connection.settings_dict["NAME"]
    connection.close()
    with connection._nodb_cursor() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
    connection.settings_dict["NAME"] = settings.DATABASES[connection.alias]["NAME"] = before
