# Everything a person does here, by name. `make help` lists it. GNU make 3.81 and later.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
UV := uv
LOCK := $(UV) pip compile --universal --generate-hashes --python-version 3.11 --quiet --no-header
# Give more to a command: make demo ARGS="--port 9000", make test ARGS="-k escalation"
ARGS :=

# A hundred tests start Firstlane anew; where this is set, each of them would compile it anew, too.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup dev demo test test-quick lint bench lock clean
.DEFAULT_GOAL := help

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## install Firstlane into .venv (.venv/bin/firstlane)

demo: setup ## try it without a Slack account: a local Slack and a simulated estate
	@$(BIN)/firstlane demo $(ARGS)

dev: $(READY_DEV)

test: dev ## run every test; those in a browser need a Chromium
	@FIRSTLANE_CHROMIUM="$$(sh scripts/find-chromium)"; export FIRSTLANE_CHROMIUM; \
	if [ -z "$$FIRSTLANE_CHROMIUM" ]; then \
	  echo "No Chromium was found: the tests in a browser are skipped." \
	       "Set FIRSTLANE_CHROMIUM to the path of one to run them." >&2; fi; \
	$(BIN)/python scripts/run-tests.py $(ARGS)

test-quick: ## the quick part on another Python, in a venv of its own: PYTHON=/path/to/python3.13
	@python=$$(sh scripts/find-python) && \
	version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])') && \
	$(MAKE) --no-print-directory VENV=".venv-$$version" PYTHON="$$python" dev && \
	".venv-$$version/bin/python" scripts/run-tests.py --quick $(ARGS)

lint: dev ## check style, types and the shipped content
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/firstlane validate
	@$(BIN)/firstlane validate runbooks

bench: dev ## measure one database writer, pings coming in, and how soon a silent stop is found
	@for file in benchmarks/bench_*.py; do $(BIN)/python "$$file" $(ARGS) || exit 1; done
	@$(BIN)/python benchmarks/silent_day.py

lock: ## write the requirements files anew from pyproject.toml (needs uv)
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) --group build -c requirements.txt -o requirements-build.txt
	$(LOCK) pyproject.toml --group build --group dev -c requirements.txt -c requirements-build.txt -o requirements-dev.txt

clean: ## remove what was installed and built; your data in .firstlane stays
	rm -rf $(VENV) .venv-3.* build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find bot slack_standin estate_sim tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@python=$$(sh scripts/find-python) && rm -rf $(VENV) && "$$python" -m venv $(VENV)

$(READY): $(BIN)/python requirements.txt requirements-build.txt pyproject.toml
	@echo "Installing Firstlane into $(VENV) …"
	@$(PIP) install --require-hashes -r requirements.txt -r requirements-build.txt
	@$(PIP) install --no-index --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q bot slack_standin estate_sim  # as pip does with what it installs from a wheel
	@touch $(READY)

$(READY_DEV): $(READY) requirements-dev.txt
	@echo "Installing what tests and checks need …"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $(READY_DEV)
