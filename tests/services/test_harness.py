"""Starting and stopping by pid, without any server: nothing but our own process is ever ended."""

import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import asdict

import pytest

from scripts.services import config, packages, process

SLEEPER = [sys.executable, "-c", "import signal; signal.pause()"]


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setattr(config, "STATE", tmp_path)
    return tmp_path


def test_a_started_server_is_found_again_and_ended(state):
    started = process.launch("sleeper", SLEEPER, port=1, account=None, cwd=state)

    assert process.running("sleeper") == started
    assert process.end("sleeper") is True
    assert not started.alive()
    assert process.running("sleeper") is None
    assert process.end("sleeper") is False


def test_the_children_of_a_server_are_ended_with_it(state):
    parent = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import signal; signal.pause()'])"
    started = process.launch("family", [sys.executable, "-c", parent], port=1, account=None, cwd=state)

    process.end("family", stop_signal=signal.SIGKILL, patience=0.2)

    assert process.group_members(started.pid) == []


def test_a_process_that_took_over_the_number_is_left_alone(state):
    with subprocess.Popen(SLEEPER) as stranger:
        ours = process.Running(pid=stranger.pid, started=1, port=1)
        process.record("gone").write_text(json.dumps(asdict(ours)))

        assert process.end("gone") is False
        assert stranger.poll() is None
        stranger.kill()


def test_a_half_written_record_counts_as_not_running():
    process.record("broken").write_text('{"pid": 1')

    assert process.running("broken") is None


def test_a_server_inherits_no_secret_of_the_caller(state, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "never")
    show = [sys.executable, "-c", "import os; print(sorted(os.environ))"]
    nosy = process.launch("nosy", show, port=1, account=None, cwd=state)
    os.waitpid(nosy.pid, 0)

    assert "PATH" in process.log_tail("nosy")
    assert "SECRET_KEY" not in process.log_tail("nosy")


def test_a_taken_port_is_noticed():
    with socket.socket() as taken:
        taken.bind((config.HOST, 0))
        taken.listen()
        assert process.port_is_free(taken.getsockname()[1]) is False


def test_the_offset_moves_every_port_and_every_address(monkeypatch):
    plain = config.environment()
    monkeypatch.setenv("SERVICES_PORT_OFFSET", "2")
    moved = config.environment()

    assert config.ports()["postgres"] == config.BASE_PORTS["postgres"] + 20
    for name in ("DATABASE_URL", "REDIS_URL", "ELASTICSEARCH_URL", "EMAIL_URL"):
        assert plain[name] != moved[name]


@pytest.mark.parametrize("value", ["-1", "x", "1000", ""])
def test_a_wrong_offset_is_explained(monkeypatch, value):
    monkeypatch.setenv("SERVICES_PORT_OFFSET", value)

    with pytest.raises(config.ServicesError, match="SERVICES_PORT_OFFSET"):
        config.ports()


def test_missing_packages_are_named_in_one_line_to_somebody_without_the_right(monkeypatch):
    monkeypatch.setattr(packages, "missing", lambda: ["redis-server", "maven"])
    monkeypatch.setattr(packages.os, "getuid", lambda: 1000)

    with pytest.raises(config.ServicesError, match="sudo apt-get install redis-server maven"):
        packages.require()
