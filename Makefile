# The only commands to know. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
STAMP := $(VENV)/.installed
WORKERS ?= 2
COMPILE := $(UV) pip compile -q --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --generate-hashes --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: e2e help setup demo up test test-ray check fix gen bench bench-automl bench-metalearning bench-tracking bench-ui lock clean ui

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(STAMP): requirements/bootstrap.txt requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Maestro needs Python 3.11 to 3.13; run: make PYTHON=python3.12 …") if not (3, 11) <= sys.version_info[:2] <= (3, 13) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@$(UV) pip sync -q --python $(BIN)/python --compile-bytecode --require-hashes requirements/dev.txt
	@$(UV) pip install -q --python $(BIN)/python --no-deps --editable .
	@touch $(STAMP)

setup: $(STAMP) ## create .venv with everything locked

demo: setup ## the whole way on the Titanic table: upload, AutoML, register, deploy, predict
	@MAESTRO_HOME=$(CURDIR)/.maestro $(BIN)/maestro demo

up: setup ## serve the platform from ./.maestro until Ctrl-C
	@MAESTRO_HOME=$(CURDIR)/.maestro $(BIN)/maestro up

test: setup ## run all tests, those in a browser last
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup
	ui/tools/e2e

check: setup ## everything that must hold: format, lint, types, floors, web UI, tests with coverage
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	ui/tools/check
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup -m "not timing" --cov --cov-report=
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup -m timing

test-ray: .venv-ray/.installed ## AutoML trials on a local Ray of two workers, in an environment of their own
	.venv-ray/bin/python -m pytest tests/engine/automl/test_ray_trials.py

.venv-ray/.installed: requirements/ray.txt | $(STAMP)
	@test -x .venv-ray/bin/python || $(UV) venv -q --python $(BIN)/python .venv-ray
	@$(UV) pip sync -q --python .venv-ray/bin/python --require-hashes requirements/ray.txt
	@$(UV) pip install -q --python .venv-ray/bin/python --no-deps --editable .
	@touch $@

fix: setup ## format and mend what a machine can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

ui: setup ## build the web UI, which `maestro server` then serves at /
	@ui/tools/with-node tools/prepare
	@ui/tools/with-node npm run --silent build

e2e: setup ## walk through the web UI in Chromium against a real server (ARGS=e2e/7 for some)
	@ui/tools/e2e $(ARGS)

gen: setup ## write the generated files: OpenAPI document, CLI reference, permission matrix, UI types
	$(BIN)/python -m tests.generate
	@test ! -d ui/node_modules || ui/tools/with-node npm run --silent gen

bench: setup ## measure every figure that the documentation names
	$(BIN)/python -m bench.all

bench-tracking: setup ## our tracking server and MLflow's own, side by side (ARGS=--quick for minutes)
	$(BIN)/python -m bench.tracking $(ARGS)

bench-automl: setup ## our AutoML, FLAML and AutoGluon on public tables (ARGS='--tables public --seeds 3')
	$(BIN)/python -m bench.automl $(ARGS)

bench-metalearning: setup ## what a start from past searches gains, replayed (ARGS=--searches for real ones)
	$(BIN)/python -m bench.metalearning $(ARGS)

bench-ui: ui ## the web UI in Chromium on 100,000 runs: Lighthouse, filter, scrolling, curves (ARGS=--quick)
	$(BIN)/python -m bench.ui $(ARGS)

lock: setup ## resolve the dependencies anew
	$(COMPILE) requirements/bootstrap.in -o requirements/bootstrap.txt
	$(COMPILE) --extra server pyproject.toml -o requirements/server.txt
	$(COMPILE) --extra platform pyproject.toml -o requirements/platform.txt
	$(COMPILE) --extra platform --group dev pyproject.toml -o requirements/dev.txt
	$(COMPILE) --extra platform --extra ray --group dev pyproject.toml -o requirements/ray.txt
	$(COMPILE) requirements/peers.in -o requirements/peers.txt
	$(COMPILE) requirements/automl-flaml.in -o requirements/automl-flaml.txt
	$(COMPILE) requirements/automl-autogluon.in -o requirements/automl-autogluon.txt
	$(COMPILE) --no-deps requirements/automl-tables.in -o requirements/automl-tables.txt

clean: ## remove what the commands above made, but not ./.maestro
	rm -rf $(VENV) .venv-automl .venv-peers .venv-ray .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .coverage .coverage.* htmlcov ui/node_modules ui/.node ui/test-results src/maestro_ml/server/static
