# Vuoro. Two commands matter: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check reset openapi lock bench soak

run: .venv/run
	@$(BIN)/python -m vuoro run

test: .venv/dev
	@$(BIN)/python -m pytest -n 2 --dist loadfile

check: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

# SIZE=smoke takes a minute, national (the default) a quarter of an hour, tenfold hours.
bench: .venv/dev
	@$(BIN)/python -m tests.load.bench

# MINUTES of random histories and races, and many more cases of the oracle; seeds are printed.
soak: .venv/dev
	@$(BIN)/python -m tests.load.soak

reset: .venv/run
	@$(BIN)/python -m vuoro reset

openapi: .venv/run
	@$(BIN)/python -m vuoro openapi

lock: .venv/dev
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --group dev -c requirements/run.txt pyproject.toml -o requirements/dev.txt

.venv/run: requirements/run.txt
	@echo "Installing what Vuoro runs on into .venv (once)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@touch $@

.venv/dev: .venv/run requirements/dev.txt
	@echo "Installing the tests' and checks' own tools into .venv (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@
