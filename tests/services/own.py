"""Elasticsearch servers of one test module's own, to be killed, locked and starved without another test noticing."""

import os
import shutil
import signal
import socket
import time
from contextlib import contextmanager

from scripts.services import config, process
from scripts.services.elasticsearch import Elasticsearch

PATIENCE = 300


class Own(Elasticsearch):
    """The programs of `make services`, with folders, configuration and ports of its own."""

    def __init__(self, *, name):
        super().__init__(process.service_account())
        # The tests of one module may be spread over several processes, and each of them has its own.
        self.name = f"{name}-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
        self.ports = free_port(), free_port()

    @property
    def port(self):
        return self.ports[0]

    @property
    def transport_port(self):
        return self.ports[1]

    @property
    def url(self):
        return f"http://{config.HOST}:{self.port}"

    @property
    def home(self):
        return config.state_dir("elasticsearch") / f"elasticsearch-{config.ELASTICSEARCH_VERSION}"

    @property
    def configuration(self):
        return self.folder / "config"

    def prepare(self):
        self._build_plugin()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.home / "config", self.configuration)
        process.own(self.configuration, self.account, deep=True)
        self._configure()

    def start(self):
        self.launch()
        wait_until(self.ready)

    def kill(self):
        os.killpg(process.running(self.name).pid, signal.SIGKILL)
        wait_until(lambda: process.running(self.name) is None)


@contextmanager
def running(server):
    """Started, and ended with whatever it wrote, also where its start failed."""
    try:
        server.prepare()
        server.start()
        yield server
    finally:
        process.end(server.name, stop_signal=signal.SIGKILL, patience=0.2)
        shutil.rmtree(server.folder)


def free_port():
    with socket.socket() as probe:
        probe.bind((config.HOST, 0))
        return probe.getsockname()[1]


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
