"""Databases of PostgreSQL for measurements: made for one, and gone with it."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql


@contextmanager
def database(server: str, *, template: str = "") -> Iterator[str]:
    """The address of a new database on this server, empty or a copy of the one at `template`."""
    name = f"bench_{secrets.token_hex(6)}"
    source = urlsplit(template).path.strip("/") or "template1"
    _command(server, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source)))
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        _command(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _command(server: str, command: sql.Composed) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(command)
