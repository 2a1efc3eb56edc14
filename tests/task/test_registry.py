"""The registries: what they say without importing anything is what the modules say."""

import subprocess
import sys

import pytest

from gagru.corpora.registry import reader
from gagru.features.registry import feature_set
from gagru.systems.loading import system_class, system_module
from gagru.task.corpora import READERS, printed
from gagru.task.errors import InputError
from gagru.task.features import FEATURE_SETS
from gagru.task.systems import SYSTEMS
from gagru.workflow.sources import ROOT, collect_closure, find_module

TABLES = ("gagru.task.systems", "gagru.task.corpora", "gagru.task.features")


@pytest.mark.parametrize("name", FEATURE_SETS)
def test_a_feature_set_has_the_rows_that_its_module_says(name):
    assert FEATURE_SETS[name].rows == feature_set(name).ROWS


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_system_hears_what_its_settings_say(name):
    default = system_module(name).SETTINGS["features"].default
    assert SYSTEMS[name].hears == FEATURE_SETS[default].rows


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_system_is_what_its_class_says(name):
    kind = system_class(name)
    assert (SYSTEMS[name].network, SYSTEMS[name].dialogs) == (kind.EARLY_STOPPING, kind.HISTORY)


@pytest.mark.parametrize(
    ("registry", "find", "near"),
    [(SYSTEMS, system_module, "network"), (READERS, reader, "audio"), (FEATURE_SETS, feature_set, "store")],
    ids=["systems", "readers", "feature sets"],
)
def test_a_name_that_there_is_not_is_the_same_kind_of_error(registry, find, near):
    with pytest.raises(InputError, match=rf"there is no {registry.kind} 'xyz'; choose from {', '.join(registry)}$"):
        registry["xyz"]
    for name in ("xyz", near, "../svm", ".svm", ""):  # `near` is a module that lies beside the members
        with pytest.raises(InputError, match=rf"there is no {registry.kind} '{name}': gagru/\w+/ has no {name}\.py"):
            find(name)
    for name in registry:
        assert find(name).__name__.endswith(f".{name}")


def test_the_tables_import_nothing_but_the_standard_library():
    code = (
        f"import sys; before = set(sys.modules); import {', '.join(TABLES)};"
        "print(sorted({name.split('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "['gagru']\n"


@pytest.mark.parametrize(
    ("program", "members"),
    [
        ("train_fold", [f"gagru.systems.{name}" for name in SYSTEMS]),
        ("extract_features", [f"gagru.features.{name}" for name in FEATURE_SETS]),
        ("index_corpus", [f"gagru.corpora.{name}" for name in READERS]),
    ],
)
def test_a_new_line_in_a_table_re_runs_no_job_of_the_other_members(program, members):
    files = collect_closure(ROOT / "workflow_scripts" / f"{program}.py").union(
        *(collect_closure(find_module(m)) for m in members)
    )
    assert len(files) > 5
    assert not files & {find_module(table) for table in TABLES}


def test_a_corpus_of_ones_own_is_printed_by_its_key():
    assert printed("iemocap", "mine", "manifest") == "IEMOCAP and mine and manifest"
