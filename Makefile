# Two commands matter: `make demo` to try it, `make test` to trust it.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help

.PHONY: help demo test test-long any-day faults check bench translations lock clean

help:  ## Say what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: .venv/runtime  ## Try it out: a pretend Slack and X, and the real desk between them
	$(BIN)/mentiondesk demo

test: .venv/dev  ## Run the tests
	$(BIN)/python -m pytest -q -n 3 --dist worksteal -m "not long"

test-long: .venv/dev  ## Run what takes long: simulations, replays, faults, several real processes at once
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m long

any-day: .venv/dev  ## Run the tests on ten days in three zones (long; needs faketime)
	$(BIN)/python tests/any_day.py

faults: .venv/dev  ## Kill the desk a hundred times on each database, and judge it (long)
	PYTHONPATH=tests $(BIN)/python -m faults $(FAULTS)
	PYTHONPATH=tests $(BIN)/python -m faults --database postgresql $(FAULTS)
	PYTHONPATH=tests $(BIN)/python -m faults --database postgresql --replicas 3 $(FAULTS)

check: .venv/dev  ## Format, lint, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/dev  ## Measure against raw floors and against Bolt as documented; BENCH="socket --quick", say
	$(BIN)/python -m bench $(BENCH)

translations: .venv/dev  ## Gather the texts anew into triage/locales/*.po, where each is then translated
	PYTHONPATH=tests $(BIN)/python -m translations

lock: .venv/dev  ## Choose the versions anew; the lock names no index and no host
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml --extra postgres --group build -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml --group dev -o requirements-dev.lock

clean:  ## Remove what was built
	rm -rf .venv dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Mentiondesk needs Python 3.11 or newer; set PYTHON=python3.12, say") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv

# An editable install: hatchling and editables come with the lock, so nothing is fetched unhashed.
.venv/runtime: .venv/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv/dev: .venv/bin/python requirements-dev.lock pyproject.toml
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@ .venv/runtime
