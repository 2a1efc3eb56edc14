"""`--use-conda`: what its environments hold, which Python runs the jobs, and that the results are those without it."""

import json
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest
from running import ROOT, SMALL, Workflow, same_bytes
from stand_in import StandIn

from tools.environments import ENVIRONMENTS, packages
from tools.imports import programs
from tools.locks import TORCH, canonical, read

CONDA = "--use-conda"


@pytest.fixture
def bare(tmp_path):
    """A stand-in whose environments hold a Python and nothing else."""
    return StandIn(tmp_path / "stand-in", bare=True)


def run(workflow, stand_in, *arguments: str, module: str = "snakemake", **variables: str):
    command = workflow.command(*arguments, module=module)
    environment = {**stand_in.environment(), "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def prefixes(workflow) -> dict[str, Path]:
    """Environment of envs/ -> where Snakemake made it."""
    content = {(ROOT / f"envs/{name}.yaml").read_text(): name for name in ENVIRONMENTS}
    copies = (workflow.folder / ".snakemake/conda").glob("*_.yaml")
    return {content[path.read_text()]: path.with_suffix("") for path in copies}


def test_a_job_runs_the_environments_python_whatever_is_first_in_path(workflow, bare, tmp_path):
    """It cannot import what .venv has; by the name `python` it would."""
    made = run(workflow, bare, "results/audit.csv", CONDA)
    (prefix,) = prefixes(workflow).values()
    assert made.returncode == 1
    log = (workflow.folder / "results/logs/audit.log").read_text()
    assert "ModuleNotFoundError" in log
    bare.note_programs(prefix)
    noted = tmp_path / "noted"
    noted.mkdir()
    run(workflow, bare, "results/audit.csv", CONDA, NOTED=str(noted))
    (note,) = noted.iterdir()
    executable, no_user_site, _, *arguments = note.read_text().splitlines()
    assert Path(executable).is_relative_to(prefix)
    assert no_user_site == "1"
    assert arguments[:2] == ["-s", str(ROOT / "workflow_scripts/audit.py")]


def test_the_users_site_changes_nothing_without_conda(workflow, bare):
    made = run(workflow, bare, "results/figure1.png")
    assert made.returncode == 0, made.stdout + made.stderr


def test_report_and_resume_are_run_as_the_workflow_was(workflow, bare):
    """With conda, if it was with conda; unless they are told otherwise."""
    run(workflow, bare, "results/audit.csv", CONDA)
    for module in ("gagru.workflow.again", "gagru.workflow.resume"):
        again = run(workflow, bare, "results/audit.csv", module=module)
        assert "As in the last run here: --software-deployment-method conda" in again.stdout
        assert "Activating conda environment" in again.stdout + again.stderr
    again = run(workflow, bare, "results/audit.csv", "--sdm", "env-modules", module="gagru.workflow.again")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "Activating conda" not in again.stdout + again.stderr


def test_a_run_without_conda_is_resumed_without(workflow, bare):
    assert run(workflow, bare, "results/audit.csv").returncode == 0
    again = run(workflow, bare, "results/audit.csv", "--forceall", module="gagru.workflow.resume")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "As in the last run" not in again.stdout


@pytest.mark.parametrize(("device", "environment"), [("auto", "training"), ("cuda", "training_cuda")])
def test_cuda_is_installed_for_those_who_train_with_it(workflow, bare, device, environment):
    arguments = ("--configfile", workflow.configure(f"training: {{device: {device}}}"), CONDA)
    planned = run(workflow, bare, "results/figure1.png", "--dry-run", *arguments)
    assert planned.returncode == 0, planned.stderr
    assert f"envs/{environment}.yaml will be created" in planned.stdout + planned.stderr


@pytest.fixture(scope="module")
def with_conda(tmp_path_factory):
    """The small configuration run to its end in the environments of envs/, and the notes of what they ran."""
    if sys.version_info[:2] != (3, 11):
        pytest.skip("the environments of envs/ are Python 3.11, and the stand-in copies this Python")
    folder = tmp_path_factory.mktemp("conda")
    stand_in, workflow = StandIn(folder / "stand-in"), Workflow(folder / "run")
    small = ("--configfile", workflow.configure(SMALL), CONDA)
    made = run(workflow, stand_in, "--conda-create-envs-only", *small)
    assert made.returncode == 0, made.stdout + made.stderr
    for prefix in prefixes(workflow).values():
        stand_in.note_programs(prefix)
    noted = folder / "noted"
    noted.mkdir()
    made = run(workflow, stand_in, *small, NOTED=str(noted))
    assert made.returncode == 0, made.stdout + made.stderr
    return workflow, [path.read_text().splitlines() for path in noted.iterdir()]


@pytest.mark.long
def test_environments_hold_what_is_locked_and_nothing_else(with_conda):
    """But for pip, and what comes with it."""
    workflow, _ = with_conda
    assert set(prefixes(workflow)) == {"features", "training", "reporting"}
    for name, prefix in prefixes(workflow).items():
        locked = {pin.name: pin.version for pin in packages(name, cuda=False)}
        if name == "training":
            locked["torch"] = next(pin.version for pin in read(TORCH["cpu"]) if pin.version.endswith("+cpu"))
        found = {canonical(one.metadata["Name"]): one.version for one in distributions(path=[site(prefix)])}
        strangers = found.keys() - locked.keys()
        assert "pip" in strangers <= {"pip", "setuptools", "wheel"}
        assert {package: found.get(package) for package in locked} == locked


def site(prefix: Path) -> str:
    return str(prefix / "lib/python3.11/site-packages")


@pytest.mark.long
def test_every_job_ran_by_its_environments_python(with_conda):
    workflow, notes = with_conda
    ran = {}
    for executable, no_user_site, *command in notes:
        assert no_user_site == "1"
        program = Path(command[2]).stem
        ran.setdefault(program, set()).add(Path(executable).parents[1])
    where = prefixes(workflow)
    expected = {program: {where[name]} for name in where for program in programs()[name]}
    optional = {"training_statistics", "choices", "compare"}  # what the small configuration does not ask for
    assert set(expected) - set(ran) <= optional
    assert ran == {program: expected[program] for program in ran}


@pytest.mark.long
def test_same_bytes_with_and_without_conda(with_conda, finished):
    """Of all but the versions: the environments have neither Snakemake nor each other's packages."""
    made, expected = (
        {name: digest for name, digest in one.made().items() if "provenance" not in name}
        for one in (with_conda[0], finished)
    )
    same_bytes(made, expected, "with conda and without")


@pytest.mark.long
def test_provenance_is_the_same_with_conda(with_conda, finished):
    made, expected = (
        json.loads((one.folder / "results/iemocap/ga_gru/seed0/Ses01F/provenance.json").read_text())
        for one in (with_conda[0], finished)
    )
    assert {**made, "measured": None} == {**expected, "measured": None}
