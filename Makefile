# What people type. Each target is a line or two; what it runs is documented where it is written.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
export PYTHONUNBUFFERED := 1
# Where the machine says otherwise, too: the tests start the portal many times, and each start would compile it anew.
export PYTHONDONTWRITEBYTECODE :=

# The stamps carry a hash of what they were made from: a change of the pins is noticed, a touched file is not.
hash = $(shell cat $(1) 2>/dev/null | cksum | cut -d ' ' -f 1)
RUN_STAMP := .venv/run-$(call hash,requirements/base.txt requirements/demo.txt)
DEV_STAMP := .venv/dev-$(call hash,requirements/base.txt requirements/demo.txt requirements/dev.txt)
ASSETS_STAMP := static/vendor/.made-$(call hash,package-lock.json config/setup/assets.sh)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --progress-bar off --require-hashes

.DEFAULT_GOAL := help
.PHONY: help demo test check bench requirements assets catalogues messages

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 22

demo: $(RUN_STAMP) assets catalogues ## The whole portal on this machine, with demo data (PORT=8000 STATE_DIR=var)
	@$(BIN)/python -m config.demo --with-parent

test: $(DEV_STAMP) assets catalogues ## All tests, on real PostgreSQL and Redis
	$(BIN)/python -m pytest -n 2

check: $(DEV_STAMP) assets catalogues ## Everything a machine can see without running the tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates governance residents issues --lint --quiet
	$(BIN)/python manage.py check
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check_catalogues

bench: SIZES ?= 1000,20000,200000
bench: SEED ?= 1
bench: $(RUN_STAMP) assets catalogues ## How fast it is at a street's volume; writes docs/performance.md (SIZES=1000,20000,200000 SEED=1)
	@STATE_DIR=$${STATE_DIR:-var/bench} $(BIN)/python -m config.bench --sizes $(SIZES) --seed $(SEED)

requirements: $(DEV_STAMP) ## Compile requirements/*.in to *.txt anew (needs uv)
	config/setup/requirements.sh

assets: $(RUN_STAMP) $(ASSETS_STAMP) ## Fetch the front-end packages into static/vendor/

catalogues: $(RUN_STAMP) ## Compile the translations
	@config/setup/catalogues.sh

messages: $(DEV_STAMP) ## Collect translatable strings into locale/ (needs gettext)
	$(BIN)/python manage.py makemessages --locale zh_Hans --locale ko --no-wrap --no-location \
	  --ignore node_modules --ignore var --ignore .venv

.venv/bin/python:
	@echo "Making .venv with $(PYTHON) …"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; set PYTHON= to one." if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .venv

.venv/run-%: | .venv/bin/python
	@echo "Installing what the portal needs (a minute or two the first time) …"
	@$(PIP) -r requirements/base.txt -r requirements/demo.txt
	@rm -f .venv/run-* && touch $@

.venv/dev-%: | $(RUN_STAMP)
	@echo "Installing what the tests and checks need …"
	@$(PIP) -r requirements/dev.txt
	@rm -f .venv/dev-* && touch $@

static/vendor/.made-%:
	@config/setup/assets.sh
	@rm -f static/vendor/.made-* && touch $@
