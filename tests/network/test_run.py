"""`make run` says in one line what is wrong, before anything is installed or written."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _run(**environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "scripts/run.py"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_port_that_is_taken_is_one_clear_line(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = _run(PORT=str(port), VAR_DIR=str(tmp_path))
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        f"Port {port} cannot be used (Address already in use). Try: make run PORT={port + 1}"
    ]


def test_a_port_that_is_none_is_one_clear_line(tmp_path):
    result = _run(PORT="eight thousand", VAR_DIR=str(tmp_path))
    assert result.returncode == 1
    assert result.stderr.startswith("PORT must be a number")
    assert len(result.stderr.splitlines()) == 1


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("in the way")
    result = _run(VAR_DIR=str(tmp_path / "file"))
    assert result.returncode == 1
    assert "cannot be written" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_another_python_is_one_clear_line(monkeypatch):
    from scripts import venv

    monkeypatch.setattr(venv.sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setattr(venv.sys, "version", "3.9.2 (default)")
    with pytest.raises(venv.VenvError, match=r"^Python 3\.11 is needed; this is 3\.9\.2\."):
        venv.ensure()
