"""The digests of the package, and how they change in a copy of it."""

import shutil
import subprocess
import sys
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location

import pytest

from gagru.workflow.sources import ROOT, collect_closure, digest_sources, find_module

SYSTEMS = ("svm", "dnn", "bigru_att", "ga_gru")
# What each case asks for: a program and the modules that it imports by name.
CASES = {
    **{system: ("train_fold", f"gagru.systems.{system}") for system in SYSTEMS},
    "folds": ("make_folds",),
    "iemocap": ("index_corpus", "gagru.corpora.iemocap"),
    "emodb": ("index_corpus", "gagru.corpora.emodb"),
    "demo": ("make_demo_corpus",),
    "table": ("table",),
}


def digests(root):
    """Case -> digest, of the package below `root`, by its own `sources.py` with nothing remembered."""
    spec = spec_from_file_location("copied_sources", root / "gagru" / "workflow" / "sources.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: module.digest_sources(*case) for name, case in CASES.items()}


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A copy of the package, and its digests."""
    root = tmp_path_factory.mktemp("copy")
    for folder in ("gagru", "workflow_scripts"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return root, digests(root)


@contextmanager
def edited(path, text):
    """The file at `path` with `text` at its end."""
    content = path.read_text()
    path.write_text(content + text)
    yield
    path.write_text(content)


def names(program, *modules):
    """The files that a digest is made of, as text."""
    files = set(collect_closure(ROOT / "workflow_scripts" / f"{program}.py"))
    for module in modules:
        files |= collect_closure(find_module(module))
    return {path.relative_to(ROOT).as_posix() for path in files}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("gagru/systems/ga_gru.py", {"ga_gru"}),
        ("gagru/systems/svm.py", {"svm"}),
        ("gagru/systems/dnn.py", {"dnn"}),
        ("gagru/systems/bigru_att.py", {"bigru_att", "ga_gru"}),
        ("gagru/systems/network.py", {"dnn", "bigru_att", "ga_gru"}),
        ("gagru/training/loop.py", {"dnn", "bigru_att", "ga_gru"}),
        ("gagru/layers/graph.py", {"ga_gru"}),
        ("gagru/task/systems.py", {"table"}),
        ("gagru/experiment/job.py", set(SYSTEMS)),
        ("gagru/corpora/emodb.py", {"emodb"}),
        ("gagru/corpora/tree.py", {"iemocap", "emodb", "table"}),  # the table says what was left out
        ("gagru/demo/layouts.py", {"demo"}),
        ("gagru/data/folds.py", {*SYSTEMS, "folds"}),
        ("gagru/task/errors.py", set(CASES)),
        ("gagru/figures/figure3.py", set()),
        ("gagru/workflow/configuration.py", set()),
        ("workflow_scripts/train_fold.py", set(SYSTEMS)),
    ],
)
def test_a_changed_file_changes_the_digests_of_what_uses_it_and_no_others(original, changed, expected):
    root, before = original
    with edited(root / changed, "\n# changed\n"):
        after = digests(root)
    assert {case for case in CASES if before[case] != after[case]} == expected


def test_a_digest_does_not_depend_on_where_the_package_lies(original):
    assert original[1] == {name: digest_sources(*case) for name, case in CASES.items()}


def test_a_new_file_counts_from_when_it_is_imported(original):
    root, before = original
    (root / "gagru" / "extra.py").write_text("X = 1\n")
    assert digests(root) == before
    with edited(root / "gagru" / "systems" / "svm.py", "\n\ndef later():\n    from gagru.extra import X\n"):
        imported = digests(root)
        (root / "gagru" / "extra.py").write_text("X = 2\n")
        changed = digests(root)
    assert len({before["svm"], imported["svm"], changed["svm"]}) == 3
    assert {**changed, "svm": before["svm"]} == before


def test_registries_are_not_in_the_training_closure():
    files = names("train_fold", *(f"gagru.systems.{system}" for system in SYSTEMS))
    assert "gagru/systems/stored.py" in files
    assert not files & {"gagru/task/systems.py", "gagru/features/registry.py", "gagru/workflow/configuration.py"}


def test_the_demo_is_not_in_the_closure_of_the_index():
    files = names("index_corpus", "gagru.corpora.iemocap", "gagru.corpora.msp_improv")
    assert "gagru/corpora/index.py" in files
    assert not files & {"gagru/demo/plan.py", "gagru/demo/layouts.py", "gagru/corpora/emodb.py"}


def test_what_python_really_imports_is_in_the_closure():
    code = "import sys, make_folds, gagru.systems.svm; print(*(name for name in sys.modules if name[:5] == 'gagru'))"
    path = f"{ROOT}:{ROOT / 'workflow_scripts'}"
    command = [sys.executable, "-B", "-c", code]
    output = subprocess.run(command, env={"PYTHONPATH": path}, capture_output=True, text=True, check=True).stdout
    really = {find_module(name).relative_to(ROOT).as_posix() for name in output.split()}
    assert "gagru/data/folds.py" in really
    assert really <= names("make_folds", "gagru.systems.svm")


def test_the_file_of_a_module_a_package_and_nothing():
    assert find_module("gagru.data.folds") == ROOT / "gagru" / "data" / "folds.py"
    assert find_module("gagru.systems") == ROOT / "gagru" / "systems" / "__init__.py"
    assert find_module("gagru.nothing") is None
