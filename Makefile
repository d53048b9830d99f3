# The two commands that a newcomer types are `make demo` and `make test`; each does its own set-up. `make help` lists the rest.
#   PYTHON=python3.12   the Python to build the environment with (default: the first of python3, 3.13, 3.12, 3.11 that is new enough)

VENV := .venv
BIN := $(VENV)/bin
# One version of each package for every Python (fork-strategy): the same pixels must give the same grade on all of them.
UV_COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' $(UPGRADE) pyproject.toml

# Hashes make pip refuse what was not locked; --no-deps, because the lock is complete.
PIP_INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
INSTALL_LOCKED = $(PIP_INSTALL) --require-hashes --only-binary :all: -r
INSTALL_GRADER = $(PIP_INSTALL) --no-build-isolation --editable .

# Where it is set, each of the many processes that a station and its tests start would compile the whole program anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help page layouts screens bench-page demo grade test test-system test-hardware check bench bench-line bench-api fuzz soak torture pictures peers train-data contact-sheet train int8 lint types contracts locks format lock hooks clean

help: ## list the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

# Node builds the touchscreen's page, here and nowhere else; it comes as a wheel. What the page may ask is told by the API itself.
PAGE := station_ui/dist/index.html
PAGE_SOURCES := $(shell find station_ui -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -name schema.d.ts -not -name alarms.json) \
	$(shell find grader/api grader/line/commands.py grader/line/catalogue.py grader/line/alarm_words.py -name '*.py') tools/build_page.py

page: $(PAGE) ## build the touchscreen's page, where it is missing or stale

$(PAGE): $(PAGE_SOURCES) $(VENV)/page.installed
	$(BIN)/python tools/build_page.py
	@touch $@

# What is bundled is read only; what the commands write goes where git does not look.
DEMO := examples/demo
SHOWN := out/demo

demo: $(VENV)/runtime.installed $(PAGE) ## set up, and run the line for a minute against the simulated machine (the first start renders its fruit)
	$(BIN)/grader demo --seconds 60

grade: $(VENV)/runtime.installed ## set up, and grade the bundled rendered pictures, from calibration to overlays
	@mkdir -p $(SHOWN)
	@echo; echo "1. Calibrate the camera, from pictures of a board with squares of known size:"
	$(BIN)/grader calibrate camera $(DEMO)/boards/board_*.jpg --board 9x7 --square-mm 25 --marker-mm 18 \
		--dictionary DICT_5X5_100 --belt-view $(DEMO)/boards/board_belt.jpg -o $(SHOWN)/blue-belt.json
	@cp $(SHOWN)/blue-belt.json $(SHOWN)/black-belt.json
	@echo; echo "2. Show it the empty belt; here are two, a blue and a black one:"
	$(BIN)/grader calibrate belt $(DEMO)/empty_blue.jpg --calibration $(SHOWN)/blue-belt.json
	$(BIN)/grader calibrate belt $(DEMO)/empty_black.jpg --calibration $(SHOWN)/black-belt.json
	@echo; echo "3. Grade. The rules 'same-day' are for sale nearby; the default, 'cooperative', ships no fruit above 90 % red:"
	$(BIN)/grader grade $(DEMO)/black-belt --calibration $(SHOWN)/black-belt.json --rules same-day \
		--overlay $(SHOWN)/overlays --masks $(SHOWN)/masks -o $(SHOWN)/black-belt.jsonl
	$(BIN)/grader grade $(DEMO)/blue-belt --calibration $(SHOWN)/blue-belt.json --rules same-day \
		--overlay $(SHOWN)/overlays --masks $(SHOWN)/masks
	@echo; echo "The pictures with outlines, axes and grades drawn in are in $(SHOWN)/overlays: look at them."
	@echo "Masks are in $(SHOWN)/masks; the black belt's results, a JSON object a fruit, in $(SHOWN)/black-belt.jsonl"

WORKERS = $$(( $$(nproc) + 1 ))

test: $(VENV)/dev.installed $(PAGE) ## set up, and run the tests: all but those with whole stations, servers and browsers
	@tools/system_packages.sh
	$(BIN)/pytest -n $(WORKERS) --dist worksteal --ignore tests/system

