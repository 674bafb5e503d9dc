# Python 3.11 by name, or whatever `python3` is; the scripts say so when it is another version.
PYTHON ?= $(shell command -v python3.11 || command -v python3)

PACKAGES = accounts api casestudies core digests discussion members moderation network places search
TEST = .venv/bin/python -m pytest
# Tests use two processes: the machines that run them have two cores.
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help run test test-services services services-stop services-status check bench screenshots venv messages lock

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 20

run: ## Start the site with its worker on http://localhost:8000 (PORT=… for another)
	@$(PYTHON) scripts/run.py

test: venv ## Run the tests that need nothing but Python
	@env -u PYTHONDONTWRITEBYTECODE $(TEST) -n $(WORKERS) -m "not services and not journey"

test-services: venv ## Run every test against PostgreSQL, Redis, Elasticsearch, SMTP and a browser (`make services` first)
	@env -u PYTHONDONTWRITEBYTECODE $(PYTHON) scripts/test_services.py

check: venv ## Lint, types, imports, migrations, production settings, templates
	@env -u PYTHONDONTWRITEBYTECODE .venv/bin/python scripts/check.py

bench: venv ## Measure the figures of docs/performance.md; one JSON line each
	@env -u PYTHONDONTWRITEBYTECODE .venv/bin/python -m bench

screenshots: venv ## Take pictures of the main pages at phone and desktop width into var/screenshots
	@env -u PYTHONDONTWRITEBYTECODE .venv/bin/python scripts/screenshots.py

venv: ## Create .venv with the pinned packages, again only when the pins change
	@$(PYTHON) scripts/venv.py

messages: venv ## Bring the Welsh catalogue in step with the code, and compile it
	@.venv/bin/python -m scripts.messages

lock: ## Compile requirements/*.txt from pyproject.toml
	@.venv/bin/python scripts/lock.py

services: venv ## Install and start PostgreSQL, Redis, Elasticsearch and an SMTP sink for the tests
	@$(PYTHON) -m scripts.services start

services-stop: ## Stop what `make services` started
	@$(PYTHON) -m scripts.services stop

services-status: ## Say which of the services run
	@$(PYTHON) -m scripts.services status
