"""The form of the workflow: lint, format, and the plan of the paper's whole experiment."""

import re
import subprocess
import sys
from collections import Counter

import pytest
import yaml
from running import ROOT

BIN = sys.executable.rsplit("/", 1)[0]


@pytest.mark.parametrize(
    "command",
    [
        ["snakemake", "--lint"],
        ["snakefmt", "--check", "Snakefile", "rules"],
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
    ],
    ids=" ".join,
)
def test_style(command):
    run = subprocess.run([f"{BIN}/{command[0]}", *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_papers_experiment_is_planned_whole_without_the_corpora(workflow):
    run = workflow("--configfile", str(ROOT / "config/paper.yaml"), "--dry-run", "--quiet")
    assert run.returncode == 0, run.stdout + run.stderr
    run = workflow("--configfile", str(ROOT / "config/paper.yaml"), "--dry-run")
    rules = Counter(line.split()[1].rstrip(":") for line in run.stdout.splitlines() if line.startswith("rule "))
    # 10 and 12 speakers; 9 systems, of which four share eGeMAPS and two the descriptors
    assert rules["train_fold"] == 9 * (10 + 12)
    assert rules["extract_features"] == rules["normalise_features"] == 5 * (10 + 12)
    assert rules["index_corpus"] == rules["make_folds"] == rules["table"] == 2
    assert rules["make_demo_corpus"] == 0


def test_seeds_multiply_the_networks_only(workflow):
    mine = workflow.configure("run: {seeds: [0, 1, 2]}")
    run = workflow("--configfile", str(ROOT / "config/paper.yaml"), mine, "--dry-run")
    rules = Counter(line.split()[1].rstrip(":") for line in run.stdout.splitlines() if line.startswith("rule "))
    assert rules["train_fold"] == (1 + 3 * 8) * (10 + 12)


def test_statistics_of_the_training_part_are_a_step_of_their_own(workflow):
    run = workflow("--configfile", workflow.configure("normalisation: {method: training_speakers}"), "--dry-run")
    rules = Counter(line.split()[1].rstrip(":") for line in run.stdout.splitlines() if line.startswith("rule "))
    assert rules["training_statistics"] == 5 * (4 + 4)


@pytest.mark.parametrize("program", sorted(path.stem for path in (ROOT / "workflow_scripts").glob("*.py")))
def test_programs_explain_themselves(program):
    command = [sys.executable, str(ROOT / f"workflow_scripts/{program}.py"), "--help"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(ROOT)})
    assert run.returncode == 0
    assert "usage:" in run.stdout


def test_a_table_of_its_own_name_is_a_target(workflow):
    run = workflow("results/table2.csv", "--dry-run")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "train_fold" in run.stdout
    assert "iemocap" not in run.stdout


def test_one_system_has_claims_and_a_check_but_nothing_to_be_compared_with(workflow):
    run = workflow("--configfile", workflow.configure("run: {corpora: [iemocap], systems: [svm]}"), "--dry-run")
    assert run.returncode == 0, run.stdout + run.stderr
    rules = Counter(line.split()[1].rstrip(":") for line in run.stdout.splitlines() if "rule " in line[:10])
    assert (rules["compare"], rules["claims"], rules["check"], rules["analyse_attention"]) == (0, 1, 1, 0)
    run = workflow("check", "--dry-run", "--configfile", str(workflow.folder / "mine.yaml"))
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_workflow_catalogue_is_told_what_holds():
    usage = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text(encoding="utf-8"))["usage"]
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "rules").glob("*.smk"))
    rules = re.split(r"^rule \w+:$", text, flags=re.MULTILINE)[1:]
    conda, container = ([f"\n    {word}:" in rule for rule in rules] for word in ("conda", "container"))
    deployment = usage["software-stack-deployment"]
    assert deployment["conda"] == all(conda)
    assert deployment["apptainer"] == deployment["apptainer+conda"] == any(container)
    assert usage["report"] == ("=report(" in text)
    assert usage["mandatory-flags"]["flags"] == ""
    assert usage.keys() == {"mandatory-flags", "software-stack-deployment", "report"}
    # Without these it is not listed: https://github.com/snakemake/snakemake-workflow-catalog
    assert (ROOT / "config/README.md").is_file()
    assert {"snakemake", "workflow"} <= set(
        re.findall(r"\w+", (ROOT / "README.md").read_text(encoding="utf-8").lower())
    )