# Stations and browsers mostly wait: for a belt in real time, for a page.
test-system: $(VENV)/dev.installed $(PAGE) ## set up, and run real stations, real servers and a real browser (a quarter of an hour)
	@tools/system_packages.sh
	$(BIN)/pytest -n $(WORKERS) --dist worksteal tests/system

check: test test-system lint types contracts ## all that CI runs without the network and root

# Pictures whose truth is known; a fresh clone has none but the twin's.
RENDERED := ../shared/data/rendered-belt
BERRIES := ../shared/data/berries-on-white
TWIN := 1000
PEERS := .cache/peers

bench: $(VENV)/bench.installed ## every published figure: accuracy, photographs, speed, stages (TWIN=0 leaves the twin's fruit out: minutes)
	$(if $(wildcard $(RENDERED)),$(BIN)/python benchmarks/accuracy.py $(RENDERED))
	$(if $(filter-out 0,$(TWIN)),$(BIN)/python benchmarks/accuracy.py --twin $(TWIN))
	$(if $(wildcard $(BERRIES)),$(BIN)/python benchmarks/photographs.py $(BERRIES))
	$(if $(wildcard $(BERRIES)),$(BIN)/python benchmarks/photographs.py $(BERRIES) --no-network)
	$(if $(wildcard $(RENDERED)),$(BIN)/python benchmarks/speed.py $(RENDERED))
	$(if $(wildcard $(RENDERED)),$(BIN)/python benchmarks/lamp.py $(RENDERED))
	$(if $(wildcard $(BERRIES)),$(BIN)/python benchmarks/network.py)
	$(BIN)/pytest benchmarks/stages.py --benchmark-columns=median,iqr,rounds --benchmark-sort=name
	$(BIN)/python tools/readme_figures.py

LINE_BENCHMARKS := line repeat line_throughput line_computing twin_errors kills rot books_kills journal_writes log_in_the_books

bench-line: $(VENV)/dev.installed soak ## every published figure of the running line: an hour and a half on two quiet cores
	set -e; for name in $(LINE_BENCHMARKS); do $(BIN)/python benchmarks/$$name.py; done
	$(BIN)/python tools/readme_figures.py

soak: $(VENV)/dev.installed ## 100,000 fruit in virtual time: nothing lost, memory flat
	$(BIN)/python benchmarks/soak.py --fruit 100000

bench-api: $(VENV)/dev.installed ## the upstream interface: counts over a season, counts against the twin's trays, age of live events and pictures (minutes)
	set -e; for name in api_counts api_truth api_live live_picture; do $(BIN)/python benchmarks/$$name.py; done

fuzz: $(VENV)/dev.installed ## ten thousand requests that mean nothing, and schemathesis with as many examples (an hour)
	GRADER_FUZZ=300 $(BIN)/pytest tests/api/test_contract.py

torture: $(VENV)/dev.installed ## tracing back and forward over ten million fruit, and how it grows (2 GB of disk, some minutes)
	$(BIN)/python benchmarks/torture.py

pictures: $(VENV)/dev.installed ## draw the pictures of README and docs anew
	$(BIN)/python tools/draw_pictures.py

screens: $(VENV)/dev.installed $(PAGE) ## take the picture of the touchscreen anew
	$(BIN)/python tools/draw_touchscreen.py

bench-page: $(VENV)/dev.installed $(PAGE) ## the touchscreen's page: weight, first paint, memory over eight hours' messages (an hour and more)
	$(BIN)/python benchmarks/touchscreen.py
	$(BIN)/python benchmarks/touchscreen_memory.py

layouts: $(VENV)/runtime.installed ## draw the three layouts of the page Run that were judged against each other
	$(BIN)/python tools/draw_run_layouts.py

peers: $(VENV)/dev.installed $(PEERS)/installed ## time peers that need an environment of their own, far larger than ours
	$(BIN)/python benchmarks/peers/compare.py $(PEERS)/bin/python $(RENDERED)

# Blender as a Python module comes for one Python only and wants an older numpy than the station: an environment of its own.
RENDER := .cache/render
RENDER_PYTHON := python3.11
PLATES := 4096
PLATES_SEED := 1
RENDER_PROCESSES := 2
TRAIN := .cache/train

