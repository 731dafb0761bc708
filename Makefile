# Two commands are all it takes: `make demo` shows the whole road, `make test` checks everything.
# Both make .venv first, with uv where it is there and with pip otherwise.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)

ifneq ($(UV),)
INSTALL = uv pip install --quiet --python $(BIN)/python
MAKE_VENV = uv venv --quiet --python $(PYTHON) $(VENV)
else
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
MAKE_VENV = $(PYTHON) -m venv $(VENV)
endif

# The tests and benchmarks start hundreds of processes; without bytecode each compiles the package anew
unexport PYTHONDONTWRITEBYTECODE

# One more than two cores: tests that wait for a killed process or a slow page leave a tenth of them idle
WORKERS ?= 3

# What goes by the clock is measured alone; what counts CPU seconds, bytes or decisions shares the machine
# (of typing together: kill -9 and the soak, whose storm takes a sixth of its limit); the longest comes first
TOGETHER := release install live-soak live-kill novelty trace
ALONE := $(filter-out $(TOGETHER),$(patsubst benchmarks/%.py,%,$(wildcard benchmarks/[a-z]*.py)))

.PHONY: demo serve pages test trl lint bench docs lock clean help
.DEFAULT_GOAL := help

help:  ## say what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Seedbed needs Python 3.11 or newer; name one with: make PYTHON=python3.12 …"; exit 1; }
	@echo "Making $(VENV) (once)"
	@$(MAKE_VENV) || { echo "Could not make $(VENV). On Debian: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }

# The stamps keep what was installed apart from what it was installed for: the test set holds the demo's.
$(VENV)/demo.stamp: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the demo needs (about 300 MB to download, once)"
	@$(INSTALL) --no-deps --require-hashes -r requirements.lock
	@SEEDBED_SKIP_FRONTEND=1 $(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/test.stamp: requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the tests need (once)"
	@$(INSTALL) --no-deps --require-hashes -r requirements-dev.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@$(BIN)/python benchmarks/live.py --install
	@touch $@

demo: $(VENV)/demo.stamp  ## the whole road on the sample study, with the embedded model, in demo/
	@$(BIN)/seedbed demo demo

pages: $(VENV)/demo.stamp  ## the server's pages, built where they changed
	@$(BIN)/python hatch_build.py

serve: pages  ## the live workshop on the sample study, in a browser; in demo-serve/
	@test -d demo-serve || $(BIN)/seedbed new demo-serve --sample
	@$(BIN)/seedbed serve demo-serve --open

test: $(VENV)/test.stamp  ## every test; says what it skipped and why
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

trl: $(VENV)/test.stamp  ## trainers on a release, as it is: installs torch and TRL, about 1.4 GB
	@$(INSTALL) torch trl
	@$(BIN)/python -m pytest tests/release/formats/test_trl.py

lint: $(VENV)/test.stamp  ## style, types, and the rule that imports point upstream
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports --no-cache

bench: $(VENV)/test.stamp  ## the numbers that are promised, measured
	@$(MAKE) --no-print-directory -j1 $(ALONE:%=bench-%)
	@$(MAKE) --no-print-directory -j2 --output-sync=target $(TOGETHER:%=bench-%)

bench-%: $(VENV)/test.stamp
	@echo "== benchmarks/$*.py"; $(BIN)/python benchmarks/$*.py --check

bench-live: bench-live-propagation ;

bench-live-%: $(VENV)/test.stamp
	@echo "== benchmarks/live.py, $*"; $(BIN)/python benchmarks/live.py --check --only $*

docs: $(VENV)/test.stamp  ## the generated pages of docs/
	@$(BIN)/python docs/generate.py

lock:  ## resolve the two requirement files anew (needs uv)
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --extra local --extra serve \
	  --group weights --group build --no-annotate --no-header pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --extra local --extra serve \
	  --extra postgres --extra ray --group weights --group build --group dev --no-annotate --no-header -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:  ## remove what make made
	rm -rf $(VENV) demo demo-serve src/seedbed/server/static frontend/node_modules benchmarks/live/node_modules
