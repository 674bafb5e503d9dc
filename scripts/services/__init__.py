"""Real PostgreSQL, Redis, Elasticsearch and an SMTP sink for the tests, without Docker.

``python3.11 -m scripts.services start`` is what ``make services`` runs. It needs nothing but the
standard library, so that it also works before the virtual environment is complete; only the SMTP
sink itself runs inside the virtual environment.

The servers are for tests: their durability is switched off and their passwords are in this folder.
"""
