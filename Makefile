# Everything about Faro starts here. `make help` lists the commands.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell command -v python3.11 || command -v python3)
UV := .tools/bin/uv
FARO := .venv/bin/faro
# What understanding is measured on lies outside the repository: CLINC=… DEV=…, or both in the folder FARO_EVAL (docs/benchmarks.md).
DATA = $(if $(CLINC),--clinc "$(CLINC)") $(if $(DEV),--labelled "$(DEV)")
# One more than there are cores, since many tests wait for a browser or another process; at most four.
TESTERS = $(shell cores=$$(getconf _NPROCESSORS_ONLN); echo $$((cores < 3 ? cores + 1 : 4)))
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export UV_CUSTOM_COMPILE_COMMAND := make lock
# The machine's own certificates, as pip and git use them: behind a proxy with its own authority there is no other way.
export UV_SYSTEM_CERTS := true

.PHONY: help run test bench bench-understanding lint train emulator lock chromium clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-19s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/app.stamp .venv-rasa/rasa.stamp ## Set everything up, train if needed, start Faro; Ctrl-C stops it
	@$(FARO) train --if-needed
	@exec $(FARO) run

test: .venv/dev.stamp .venv-rasa/rasa.stamp chromium ## Set everything up and run every test
	@.venv/bin/python -m pytest -n $(TESTERS) --dist loadfile

bench: .venv/dev.stamp .venv-rasa/rasa.stamp .venv-bench/stock.stamp ## Measure Faro against its peers, as ratios in one run
	@$(FARO) train --if-needed
	@.venv/bin/python -m benchmarks $(DATA)

bench-understanding: .venv/dev.stamp .venv-rasa/rasa.stamp .venv-bench/stock.stamp ## Measure understanding alone: CLINC=file DEV=file
	@$(FARO) train --if-needed
	@.venv/bin/python -m benchmarks understanding $(DATA)

lint: .venv/dev.stamp ## Check style, types and the borders between packages
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

train: .venv/app.stamp .venv-rasa/rasa.stamp ## Train the dialogue model
	@$(FARO) train

emulator: .venv/dev.stamp ## Start a Bot API emulator on loopback, to try the Telegram side without Telegram
	@.venv/bin/python -m tests.emulator

lock: .tools/uv.stamp ## Resolve and lock all requirements anew, with hashes
	cd requirements && for name in uv dev; do ../$(UV) pip compile -q --upgrade --generate-hashes --python-version 3.11 $$name.in -o $$name.txt; done
	cd requirements && ../$(UV) pip compile -q --generate-hashes --python-version 3.11 -c dev.txt app.in -o app.txt
	cd requirements && for name in rasa stock; do ../$(UV) pip compile -q --upgrade --generate-hashes --python-version 3.11 --override $$name-overrides.txt $$name.in -o $$name.txt; done

clean: ## Remove environments and trained models; data in var/ stays
	rm -rf .tools .venv .venv-rasa .venv-bench models .rasa

# The environments. A stamp is older than its lock file when the lock changed.

.tools/uv.stamp: requirements/uv.txt
	@"$(PYTHON)" -c 'import sys; sys.exit("Faro needs Python 3.11, this is " + sys.version.split()[0]) if sys.version_info[:2] != (3, 11) else None'
	@"$(PYTHON)" -m venv .tools || { echo "Python's venv module is missing (on Debian: apt-get install python3-venv)"; exit 1; }
	@.tools/bin/pip install -q --require-hashes -r requirements/uv.txt
	@touch $@

.venv/app.stamp: requirements/app.txt pyproject.toml | .tools/uv.stamp
	@echo "Setting up the application's environment"
	@test -x .venv/bin/python || $(UV) venv -q --python "$(PYTHON)" .venv
	@$(UV) pip install -q --require-hashes --python .venv/bin/python -r requirements/app.txt
	@$(UV) pip install -q --no-deps --no-build-isolation --python .venv/bin/python -e .
	@touch $@

.venv/dev.stamp: requirements/dev.txt | .venv/app.stamp
	@echo "Adding what the tests need"
	@$(UV) pip install -q --require-hashes --python .venv/bin/python -r requirements/dev.txt
	@touch $@

# Synchronised as locked, without resolving: Rasa's own pins are overridden on purpose.
.venv-rasa/rasa.stamp: requirements/rasa.txt | .tools/uv.stamp
	@echo "Setting up Rasa's environment"
	@test -x .venv-rasa/bin/python || $(UV) venv -q --python "$(PYTHON)" .venv-rasa
	@$(UV) pip sync -q --require-hashes --python .venv-rasa/bin/python requirements/rasa.txt
	@touch $@

# Stock Rasa with TensorFlow, the peer of the benchmarks.
.venv-bench/stock.stamp: requirements/stock.txt | .tools/uv.stamp
	@echo "Setting up stock Rasa, to measure against"
	@test -x .venv-bench/bin/python || $(UV) venv -q --python "$(PYTHON)" .venv-bench
	@$(UV) pip sync -q --require-hashes --python .venv-bench/bin/python requirements/stock.txt
	@touch $@

# An existing browser first, then Debian's as root, then Playwright's own download.
chromium: .venv/dev.stamp
	@if [ -n "$${FARO_CHROMIUM:-}" ] || command -v chromium chromium-browser google-chrome >/dev/null || ls ~/.cache/ms-playwright/chromium-* >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then echo "Installing Chromium"; apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	else .venv/bin/playwright install chromium; fi
