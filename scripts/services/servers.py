"""The small servers: how PostgreSQL, Redis and the SMTP sink are prepared, started and asked.

Each server is `prepare` (once per machine, repeatable), `launch`, then `ready` asked until it says
yes, then `finish` for what can only be done inside the running server.
"""

from __future__ import annotations

import smtplib
import socket
import subprocess
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from signal import SIGINT, SIGTERM
from typing import TYPE_CHECKING, ClassVar

from . import config, packages, process
from .config import Account, ServicesError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Server(ABC):
    """One server of the harness."""

    name: str
    stop_signal = SIGTERM
    #: Seconds after which a start is given up.
    patience = 60

    def __init__(self, account: Account) -> None:
        self.account = account

    @property
    def port(self) -> int:
        return config.ports()[self.name]

    @property
    def folder(self) -> Path:
        return process.folder_for(self.name, self.account)

    def prepare(self) -> None:  # noqa: B027 - not every server has something to prepare
        """What has to be on the disk before the first start."""

    @abstractmethod
    def launch(self) -> None:
        """Start in the background."""

    @abstractmethod
    def ready(self) -> bool:
        """Whether it answers as it should; False while it starts."""

    def finish(self) -> None:  # noqa: B027 - nor to finish
        """What has to be done inside the running server; repeatable."""


class Postgres(Server):
    name = "postgres"
    stop_signal = SIGINT  # "fast": ends sessions, leaves a clean shutdown

    #: Tests throw the data away: no waiting for the disk, no replication, no just-in-time compiler.
    SETTINGS: ClassVar[Mapping[str, str]] = {
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_connections": "200",
        "shared_buffers": "256MB",
        "jit": "off",
        "unix_socket_directories": "",
        "listen_addresses": config.HOST,
    }

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def programs(self) -> Path:
        found = packages.postgres_bin()
        if found is None:
            raise ServicesError(f"PostgreSQL {config.POSTGRES_VERSION} is not installed.")
        return found

    def prepare(self) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        # A password file that the service user can read and nobody else.
        with tempfile.NamedTemporaryFile("w", dir=self.folder) as secret:
            secret.write(config.PASSWORD)
            secret.flush()
            process.own(Path(secret.name), self.account)
            command = [
                self.programs / "initdb",
                "--pgdata",
                self.data,
                "--username",
                "postgres",
            ]
            # The same collation as in docker-compose.yml, so that lists sort alike.
            command += [
                "--encoding",
                "UTF8",
                "--locale-provider",
                "icu",
                "--icu-locale",
                "en-GB",
            ]
            command += ["--auth", "scram-sha-256", "--pwfile", secret.name, "--no-sync"]
            done = subprocess.run(  # type: ignore[call-overload]  # keyword arguments held in a dict
                [str(part) for part in command],
                cwd=self.folder,
                env=process.base_environment(self.folder),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                **process.as_account(self.account),
            )
        if done.returncode:
            raise ServicesError(f"initdb failed: {done.stderr.strip()}")

    def launch(self) -> None:
        command: list[str | Path] = [self.programs / "postgres", "-D", self.data]
        for name, value in {**self.SETTINGS, "port": str(self.port)}.items():
            command += ["-c", f"{name}={value}"]
        process.launch(self.name, command, port=self.port, account=self.account, cwd=self.folder)

    def _sql(self, statement: str, *, user: str, database: str) -> subprocess.CompletedProcess[str]:
        command = [
            str(self.programs / "psql"),
            "--no-psqlrc",
            "--tuples-only",
            "--no-align",
        ]
        command += [
            "--set",
            "ON_ERROR_STOP=1",
            "--host",
            config.HOST,
            "--port",
            str(self.port),
        ]
        command += ["--username", user, "--dbname", database, "--command", statement]
        environment = {
            **process.base_environment(config.home()),
            "PGPASSWORD": config.PASSWORD,
            "PGCONNECT_TIMEOUT": "5",
        }
        return subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def _as_superuser(self, statement: str) -> str:
        done = self._sql(statement, user="postgres", database="postgres")
        if done.returncode:
            raise ServicesError(f"PostgreSQL refused {statement!r}: {done.stderr.strip()}")
        return done.stdout.strip()

    def ready(self) -> bool:
        return self._sql("SELECT 1", user="postgres", database="postgres").returncode == 0

    def finish(self) -> None:
        role, database = config.ROLE, config.DATABASE
        if not self._as_superuser(f"SELECT 1 FROM pg_roles WHERE rolname = '{role}'"):  # noqa: S608 - a constant
            # CREATEDB, because each test process makes a database of its own.
            self._as_superuser(f"CREATE ROLE {role} LOGIN CREATEDB PASSWORD '{config.PASSWORD}'")
        if not self._as_superuser(f"SELECT 1 FROM pg_database WHERE datname = '{database}'"):  # noqa: S608 - a constant
            self._as_superuser(f"CREATE DATABASE {database} OWNER {role}")
        done = self._sql("SELECT 1", user=role, database=database)
        if done.returncode:
            raise ServicesError(f"{role} cannot use its database: {done.stderr.strip()}")


class Redis(Server):
    name = "redis"

    def launch(self) -> None:
        command = ["redis-server", "--bind", config.HOST, "--port", str(self.port)]
        command += ["--dir", str(self.folder), "--save", "", "--appendonly", "no"]
        command += ["--databases", "64"]  # one for each process of a parallel test run
        process.launch(self.name, command, port=self.port, account=self.account, cwd=self.folder)

    def ready(self) -> bool:
        try:
            with socket.create_connection((config.HOST, self.port), timeout=5) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False


class SmtpSink(Server):
    name = "smtp"
    patience = 30

    @property
    def mail(self) -> Path:
        return process.folder_for("mail", self.account)

    @property
    def python(self) -> Path:
        return config.ROOT / ".venv" / "bin" / "python"

    def prepare(self) -> None:
        found = self.python.exists() and (
            subprocess.run(
                [self.python, "-c", "import aiosmtpd.smtp"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            ).returncode
            == 0
        )
        if not found:
            raise ServicesError("The SMTP sink needs aiosmtpd in .venv. Run `make services`, which installs it.")

    def launch(self) -> None:
        sink = config.SOURCE / "smtp_sink.py"
        command: list[str | Path] = [
            self.python,
            "-P",
            "-u",
            sink,
            "--host",
            config.HOST,
        ]
        command += ["--port", str(self.port), "--folder", self.mail]
        if self.account.is_other:
            # It drops the rights by itself: the service user may not be able to read .venv.
            command += ["--user", self.account.name]
        process.launch(self.name, command, port=self.port, account=None, cwd=config.state_dir())

    def ready(self) -> bool:
        """Send a message through it and take the file away again."""
        sender = "probe@services.invalid"
        try:
            with smtplib.SMTP(config.HOST, self.port, timeout=10) as client:
                client.sendmail(sender, [sender], "Subject: probe\r\n\r\nIs anybody there?\r\n")
        except OSError:
            return False
        for message in self.mail.glob("*.eml"):
            if message.read_bytes().startswith(f"X-Envelope-From: {sender}\r\n".encode()):
                message.unlink()
                return True
        return False
