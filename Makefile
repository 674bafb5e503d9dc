PYTHON ?= python3.11

.DEFAULT_GOAL := help
.PHONY: help services services-stop services-status

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 20

services: ## Install and start PostgreSQL, Redis, Elasticsearch and the SMTP sink for the tests
	@$(PYTHON) -m scripts.services start

services-stop: ## Stop what `make services` started
	@$(PYTHON) -m scripts.services stop

services-status: ## Say which of the services run
	@$(PYTHON) -m scripts.services status
