# `make` alone lists the words. Needs Python 3.11 or newer, python3-venv and make; everything else is installed into .venv.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.DELETE_ON_ERROR:
.PHONY: help install run test check format reference bench bench-lists fuzz clean

help: ## list these words
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

install: .venv/installed ## make .venv and install Outdial into it

site: .venv/site ## build the front end into the package

run: install site ## dial the demo campaign before your eyes, on loopback; Ctrl-C ends it
	$(BIN)/outdial demo

test: .venv/developing ## install what the tests need (sipp, PostgreSQL 15, Redis, NATS, RabbitMQ, Chromium) and run them all
	@scripts/apt-need sipp:sip-tester /usr/lib/postgresql/15/bin/initdb:postgresql-15 \
		redis-server:redis-server /usr/sbin/nats-server:nats-server /usr/lib/rabbitmq/bin/rabbitmq-server:rabbitmq-server chromium:chromium
	$(BIN)/python scripts/build-site --test
	OUTDIAL_REQUIRE_SIPP=1 OUTDIAL_REQUIRE_POSTGRES=1 OUTDIAL_REQUIRE_NODE=1 OUTDIAL_REQUIRE_BROKERS=1 $(BIN)/python -m pytest

check: .venv/developing ## format, lint, types, import arrows, shape; in seconds
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/test_shape.py

format: .venv/developing ## write the code as `make check` wants it
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

reference: .venv/developing ## write docs/applications.md from the applications' declarations
	$(BIN)/python -m outdial.flow.reference docs/applications.md

bench: .venv/developing ## measure; the figures go to docs/benchmarks.md
	@scripts/apt-need sipp:sip-tester
	$(BIN)/python -m bench

bench-lists: .venv/developing ## measure pages of a million members and of five million calls; some minutes and 5 GB of disk
	$(BIN)/python -m bench.lists

fuzz: .venv/developing ## look for input that breaks the flow language, five minutes a target; finds go to .fuzz/
	$(PIP) atheris==3.0.0
	for target in expression expansion schema; do $(BIN)/python -m tests.flow.fuzz_run $$target -max_total_time=300 || exit 1; done

audit: .venv/developing ## known holes in the libraries; says what it could not look up
	$(PIP) pip-audit==2.10.1
	$(BIN)/python scripts/audit

clean: ## remove .venv and what tools leave behind; data/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps below are the incremental part: each is newer than what it was made from.

.venv/made: scripts/python-need
	@scripts/python-need $(PYTHON)
	$(PYTHON) -m venv .venv
	$(PIP) pip hatchling editables
	@touch $@

.venv/installed: .venv/made pyproject.toml constraints.txt
	$(PIP) --no-build-isolation --editable .
	@touch $@

.venv/developing: .venv/installed
	$(PIP) --group dev
	@touch $@

UI := $(shell find ui -path ui/node_modules -prune -o -path ui/src/api/schema.d.ts -prune -o -type f ! -name openapi.json -print)

.venv/site: .venv/installed $(UI) $(shell find src/outdial/api -name '*.py') scripts/build-site
	$(BIN)/python scripts/build-site
	@touch $@
