PYTHON ?= python3
ARGS ?=
CLIENT ?=
BIN := .venv/bin
NODE := tests/clients/node
# Installs packages of Debian, as root.
DEBIAN := [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null && apt-get update -qq \
	&& apt-get install -y -qq --no-install-recommends

.PHONY: help serve test check format bench soak contract contract-matrix peers wheel clean node browser redis

help:
	@echo "make serve [ARGS='--port 0 --json']  start the fake Kraken"
	@echo "make test  [ARGS='-k nonce']         set up and run every test"
	@echo "make check                           lint, types, import rules"
	@echo "make format                          format the code"
	@echo "make bench [ARGS=peers]              measure it all in ten minutes, and write benchmarks/RESULTS.md"
	@echo "make soak  [ARGS='--minutes 5']      half an hour's worth of mixed load with faults: no leak, no growth"
	@echo "make contract CLIENT=krakenex        hold a client library against the contract"
	@echo "make contract-matrix                 all of them, and write CLIENTS.md"
	@echo "make peers                           hold Prism and Mockoon against the contract"
	@echo "make wheel                           build dist/*.whl"

serve: .venv/serve
	@$(BIN)/kraken-mock serve $(ARGS)

test: .venv/test node browser redis
	@$(BIN)/python -m pytest -n auto $(ARGS)

check: .venv/test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/hadolint Dockerfile
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec compose.yaml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows examples/github-actions/kraken.yaml
	@$(BIN)/zizmor --offline --quiet --pedantic --config examples/github-actions/zizmor.yml examples/github-actions/kraken.yaml

format: .venv/test
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# What a tool or a peer that is missing would have told is left out, with the reason.
bench: .venv/test node redis
	@for tool in wrk:wrk java:default-jre-headless; do \
		command -v $${tool%%:*} > /dev/null || { $(DEBIAN) $${tool#*:}; } >&2 || true; done
	@if command -v npm > /dev/null; then for peers in contract_tests/peers benchmarks/npm; do \
		npm ci --prefix $$peers --no-audit --no-fund --silent >&2 || true; done; fi
	@$(BIN)/python -m benchmarks $(ARGS)

soak: .venv/test redis
	@$(BIN)/python -m benchmarks.soak $(ARGS)

contract: .venv/test
	@$(BIN)/kraken-mock verify client $(or $(CLIENT),$(error say which: make contract CLIENT=krakenex)) $(ARGS)

contract-matrix: .venv/test
	@$(BIN)/python -m contract_tests.clients.matrix $(ARGS)

peers: .venv/test node
	@npm ci --prefix contract_tests/peers --no-audit --no-fund --silent >&2
	@$(BIN)/python -m contract_tests.peers

wheel: .venv/serve
	@$(BIN)/pip wheel --quiet --no-deps --wheel-dir dist .

clean:
	@rm -rf .venv dist $(NODE)/node_modules contract_tests/peers/node_modules benchmarks/npm/node_modules

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit("kraken-mock needs Python 3.11 or newer; set PYTHON=...") if sys.version_info < (3, 11) else 0'
	@$(PYTHON) -m venv .venv >&2
	@$(BIN)/python -m pip install --quiet --upgrade pip >&2
	@touch $@

.venv/serve: .venv/python pyproject.toml
	@$(BIN)/pip install --quiet --editable '.[redis]' >&2
	@touch $@

.venv/test: .venv/serve
	@$(BIN)/pip install --quiet --editable '.[contract]' --group test --group clients --group check >&2
	@touch $@

# Node runs the npm clients; where it is missing it is installed on Debian as root, else those tests skip.
node: $(NODE)/node_modules/.installed

$(NODE)/node_modules/.installed: $(NODE)/package-lock.json
	@command -v npm > /dev/null || { $(DEBIAN) nodejs npm; } >&2 || true
	@if command -v npm > /dev/null; then npm ci --prefix $(NODE) --no-audit --no-fund --silent >&2 && touch $@; \
		else echo "npm is missing: install Node.js 20 or newer to run the npm client tests" >&2; fi

# Redis holds what several processes share; where it is missing it is installed on Debian as root, else those tests skip.
redis:
	@command -v redis-server > /dev/null || { $(DEBIAN) redis-server; } >&2 || true
	@command -v redis-server > /dev/null || echo "redis-server is missing: install it to run the tests of --store" >&2

# Chromium opens the dashboard; where it is missing it is installed on Debian as root, else those tests skip.
browser:
	@command -v chromium > /dev/null || { $(DEBIAN) chromium; } >&2 || true
	@command -v chromium > /dev/null || echo "chromium is missing: install it to run the tests of the dashboard" >&2
