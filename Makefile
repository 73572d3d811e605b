# Each target installs what it needs; a second run finds it there.
PYTHON ?= python3
SETUP = $(PYTHON) tools/bootstrap.py
PY = var/venv/bin/python
ORDINARY = not e2e and not clients and not tampering and not fuzz
.DEFAULT_GOAL := help
.PHONY: help run test e2e clients attack chaos fuzz tampering bench bench-peers boundaries web lint format types clean

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 12

run: ## install what is missing and serve http://127.0.0.1:8000 until Ctrl-C
	@$(SETUP) run nmis up

test: ## lint, types, import contracts, every test on a real PostGIS
	@$(SETUP) test
	@$(MAKE) --no-print-directory lint types
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "$(ORDINARY) and not alone"
	$(PY) -m pytest -m "$(ORDINARY) and alone"

e2e: ## the pages in a headless Chromium
	@$(SETUP) e2e python -m pytest -m e2e tests/e2e

clients: ## QGIS (headless) and GDAL's commands read /ogc/; installs them
	@$(SETUP) clients python -m pytest -m clients tests/clients

attack: ## try to turn a release of 6.3 million journeys back into people
	@$(SETUP) test python -m tests.attack.run

chaos: ## 200 kills and 10 restarts of PostgreSQL under uploads; nothing is lost
	@$(SETUP) test python -m tests.chaos.run

fuzz: ## requests of every kind, made of the OpenAPI document, as every role
	@$(SETUP) test python -m pytest -m fuzz tests/leaks

tampering: ## a thousand tamperings with the audit log; each must be found
	@$(SETUP) test python -m pytest -m tampering tests/gis_service

bench: ## speed bars beside other programs, written to var/bench.json
	@$(SETUP) bench python -m tests.bench.run

bench-peers: ## the same beside Martin too, built here by cargo
	@$(SETUP) bench-peers python -m tests.bench.run --only martin

boundaries: ## derive the bundled boundaries anew from their pinned source
	@$(SETUP) python
	$(PY) tools/boundaries/derive.py

web: ## build the map for the browser
	@$(SETUP) web

lint: ## ruff, and the ladder of imports
	@$(SETUP) python
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	var/venv/bin/lint-imports --no-cache

types: ## mypy, strict
	@$(SETUP) python
	$(PY) -m mypy

format: ## put the code in the one form
	@$(SETUP) python
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

clean: ## remove what tools made; var/ with its data stays
	rm -rf build dist *.egg-info gis_service/web/dist gis_service/web/map/node_modules
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -path ./var -prune -o -name __pycache__ -type d -print | xargs rm -rf
