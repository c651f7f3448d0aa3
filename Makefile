# demo: see it work. test: everything the tests need, then all of them. check: what must be green before a change lands.
# update: rewrite goldens. servers: build Prometheus 3 with Go, where Debian's packages of it cannot be had.
# fuzz: hold INPUTS made inputs to the laws of tests/fuzz, those of a KIND or of all, from a SEED, for MINUTES.
# loads: have servers load the rules of 2,000 generated programs. kills: kill 200 builds that run side by side.
# speed: time sloc beside sloth, which has to be on the PATH, on a machine where nothing else runs.
# recordings: record anew what exporters expose, all or NAMES, for tests/std.
# zones: renew the table of time zones, after a newer tzdata in pyproject.toml.
# pins: renew what the action installs. pictures: take those of the documentation anew.
# Nothing here needs root.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# One more than processors: tests of servers wait now and then.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(len(os.sched_getaffinity(0)) + 1)')

.PHONY: demo test check update fuzz loads kills speed servers pins pictures recordings zones clean

demo: $(VENV)/.installed
	cd examples && $(abspath $(BIN))/sloc build --output ../generated
	@echo
	@echo "Made from examples/*.slo: open generated/docs/site/index.html in a browser,"
	@echo "look at generated/prometheus/checkout.rules.yaml beside examples/checkout.slo,"
	@echo "or run $(BIN)/sloc show examples/checkout.slo"

test: $(VENV)/.dev
	$(BIN)/python tests/support/binaries.py
	$(BIN)/python tests/support/node.py
	$(BIN)/python tests/support/golang.py
	$(BIN)/pytest -n $(WORKERS) --dist worksteal

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(MAKE) test

update: $(VENV)/.dev
	$(BIN)/pytest -n $(WORKERS) --dist worksteal --update

loads: $(VENV)/.dev
	$(BIN)/python tests/support/loads.py

fuzz: $(VENV)/.dev
	$(BIN)/python tests/fuzz --seed $(or $(SEED),0) --inputs $(or $(INPUTS),1000000) $(if $(KIND),--kind $(KIND)) $(if $(MINUTES),--minutes $(MINUTES))

# As users have it: from a wheel, by a new pip.
speed:
	$(PYTHON) -m venv --clear $(VENV)/speed
	$(VENV)/speed/bin/pip install --quiet --upgrade pip
	$(VENV)/speed/bin/pip install --quiet .
	rm -rf build *.egg-info
	$(VENV)/speed/bin/python tests/bench/speed.py

servers: $(VENV)/.dev
	$(BIN)/python tests/support/binaries.py --build

pins: $(VENV)/.dev
	$(BIN)/pip install --quiet uv
	{ echo "# What action.yml installs: the newest versions that pyproject.toml takes. \`make pins\` renews this file."; \
	  $(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-annotate --quiet; } > requirements.new
	mv requirements.new requirements.txt

pictures: $(VENV)/.dev
	$(BIN)/python tests/support/pictures.py

recordings: $(VENV)/.dev
	PYTHONPATH=tests $(BIN)/python tests/std/record.py $(NAMES)

zones: $(VENV)/.dev
	PYTHONPATH=tests $(BIN)/python -m support.zones

kills: $(VENV)/.dev
	PYTHONPATH=tests $(BIN)/python -m support.killed 200

clean:
	rm -rf $(VENV) build dist generated *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	$(BIN)/pip install --quiet --editable '.[dev]'
	@touch $@
