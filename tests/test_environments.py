"""The conda environments hold the locked versions of exactly what the programs of their rules import."""

import ast
import re
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("features", "training", "reporting")
# Imported name -> distribution, where they differ.
DISTRIBUTIONS = {"sklearn": "scikit-learn", "yaml": "PyYAML", "markdown_it": "markdown-it-py"}
# Programs choose these modules by name when they run, so no import statement leads there.
CHOSEN_BY_NAME = {
    "index_corpus": "corpora/*.py",
    "extract_features": "features/*.py",
    "train_fold": "systems/*.py",
    "analyse_attention": "systems/ga_gru.py",
}
RULE = re.compile(r"^rule \w+:\n((?:(?:    .*)?\n)+)", re.MULTILINE)


def canonical(name: str) -> str:
    """A distribution's name as PyPI compares it: `safetensors`, `scikit-learn`, `pyyaml`."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> dict[str, str]:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonical(name): version for name, version in pins}


def environment(name: str) -> dict:
    return yaml.safe_load((ROOT / "envs" / f"{name}.yaml").read_text(encoding="utf-8"))


def pins(name: str) -> dict[str, str]:
    """Distribution -> exact version of everything in an environment but Python and pip themselves."""
    found = {}
    for entry in environment(name)["dependencies"]:
        words = [line.split("==") for line in entry["pip"]] if isinstance(entry, dict) else [entry.split("=")]
        found |= {canonical(package): "=".join(version) for package, *version in words}
    return {package: version for package, version in found.items() if package not in ("python", "pip")}


def programs(name: str) -> set[str]:
    """The programs of all rules that run in an environment."""
    found = set()
    for path in (ROOT / "rules").glob("*.smk"):
        for body in RULE.findall(path.read_text(encoding="utf-8")):
            if f'"../envs/{name}.yaml"' in body:
                found |= set(re.findall(r'"program (\w+)', body))
    return found


def imports(path: Path) -> set[str]:
    """Dotted names of all that a source imports, wherever in the file; `from a import b` gives `a` and `a.b`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def third_party(program: str) -> set[str]:
    """The distributions that a program imports, itself or through the package."""
    waiting = [ROOT / "workflow_scripts" / f"{program}.py"]
    waiting += (ROOT / "gagru").glob(CHOSEN_BY_NAME[program]) if program in CHOSEN_BY_NAME else []
    seen, found = set(), set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        for name in imports(path):
            top = name.partition(".")[0]
            if top == "gagru":
                module = ROOT.joinpath(*name.split(".")).with_suffix(".py")
                waiting += [module] if module.is_file() else []
            elif top not in sys.stdlib_module_names:
                found.add(canonical(DISTRIBUTIONS.get(top, top)))
    return found


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_pins_are_those_of_the_lock_file(name):
    lock = locked()
    assert pins(name) == {package: lock.get(package) for package in pins(name)}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_python_and_channels(name):
    content = environment(name)
    assert content["channels"] == ["conda-forge", "nodefaults"]
    assert "python=3.11" in content["dependencies"]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_environment_holds_exactly_what_its_programs_import(name):
    needed = set().union(*(third_party(program) for program in programs(name)))
    assert set(pins(name)) == needed


def test_every_program_runs_in_one_environment():
    found = [program for name in ENVIRONMENTS for program in programs(name)]
    assert sorted(found) == sorted(path.stem for path in (ROOT / "workflow_scripts").glob("*.py"))


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-test.txt"])
def test_requirements_are_locked(file):
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    names = {canonical(line.strip()) for line in lines if line.strip() and not line.startswith("#")}
    assert names <= set(locked())


def test_what_the_workflow_imports_is_required():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    required = {canonical(line) for line in lines}
    assert set().union(*(pins(name) for name in ENVIRONMENTS)) <= required
