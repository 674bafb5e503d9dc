"""docker-compose.yml and what stands beside it: the promises that can be read without a Docker engine."""

import re
from pathlib import Path

import pytest
import yaml

from network.providers import COMMON, PROVIDERS

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
OURS = ("web", "worker", "beat", "migrate")
#: Ends by itself; the others wait for its success instead of asking after its health.
ONE_SHOT = {"migrate"}


def example_names():
    """Names in .env.example, also those that are only shown commented out."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    return {found.group(1) for line in lines if (found := re.match(r"#?\s?([A-Z][A-Z0-9_]*)=", line))}


def variables():
    """Every ${NAME} of the compose file, without those written $${NAME} for the container's own shell."""
    return set(re.findall(r"(?<!\$)\$\{([A-Z][A-Z0-9_]*)", TEXT))


def test_every_service_that_stays_is_health_checked():
    for name, service in SERVICES.items():
        assert (name in ONE_SHOT) != ("healthcheck" in service), name


def test_every_variable_is_explained_in_the_example():
    assert variables() - example_names() == set()


def test_every_setting_reaches_the_containers():
    settings = (ROOT / "network" / "settings.py").read_text()
    read = set(re.findall(r"env\.\w+\(\s*\"([A-Z0-9_]+)\"", settings))
    # Fixed in the image, decided by BASE_URL, for one machine only, or unsafe on a public site.
    not_there = {"VAR_DIR", "LOG_FORMAT", "PORT", "DEBUG"}

    assert len(read) > 10
    assert read - set(SERVICES["web"]["environment"]) == not_there


def test_the_secrets_of_every_mail_provider_reach_the_containers():
    wanted = {
        f"ANYMAIL_{name.upper()}_{one}"
        for name, provider in PROVIDERS.items()
        for one in (*provider.needs, *provider.takes)
    }
    assert wanted | {f"ANYMAIL_{one}" for one in COMMON} <= set(SERVICES["worker"]["environment"])


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "BASE_URL", "ALLOWED_HOSTS", "EMAIL_URL", "DEFAULT_FROM_EMAIL", "POSTGRES_PASSWORD"]
)
def test_what_has_no_safe_default_stops_compose_with_a_message(name):
    uses = re.findall(rf"\$\{{{name}(:\?[^}}]+)?", TEXT)

    assert any(uses), name
    assert "DEBUG" not in SERVICES["web"]["environment"]


def test_everything_of_ours_runs_without_rights_on_a_read_only_disk():
    for name in OURS:
        service = SERVICES[name]
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["tmpfs"] == ["/tmp"], name
    assert re.search(r"^USER (?!root)\w+", (ROOT / "Dockerfile").read_text(), re.MULTILINE)


def test_everything_of_ours_waits_for_the_migration():
    for name in OURS:
        if name not in ONE_SHOT:
            assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully", name
    assert SERVICES["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert SERVICES["migrate"]["restart"] == "no"


def test_web_and_worker_can_be_had_in_any_number():
    for name in ("web", "worker"):
        assert "container_name" not in SERVICES[name]
        assert "ports" not in SERVICES[name]
    assert SERVICES["beat"]["deploy"]["replicas"] == 1
    assert "stop_grace_period" in SERVICES["worker"]


def test_the_site_does_not_wait_for_elasticsearch():
    for name in OURS:
        assert "elasticsearch" not in SERVICES[name]["depends_on"], name


def test_data_is_in_named_volumes():
    named = set(COMPOSE["volumes"])
    for name, service in SERVICES.items():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in named or source == "./docker/Caddyfile", (name, volume)


def test_the_data_servers_cannot_be_reached_from_outside():
    assert COMPOSE["networks"]["data"]["internal"] is True
    for name in ("postgres", "redis", "elasticsearch"):
        assert SERVICES[name]["networks"] == ["data"], name
        assert "ports" not in SERVICES[name], name


def test_the_mail_catcher_is_for_demonstrations_only():
    assert SERVICES["mailpit"]["profiles"] == ["demo"]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["mailpit"]["ports"])


def test_elasticsearch_is_the_version_that_the_tests_run_against():
    from scripts.services import config

    assert SERVICES["elasticsearch"]["image"] == f"elasticsearch:{config.ELASTICSEARCH_VERSION}"
    assert SERVICES["postgres"]["image"].startswith(f"postgres:{config.POSTGRES_VERSION}-")


def test_nothing_local_or_secret_gets_into_the_image():
    ignored = set((ROOT / ".dockerignore").read_text().split())

    assert {".env", ".git", ".venv", "var"} <= ignored


def test_the_image_installs_exactly_what_is_pinned():
    dockerfile = (ROOT / "Dockerfile").read_text()

    assert "--require-hashes" in dockerfile
    assert "SECRET_KEY" not in "".join(re.findall(r"^ENV .*?(?<!\\)$", dockerfile, re.MULTILINE | re.DOTALL))
    assert "HEALTHCHECK" in dockerfile
