# Two commands: `make serve` and `make test`. Everything else is `flask --help` in the virtual environment.
PYTHON ?= python3
PORT ?= 8000
DOCUMENTS ?=
VENV := .venv
BIN := $(VENV)/bin
export PORT

.PHONY: serve test clean
.DELETE_ON_ERROR:

serve: $(VENV)/serve
	@$(BIN)/flask load --quiet seeds $(if $(DOCUMENTS),"$(DOCUMENTS)") || echo "not everything was loaded, as said above" >&2
	@exec $(BIN)/gunicorn --config python:api.server wsgi:app

test: $(VENV)/test
	$(BIN)/ruff check api tests
	$(BIN)/ruff format --check api tests
	$(BIN)/mypy
	$(BIN)/pytest

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/serve: requirements.txt | $(VENV)/bin/python
	@echo "installing into $(VENV)" >&2
	@$(BIN)/pip install -qq --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/test: requirements-dev.txt requirements.txt | $(VENV)/bin/python
	@echo "installing into $(VENV)" >&2
	@$(BIN)/pip install -qq --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/serve

clean:
	rm -rf $(VENV) sourcebook.db sourcebook.db-shm sourcebook.db-wal
