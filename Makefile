PYTHON ?= python3.11

.DEFAULT_GOAL := help
.PHONY: help venv services services-stop services-status

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 20

venv: ## Create .venv with the pinned packages, again only when the pins change
	@$(PYTHON) scripts/venv.py

services: venv ## Install and start PostgreSQL, Redis, Elasticsearch and an SMTP sink for the tests
	@$(PYTHON) -m scripts.services start

services-stop: ## Stop what `make services` started
	@$(PYTHON) -m scripts.services stop

services-status: ## Say which of the services run
	@$(PYTHON) -m scripts.services status
