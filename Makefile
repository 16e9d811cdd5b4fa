# Needs Python >= 3.11, make and git; everything else is installed into .venv.

PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	&& echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install -c requirements/constraints.txt

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo test test-all lint types contracts unit unit-all conformance benchmark mutation faults clean

help: ## Show what there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.installed: pyproject.toml requirements/constraints.txt
	@test -n "$(PYTHON)" || { echo "provision needs Python 3.11 or newer"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) -e '.[dev]'
	@touch $@

install: $(VENV)/.installed ## Install provision into .venv

install-dev: $(VENV)/.installed-dev ## Install what the tests need as well

demo: install ## Provision an app in the embedded local org, drift it, repair it
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh docs/demo/run.sh

test: lint types contracts unit ## Lint, types, import contracts, and the tests that are not slow (3 minutes)

test-all: lint types contracts unit-all ## The same with every test, and branch coverage

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install-dev
	$(BIN)/mypy

contracts: install-dev
	$(BIN)/lint-imports

unit: install-dev
	$(BIN)/python -m pytest -n auto -m "not slow" $(ARGS)

unit-all: install-dev
	$(BIN)/coverage erase
	$(BIN)/python -m pytest -n auto --cov --cov-report=term:skip-covered --cov-fail-under=90

conformance: install-dev ## Drive real clients (sf CLI, browser, ...) against the local org
	$(BIN)/python -m tests.conformance.install
	PROVISION_CONFORMANCE=1 sh tests/conformance/loopback.sh \
		$(BIN)/python -m pytest tests/conformance tests/report/test_html_browser.py -rs -n auto --dist worksteal $(ARGS)

benchmark: install ## Count requests and time commands (see benchmarks/README.md)
	$(BIN)/python -m benchmarks.run

mutation: install-dev ## Change the code that decides, and see that a test notices (an hour; continues where it stopped)
	$(PIP) -e '.[mutation]'
	$(BIN)/mutmut run --max-children 2
	$(BIN)/python -m tests.mutation.survivors

faults: install-dev ## Meet each request of each writing verb with each fault (40 minutes; continues where it stopped)
	$(BIN)/python -m tests.faults.sweep
	$(BIN)/python -m tests.faults.reliability

clean: ## Remove what make made
	rm -rf $(VENV) .cache .demo .coverage .mypy_cache .ruff_cache .hypothesis .import_linter_cache mutants