train-data: $(RENDER)/installed $(VENV)/runtime.installed ## path-trace pictures to train the network on, and pack them (hours; goes on where it stopped)
	nice -n 19 $(RENDER)/bin/python -m models.render_crops --seed $(PLATES_SEED) --count $(PLATES) --processes $(RENDER_PROCESSES)
	$(BIN)/python -m models.pack_plates

train: $(TRAIN)/installed ## train the network that reads each fruit (half an hour on two quiet cores); writes out/train/reader.onnx
	$(TRAIN)/bin/python -m models.training

int8: $(TRAIN)/installed ## would the network be faster in eight-bit integers?
	$(TRAIN)/bin/python -m models.training.int8

contact-sheet: $(VENV)/runtime.installed ## draw 48 of them side by side, with the outlines of their masks, to look at
	$(BIN)/python -m models.contact_sheet

UML := .cache/uml
test-hardware: $(VENV)/dev.installed $(PAGE) ## drivers against a kernel with virtual devices, units in a container (root; the first time builds them)
	tools/test_hardware.sh $(UML) .cache/station-root .cache/libcamera-root

lint: $(VENV)/dev.installed ## style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.installed $(VENV)/page.installed ## mypy, strict; the page's TypeScript, strict
	$(BIN)/mypy
	$(BIN)/python tools/build_page.py --check

contracts: $(VENV)/dev.installed ## imports point one way (docs/architecture.md)
	$(BIN)/lint-imports

locks: $(VENV)/dev.installed ## every locked package has a wheel for each Python and processor that we promise (asks the index)
	$(BIN)/python tools/check_locks.py

format: $(VENV)/dev.installed ## mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/dev.installed ## write the lock files anew from pyproject.toml (UPGRADE=--upgrade takes newer versions)
	$(UV_COMPILE) --group build --output-file requirements/runtime.txt
	$(UV_COMPILE) --group build --group test --group lint --constraint requirements/runtime.txt --output-file requirements/dev.txt
	$(subst pyproject.toml,--group pyproject.toml:page,$(UV_COMPILE)) --output-file requirements/page.txt
	$(UV_COMPILE) --group build --group test --group bench --constraint requirements/dev.txt --output-file requirements/bench.txt
	$(subst pyproject.toml,benchmarks/peers/requirements.in,$(UV_COMPILE)) --output-file benchmarks/peers/requirements.txt
	$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--custom-compile-command 'make lock' $(UPGRADE) models/requirements-render.in --output-file models/requirements-render.txt

hooks: $(VENV)/dev.installed ## run lint, types and contracts before each commit
	$(BIN)/pre-commit install

clean: ## remove the environment and the caches
	rm -rf $(VENV) station_ui/dist station_ui/node_modules .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

$(BIN)/python:
	tools/make_venv.sh $(VENV) $(PYTHON)

# Order-only: the interpreter behind .venv/bin/python is older than any file here.
$(VENV)/runtime.installed: requirements/runtime.txt pyproject.toml | $(BIN)/python
	$(INSTALL_LOCKED) requirements/runtime.txt
	$(INSTALL_GRADER)
	@touch $@

$(VENV)/dev.installed: requirements/dev.txt $(VENV)/runtime.installed
	$(INSTALL_LOCKED) requirements/dev.txt
	@touch $@

$(VENV)/page.installed: requirements/page.txt $(VENV)/runtime.installed
	$(INSTALL_LOCKED) requirements/page.txt
	@touch $@

$(VENV)/bench.installed: requirements/bench.txt $(VENV)/dev.installed
	$(INSTALL_LOCKED) requirements/bench.txt
	@touch $@

$(PEERS)/installed: benchmarks/peers/requirements.txt | $(BIN)/python
	$(BIN)/python -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

$(TRAIN)/installed: requirements/runtime.txt models/requirements-train.txt
	tools/make_venv.sh $(TRAIN) $(PYTHON)
	$(TRAIN)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/runtime.txt
	$(TRAIN)/bin/python -m pip install --quiet --disable-pip-version-check -r models/requirements-train.txt
	@touch $@

$(RENDER)/installed: models/requirements-render.txt
	tools/make_venv.sh $(RENDER) $(RENDER_PYTHON)
	$(RENDER)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: -r $<
	@touch $@
