# Needs Python 3.11+ and make, nothing else. The first call sets everything up in .venv; later calls work offline.

PYTHON ?= python3
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
READY := .venv/.ready

.PHONY: help setup demo test test-long lint bench bench-matching clean

help:             ## list the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /: /'

setup: $(READY)   ## make .venv with the locked packages

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -c "import pathlib; pathlib.Path('$(READY)').touch()"

demo: $(READY)    ## run the main job on the sample data, into data/demo
	$(BIN)/python data/demo.py

test: $(READY)    ## run every test
	$(BIN)/python -m pytest -n auto --dist loadgroup

test-long: $(READY)  ## the same with the larger random and crash tests
	RECON_LONG=1 $(BIN)/python -m pytest -n auto --dist loadgroup

lint: $(READY)    ## ruff, and mypy for this system and for Windows
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --platform win32

bench: $(READY)   ## time the main job beside Polars and pandas; prints ratios
	$(BIN)/python tests/bench/run.py

bench-matching: $(READY)  ## a labelled year of payments: what posts, what is suggested, what is false (must be 0)
	$(BIN)/python tests/bench/matching.py

clean:            ## remove what was made, but not data/workspace
	rm -rf .venv data/demo data/bench .pytest_cache .mypy_cache .ruff_cache
