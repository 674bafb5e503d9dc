"""Elasticsearch without Docker: download, analysis plugin, configuration, start.

The server that Maven Central carries lacks the module with the usual analysers. The plugin in
``elasticsearch-analysis/`` supplies, under their usual names, those that an index of ours uses.
It belongs to the tests and never to production, where a full server runs.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from . import config, packages, process
from .config import ServicesError
from .servers import Server

if TYPE_CHECKING:
    from collections.abc import Mapping

PLUGIN = "connected-localism-analysis"
PLUGIN_CLASS = "org.connectedlocalism.analysis.AnalysisForTests"
PLUGIN_SOURCE = config.SOURCE / "elasticsearch-analysis"
#: Remembers, beside the compiled plugin, what it was compiled from.
STAMP = "built-from.sha256"


def _sources() -> list[Path]:
    return sorted(PLUGIN_SOURCE.rglob("*.java"))


def _sources_digest() -> str:
    digest = hashlib.sha256(config.ELASTICSEARCH_VERSION.encode())
    for source in _sources():
        digest.update(source.read_bytes())
    return digest.hexdigest()


class Elasticsearch(Server):
    name = "elasticsearch"
    patience = 180
    #: What a server of its own kind is set to otherwise.
    settings: ClassVar[Mapping[str, Any]] = {}

    @property
    def home(self) -> Path:
        return self.folder / f"elasticsearch-{config.ELASTICSEARCH_VERSION}"

    @property
    def configuration(self) -> Path:
        return self.home / "config"

    @property
    def transport_port(self) -> int:
        return config.ports()["elasticsearch-transport"]

    def prepare(self) -> None:
        if not (self.home / "bin" / "elasticsearch").exists():
            self._unpack(fetch())
        self._build_plugin()
        self._configure()

    def _unpack(self, archive: Path) -> None:
        with tempfile.TemporaryDirectory(dir=self.folder) as scratch:
            with zipfile.ZipFile(archive) as opened:
                for member in opened.infolist():
                    written = Path(opened.extract(member, scratch))
                    mode = member.external_attr >> 16
                    if mode and written.is_file():
                        written.chmod(mode & 0o755 | 0o644)
            (unpacked,) = Path(scratch).iterdir()
            shutil.rmtree(self.home, ignore_errors=True)
            unpacked.rename(self.home)
        for program in (self.home / "bin").iterdir():
            program.chmod(0o755)
        process.own(self.home, self.account, deep=True)

    @property
    def plugin(self) -> Path:
        return self.home / "plugins" / PLUGIN

    def _plugin_is_current(self) -> bool:
        stamp = self.plugin / STAMP
        return stamp.exists() and stamp.read_text(encoding="utf-8") == _sources_digest()

    def _build_plugin(self) -> None:
        """Compile the plugin; nothing to do when its sources are those of the last build."""
        if self._plugin_is_current():
            return
        target = self.plugin
        java = packages.java_home()
        if java is None:
            raise ServicesError("No Java compiler of version 17 or later was found.")
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        with tempfile.TemporaryDirectory() as classes:
            command: list[str | Path] = [java / "bin" / "javac", "--release", "17"]
            command += ["-Xlint:all,-processing,-classfile", "-encoding", "UTF-8"]
            command += ["-cp", f"{self.home}/lib/*", "-d", classes, *_sources()]
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise ServicesError(f"The analysis plugin does not compile:\n{done.stderr}")
            with zipfile.ZipFile(target / f"{PLUGIN}.jar", "w") as jar:
                for compiled in sorted(Path(classes).rglob("*.class")):
                    jar.write(compiled, compiled.relative_to(classes))
        descriptor = {
            "description": "Usual analysis components for tests",
            "version": "1.0",
            "name": PLUGIN,
            "classname": PLUGIN_CLASS,
            "java.version": "17",
            "elasticsearch.version": config.ELASTICSEARCH_VERSION,
        }
        text = "".join(f"{key}={value}\n" for key, value in descriptor.items())
        (target / "plugin-descriptor.properties").write_text(text, encoding="utf-8")
        (target / STAMP).write_text(_sources_digest(), encoding="utf-8")
        process.own(target, self.account, deep=True)

    def _configure(self) -> None:
        settings: dict[str, Any] = {
            "cluster.name": "connected-localism-tests",
            "node.name": "tests",
            "node.roles": "[master, data]",
            "network.host": config.HOST,
            "http.port": self.port,
            "transport.port": self.transport_port,
            "discovery.type": "single-node",
            "path.data": self.folder / "data",
            "path.logs": self.folder / "logs",
            "xpack.security.enabled": "false",
            # A full disk must not turn the indices of the tests read-only.
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            "cluster.max_shards_per_node": 3000,
            **self.settings,
        }
        text = "".join(f"{key}: {value}\n" for key, value in settings.items())
        configuration = self.configuration
        (configuration / "elasticsearch.yml").write_text(text, encoding="utf-8")
        options = f"-Xms{config.heap()}\n-Xmx{config.heap()}\n"
        # No log of the garbage collector: 64 MB a file, read by nobody.
        options += "-Xlog:disable\n-Xlog:all=warning:stderr:utctime,level,tags\n"
        (configuration / "jvm.options.d" / "tests.options").write_text(options, encoding="utf-8")
        process.own(configuration, self.account, deep=True)
        for name in ("data", "logs", "tmp"):
            (self.folder / name).mkdir(exist_ok=True)
            process.own(self.folder / name, self.account)

    def launch(self) -> None:
        java = packages.java_home()
        process.launch(
            self.name,
            [self.home / "bin" / "elasticsearch"],
            port=self.port,
            account=self.account,
            cwd=self.folder,
            environment={
                "ES_JAVA_HOME": str(java),
                "ES_PATH_CONF": str(self.configuration),
                "ES_TMPDIR": str(self.folder / "tmp"),
            },
        )

    def get(self, path: str) -> Any:
        url = f"http://{config.HOST}:{self.port}{path}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)

    def ready(self) -> bool:
        try:
            health = self.get("/_cluster/health?wait_for_status=yellow&timeout=5s")
        except (OSError, ValueError, http.client.HTTPException):
            return False
        return health["status"] in {"yellow", "green"}

    def finish(self) -> None:
        nodes = self.get("/_nodes/plugins")["nodes"].values()
        loaded = {plugin["name"] for node in nodes for plugin in node["plugins"]}
        if PLUGIN not in loaded or not self._plugin_is_current():
            raise ServicesError(
                "Elasticsearch runs without the current analysis plugin. "
                "Run `make services-stop`, then `make services`."
            )


def fetch() -> Path:
    """The server's archive: from the cache, or downloaded by Maven and checked."""
    archive = packages.elasticsearch_zip()
    if archive.exists() and _digest(archive) == config.ELASTICSEARCH_SHA256:
        return archive
    archive.parent.mkdir(parents=True, exist_ok=True)
    print(
        f"elasticsearch  downloading {config.ELASTICSEARCH_VERSION} (107 MB)",
        flush=True,
    )
    with tempfile.TemporaryDirectory(dir=archive.parent) as scratch:
        began = time.monotonic()
        download = subprocess.Popen(
            [
                "mvn",
                "--batch-mode",
                "--no-transfer-progress",
                "dependency:copy",
                f"-Dartifact={config.ELASTICSEARCH_ARTIFACT}",
                f"-DoutputDirectory={scratch}",
            ],
            cwd=scratch,
            env={**os.environ, "HOME": str(config.home())},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        while True:
            try:
                output, _ = download.communicate(timeout=15)
                break
            except subprocess.TimeoutExpired:
                waited = time.monotonic() - began
                print(f"elasticsearch  still downloading after {waited:.0f} s", flush=True)
                if waited > 1200:
                    download.kill()
        downloaded = list(Path(scratch).glob("*.zip"))
        if download.returncode or not downloaded:
            tail = "\n".join(output.splitlines()[-15:])
            raise ServicesError(f"Maven could not fetch Elasticsearch:\n{tail}")
        if _digest(downloaded[0]) != config.ELASTICSEARCH_SHA256:
            raise ServicesError("The downloaded Elasticsearch is not the one we expect; not used.")
        downloaded[0].replace(archive)
    return archive


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
