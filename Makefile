# The two commands that a newcomer types are `make demo` and `make test`; each does its own set-up. `make help` lists the rest.
#   PYTHON=python3.12   the Python to build the environment with (default: the first of python3, 3.13, 3.12, 3.11 that is new enough)

VENV := .venv
BIN := $(VENV)/bin
# One version of each package for every Python (fork-strategy): the same pixels must give the same grade on all of them.
UV_COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' $(UPGRADE) pyproject.toml

# Hashes make pip refuse what was not locked; --no-deps, because the lock is complete.
PIP_INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
INSTALL_LOCKED = $(PIP_INSTALL) --require-hashes --only-binary :all: -r
INSTALL_GRADER = $(PIP_INSTALL) --no-build-isolation --editable .

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check lint types contracts locks format lock hooks clean

help: ## list the targets
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: $(VENV)/runtime.installed ## set up, and show what the station can do today
	@$(BIN)/grader --version
	@$(BIN)/grader --help

test: $(VENV)/dev.installed ## set up, and run the tests
	$(BIN)/pytest -n auto

check: test lint types contracts ## all that CI runs without the network

lint: $(VENV)/dev.installed ## style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.installed ## mypy, strict
	$(BIN)/mypy

contracts: $(VENV)/dev.installed ## imports point one way (docs/architecture.md)
	$(BIN)/lint-imports

locks: $(VENV)/dev.installed ## every locked package has a wheel for each Python and processor that we promise (asks the index)
	$(BIN)/python tools/check_locks.py

format: $(VENV)/dev.installed ## mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/dev.installed ## write the lock files anew from pyproject.toml (UPGRADE=--upgrade takes newer versions)
	$(UV_COMPILE) --group build --output-file requirements/runtime.txt
	$(UV_COMPILE) --group build --group test --group lint --constraint requirements/runtime.txt --output-file requirements/dev.txt

hooks: $(VENV)/dev.installed ## run lint, types and contracts before each commit
	$(BIN)/pre-commit install

clean: ## remove the environment and the caches
	rm -rf $(VENV) .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

$(BIN)/python:
	tools/make_venv.sh $(VENV) $(PYTHON)

# Order-only: the interpreter behind .venv/bin/python is older than any file here.
$(VENV)/runtime.installed: requirements/runtime.txt pyproject.toml | $(BIN)/python
	$(INSTALL_LOCKED) requirements/runtime.txt
	$(INSTALL_GRADER)
	@touch $@

$(VENV)/dev.installed: requirements/dev.txt $(VENV)/runtime.installed
	$(INSTALL_LOCKED) requirements/dev.txt
	@touch $@
