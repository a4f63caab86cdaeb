# Two commands do all set-up on a fresh machine with Python 3.10-3.13:
#   make demo   tags the sample petitions and prints the result
#   make test   runs the linters, the type checker and every test
PYTHON ?= python3
VENV ?= .venv
PIP = $(VENV)/bin/python -m pip --disable-pip-version-check install -q -c constraints.txt

.PHONY: demo test lint clean

demo: $(VENV)/.core
	@mkdir -p demo-output
	$(VENV)/bin/petition-nlp tag src/petition_nlp/samples/petitions.jsonl -o demo-output/petitions.jsonl --overwrite --show

test: $(VENV)/.dev
	$(VENV)/bin/ruff check src serve tests training
	$(VENV)/bin/ruff format --check src serve tests training
	$(VENV)/bin/mypy
	$(VENV)/bin/python -m pytest

lint: $(VENV)/.dev
	$(VENV)/bin/ruff check --fix src serve tests training
	$(VENV)/bin/ruff format src serve tests training
	$(VENV)/bin/mypy

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -e .
	@touch $@

# torch comes first and pinned: unpinned, other packages would draw in a CUDA build of several gigabytes.
$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) torch
	$(PIP) -e '.[dev]'
	@touch $@ $(VENV)/.core

clean:
	rm -rf $(VENV) demo-output dist build
