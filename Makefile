# Vuoro. Two commands matter: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
TOOLS := tests/contract/tools/node_modules tests/npm/node_modules
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# What looks like a secret and is none: names of settings, letters of a check, hashes of functions, and what tests invent.
KNOWN_TO_BE_NONE := --no-verify --exclude-files '^tests/npm/package-lock\.json$$|^requirements/|/audit_guards\.txt$$' \
	--exclude-lines 'scram-sha-256|CHECK_CHARACTERS|hunter2|s/e:c ret|user:secret@x\.example|"id_token"|Aili Mäkelä' \
	--exclude-secrets '^(notify)$$'

.PHONY: run dev test trials pages cover check mutants reset openapi gallery pictures lighthouse sbom lock bench soak

run: .venv/run
	@$(BIN)/python -m vuoro run

# As `make run`, started again within seconds whenever a file of the code changes.
dev: .venv/dev
	@$(BIN)/watchfiles --sigint-timeout 20 '$(BIN)/python -m vuoro run' services shared deploy vuoro

# The order is that of `testpaths` in pyproject.toml, so that no long file of tests is left for the end.
test: .venv/dev $(TOOLS)
	@$(PYTEST)

# What is killed, cut off, restored, rotated, raced or asked at random, and whatever else takes long.
trials: .venv/dev $(TOOLS)
	@$(PYTEST) -m trials

# Each page in each of its states, languages and looks, asked by each checker, and each journey in each way.
pages: .venv/dev $(TOOLS)
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -m pages tests/browser

check: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m tests.lint_migrations
	git ls-files -z | xargs -0 $(BIN)/detect-secrets-hook $(KNOWN_TO_BE_NONE)

# The share of lines and branches that the tests reach which run the code in their own process. What the end-to-end tests
# reach in other processes is not counted: tracing them would double their time, and some of them measure time. Tracing
# makes the oracle of free times several times slower, so it gets fewer cases here.
cover: .venv/dev
	@VUORO_EXAMPLES=100 $(PYTEST) tests/unit tests/integration --cov --cov-report=term:skip-covered

# Changes the rules of each domain, one operator at a time, and lists the changes that no unit test notices.
# ONLY="services.booking.domain.waitlist*" looks at one file; `mutmut show NAME` prints a change.
mutants: .venv/dev
	$(BIN)/mutmut run $(ONLY)
	@$(BIN)/mutmut results

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

# A picture of every page and state of it, at the widths of a phone and of a desk, in build/gallery/index.html.
gallery: .venv/dev
	@$(BIN)/python -m tests.browser.gallery

# Of a hundred, in each category, for the pages of the way to a time; fails below 95. Lighthouse itself comes by npm.
lighthouse: .venv/dev
	@$(BIN)/python -m tests.browser.lighthouse

# The four pictures of the README, in docs/pictures.
pictures: .venv/dev
	@$(BIN)/python -m tests.browser.pictures

# What an installation consists of (CycloneDX), from the lock of what runs it.
sbom: .venv/dev
	@mkdir -p build
	$(BIN)/cyclonedx-py requirements --output-reproducible --pyproject pyproject.toml -o build/sbom.json requirements/run.txt

lock: .venv/dev
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --group dev -c requirements/run.txt pyproject.toml -o requirements/dev.txt

.venv/run: requirements/run.txt
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m deploy.local.install requirements/run.txt
	@touch $@

.venv/dev: .venv/run requirements/dev.txt
	@$(BIN)/python -m deploy.local.install requirements/dev.txt
	@touch $@

# Linters of OpenAPI, a maker of TypeScript clients and another reader of calendars; checkers of pages. Tests of them are
# skipped where there is no npm, and say so.
$(TOOLS): %/node_modules: %/package-lock.json
	@if ! command -v npm >/dev/null; then echo "There is no npm: some tests are skipped"; \
	elif npm ci --prefix $* --ignore-scripts --no-audit --no-fund --silent; then touch $@; \
	else echo "npm could not install: some tests are skipped"; fi
