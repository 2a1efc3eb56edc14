# What a person types. `make setup` installs into .venv; everything else uses it.

PYTHON ?= python3.11
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: demo demo-full report resume setup test test-long lint benchmark bad-input config-readme rulegraph readme-figures lock clean

demo: setup  ## run the workflow on the embedded synthetic corpora
	$(BIN)/snakemake --quiet rules host
	@echo "Made from synthetic speech: results/table1.csv table2.csv figure1.pdf figure2.pdf figure3.pdf audit.md"

demo-full: setup  ## the same and the open choices, about three times as long
	$(BIN)/snakemake --configfile config/demo_full.yaml --quiet rules host

report: setup  ## run what is missing, then write results/report.html; ARGS as for resume
	$(BIN)/snakemake $(ARGS)
	$(BIN)/snakemake $(ARGS) --report results/report.html

resume: setup  ## go on after a workflow was killed; ARGS are snakemake's, as in ARGS="--cores 8 --configfile mine.yaml"
	$(BIN)/python -m gagru.workflow.resume $(ARGS)

setup: .venv/installed  ## install the workflow into .venv, exactly as locked

# In the order of the folders: the cluster's tests, which wait a lot, begin early.
test: .venv/installed-test  ## run every test but the long ones
	$(BIN)/python -m pytest -m "not long" -n 2 --dist loadscope --no-loadscope-reorder

test-long: .venv/installed-test  ## the tests that take many minutes, with what they count; ARGS are pytest's
	$(BIN)/python -m pytest -m long -rP $(ARGS)

lint: .venv/installed-test  ## the checks of style that the tests make too
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile rules && $(BIN)/snakemake --lint

benchmark: .venv/installed-test  ## time the claims of benchmarks/, side by side
	$(BIN)/python -m benchmarks

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: requirements.lock requirements.txt | .venv/bin/python
	$(PIP) install --quiet --constraint requirements.lock --requirement requirements.txt
	touch $@

.venv/installed-test: .venv/installed requirements-test.txt
	$(PIP) install --quiet --constraint requirements.lock --requirement requirements-test.txt
	touch $@

bad-input: .venv/installed-test  ## write docs/bad_input.md, what the workflow says to every kind of bad input
	PYTHONPATH=. $(BIN)/python tests/workflow/bad_input.py > docs/bad_input.md

config-readme: .venv/installed  ## write config/README.md, every key of the configuration, from config/schema.yaml
	$(BIN)/python -m tools.configuration_page

rulegraph: .venv/installed-test  ## write the graph of the rules in docs/method.md
	$(BIN)/python -m tools.readme rules

readme-figures: demo .venv/installed-test  ## write the demo's table and pictures in README.md
	$(BIN)/python -m tools.readme demo

lock:  ## resolve requirements*.txt anew in an empty environment and pin what comes out
	rm -rf .venv-lock && $(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet torch==2.13.0
	.venv-lock/bin/python -m pip install --quiet -r requirements.txt -r requirements-test.txt
	sed -n '/^#/p' requirements.lock > .venv-lock/lock
	.venv-lock/bin/python -m pip freeze | sed 's/+cpu$$//' >> .venv-lock/lock
	mv .venv-lock/lock requirements.lock && rm -rf .venv-lock

clean:  ## remove everything the workflow made
	rm -rf .snakemake $(filter-out results/.gitkeep,$(wildcard results/*))
