"""The conda environments and the lock files agree, and hold exactly what the workflow's programs need."""

import importlib.metadata
import re

import pytest
import yaml
from packaging.requirements import Requirement

from tools import environments, imports, locks
from tools.locks import ROOT, TESTS, TORCH, WORKFLOW, canonical, closure, read

ENVIRONMENTS = ("features", "training", "reporting")
# As on the machine where the results are made; the environments' Python.
LINUX = {
    "sys_platform": "linux",
    "platform_machine": "x86_64",
    "python_version": "3.11",
    "python_full_version": "3.11.7",
}


def environment(name: str) -> dict:
    return yaml.safe_load((ROOT / "envs" / f"{name}.yaml").read_text(encoding="utf-8"))


def pinned(name: str) -> dict[str, str]:
    """Distribution -> exact version of everything that pip installs into an environment on Linux."""
    lines = [Requirement(line) for line in environment(name)["dependencies"][-1]["pip"]]
    if name == "training":
        script = (ROOT / "envs/training.post-deploy.sh").read_text(encoding="utf-8")
        lines += [Requirement(line) for line in re.findall(r"^(torch==.*) \\$", script, re.MULTILINE)]
    lines = [line for line in lines if line.marker is None or line.marker.evaluate(LINUX)]
    return {canonical(line.name): str(line.specifier).removeprefix("==") for line in lines}


def named(file: str) -> set[str]:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return {canonical(line.strip()) for line in lines if line.strip() and not line.startswith("#")}


def test_envs_are_as_the_program_writes_them():
    """`make lock` was run after the last change of an import, a rule or a requirement."""
    assert {path: path.read_text(encoding="utf-8") for path in environments.files()} == environments.files()
    assert set((ROOT / "envs").iterdir()) == set(environments.files())


@pytest.mark.parametrize("name", [*ENVIRONMENTS, "training_cuda"])
def test_conda_brings_python_and_pip_alone(name):
    content = environment(name)
    assert content["channels"] == ["conda-forge"]
    assert content["dependencies"][:-1] == ["python=3.11", "pip"]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_what_is_pinned_is_what_is_installed_here(name):
    """The environments hold the versions of .venv, PyTorch's build for the CPU included, wherever this is Linux."""
    installed = {package: importlib.metadata.version(package) for package in pinned(name)}
    if not installed.get("torch", "+cpu").endswith("+cpu"):
        installed["torch"] += "+cpu"
    assert pinned(name) == installed


@pytest.mark.parametrize("name", [*ENVIRONMENTS, "training_cuda"])
def test_an_environment_needs_nothing_that_it_does_not_pin(name):
    """By what the installed distributions themselves say that they require; setuptools is part of any."""
    pins = pinned(name)
    for package in pins:
        try:
            required = importlib.metadata.requires(package) or []
        except importlib.metadata.PackageNotFoundError:
            assert locks.CUDA.fullmatch(package)  # not installed where PyTorch is for the CPU
            continue
        for line in map(Requirement, required):
            if line.marker is None or line.marker.evaluate(LINUX | {"extra": ""}):
                assert canonical(line.name) in pins, f"{package} needs {line}"
                assert line.specifier.contains(pins[canonical(line.name)], prereleases=True), f"{package} needs {line}"


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_environment_holds_what_its_programs_import(name):
    imported = {package for program in imports.programs()[name] for package in imports.needed(program)}
    assert imported <= set(pinned(name))
    required = {canonical(pin.name) for pin in closure(imported, read(WORKFLOW, TORCH["cuda"]))}
    assert set(pinned(name)) <= required


def test_imports_of_a_program():
    """Read off the modules: what trains the networks, and what a page is made with."""
    assert {"torch", "scikit-learn", "safetensors", "pyarrow", "numpy"} <= imports.needed("train_fold")
    assert "torch" not in imports.needed("html_page")
    assert "markdown-it-py" in imports.needed("html_page")
    assert "opensmile" in imports.needed("extract_features")


def test_every_program_runs_in_one_environment():
    found = [program for programs in imports.programs().values() for program in programs]
    assert sorted(found) == sorted(path.stem for path in (ROOT / "workflow_scripts").glob("*.py"))


def test_requirements_are_locked():
    workflow, tests = ({pin.name for pin in read(name)} for name in (WORKFLOW, TESTS))
    assert named("requirements.txt") <= workflow | {"torch"}
    assert named("requirements-test.txt") <= workflow | tests


def test_what_the_workflow_imports_is_required():
    programs = set().union(*imports.programs().values())
    assert set().union(*map(imports.needed, programs)) <= named("requirements.txt")


@pytest.mark.parametrize("file", [WORKFLOW, TESTS, *TORCH.values()])
def test_every_pin_has_hashes(file):
    pins = read(file)
    assert pins
    assert all("--hash=sha256:" in pin.text for pin in pins)
    text = (ROOT / file).read_text(encoding="utf-8")
    assert len(pins) == len(re.findall(r"^[a-z]", text, re.MULTILINE))


def test_no_package_is_locked_twice():
    names = [pin.name for pin in read(WORKFLOW, TESTS, TORCH["cuda"])]
    assert len(names) == len(set(names))


def test_pytorch_is_the_same_release_in_both_builds():
    cpu = {pin.version for pin in read(TORCH["cpu"])}
    (cuda,) = {pin.version for pin in read(TORCH["cuda"]) if pin.name == "torch"}
    assert cpu == {f"{cuda}+cpu", cuda}  # Linux's, and that of macOS


def test_without_cuda_nothing_of_nvidia_is_installed():
    assert [pin.name for pin in read(WORKFLOW, TESTS, TORCH["cpu"]) if locks.CUDA.fullmatch(pin.name)] == []
    assert [pin.name for pin in read(TORCH["cuda"]) if pin.name.startswith("nvidia-")]
