# What a person types. `make setup` installs into .venv; everything else uses it.
#     make setup PYTHON=python3.13      with this Python: 3.11, 3.12 or 3.13; by default the first that is found
#     make setup TORCH=cpu              PyTorch for the CPU; or TORCH=cuda; by default as an NVIDIA driver is seen

BIN := .venv/bin
DOCKER ?= docker
INSTALL = python=$$(sh tools/find_python.sh $(PYTHON)) && $$python -m tools.install $(if $(TORCH),--torch $(TORCH))

# Snakemake keeps a cache below the home directory. Who has none keeps it here.
ifneq ($(shell test -w "$$HOME" && echo yes),yes)
export XDG_CACHE_HOME ?= $(CURDIR)/.snakemake/cache
endif

.NOTPARALLEL:
.PHONY: demo demo-full report resume setup setup-test test test-long lint benchmark bad-input config rulegraph readme-figures lock image clean

demo: setup  ## run the workflow on the embedded synthetic corpora
	$(BIN)/snakemake --quiet rules host
	@echo "Made from synthetic speech: results/table1.csv table2.csv figure1.pdf figure2.pdf figure3.pdf audit.md"

demo-full: setup  ## the same and the open choices, about three times as long
	$(BIN)/snakemake --configfile config/demo_full.yaml --quiet rules host

report: setup  ## run what is missing, then write results/report.html; ARGS as for resume
	$(BIN)/python -m gagru.workflow.again $(ARGS)
	$(BIN)/python -m gagru.workflow.again $(ARGS) --report results/report.html

resume: setup  ## go on after a workflow was killed; ARGS are snakemake's, as in ARGS="--cores 8 --configfile mine.yaml"
	$(BIN)/python -m gagru.workflow.resume $(ARGS)

setup:  ## install the workflow into .venv, exactly as locked
	@$(INSTALL)

setup-test:  ## and what the tests need
	@$(INSTALL) --tests

# In the order of the folders: the cluster's tests, which wait a lot, begin early.
test: setup-test  ## run every test but the long ones
	$(BIN)/python -m pytest -m "not long" -n 2 --dist loadscope --no-loadscope-reorder

test-long: setup-test  ## the tests that take many minutes, with what they count; ARGS are pytest's
	$(BIN)/python -m pytest -m long -rP $(ARGS)

lint: setup-test  ## the checks of style that the tests make too
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile rules && $(BIN)/snakemake --lint

benchmark: setup-test  ## time the claims of benchmarks/, side by side
	$(BIN)/python -m benchmarks

bad-input: setup-test  ## write docs/bad_input.md, what the workflow says to every kind of bad input
	PYTHONPATH=. $(BIN)/python tests/workflow/bad_input.py > docs/bad_input.md

config: setup  ## write what the code declares into config.yaml and config/schema.yaml, and every key into config/README.md
	$(BIN)/python -m tools.settings
	$(BIN)/python -m tools.configuration_page

rulegraph: setup-test  ## write the graph of the rules in docs/method.md
	$(BIN)/python -m tools.readme rules

readme-figures: demo setup-test  ## write the demo's table and pictures in README.md
	$(BIN)/python -m tools.readme demo

lock: setup  ## resolve requirements*.txt, and write the lock files and envs/; ARGS=--upgrade takes the newest versions
	$(BIN)/python -m tools.lock $(ARGS)

image:  ## build a container image of the workflow, ga-gru; DOCKER=podman where that is what you have
	$(DOCKER) build $(if $(TORCH),--build-arg TORCH=$(TORCH)) --tag ga-gru .

clean:  ## remove everything the workflow made
	rm -rf .snakemake $(filter-out results/.gitkeep,$(wildcard results/*))
