"""Where corpora and results lie: full disks, read-only ones, and paths with blanks and letters outside ASCII.

The disks are mounts in a namespace of the run's own, which needs no privileges and is gone with it.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from bad_corpus import Corpus
from running import ROOT

from gagru.corpora.table import read_index
from gagru.features.store import read_features

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]
READ_ONLY = "cannot be written (Read-only file system); mount the disk so that it can be written"
SETTINGS = """
run: {corpora: [mine], systems: [svm]}
corpora: {mine: {reader: manifest, root: ROOT, validation: rotate}}
"""


def can_mount() -> bool:
    try:
        return subprocess.run([*NAMESPACE, "mount", "-t", "tmpfs", "none", "/mnt"], check=False).returncode == 0
    except OSError:
        return False


pytestmark = pytest.mark.skipif(not can_mount(), reason="no mounts in user namespaces here (unshare --user --mount)")


@pytest.fixture
def corpus(tmp_path):
    """A manifest and its audio, in a folder whose name the shell, YAML and Snakemake could take amiss."""
    return Corpus(tmp_path / 'Ärger & $Wut\'s \\ "März" (1)').audio_only()


def run(workflow, corpus, mount):
    """Run the workflow after the shell command `mount`: its exit status, what it said, and a copy of its results."""
    mine = workflow.configure(SETTINGS.replace("ROOT", json.dumps(str(corpus.manifest))))
    snakemake = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--cores", "1"]
    script = f'{mount}; set +e; "$@"; code=$?; cp -r results kept; exit $code'
    command = [*NAMESPACE, "sh", "-ec", script, "sh", *snakemake, "--configfile", mine]
    environment = {"corpus": str(corpus.folder), "PATH": PATH, "LC_ALL": "C.UTF-8"}
    (workflow.folder / "results").mkdir()
    done = subprocess.run(command, cwd=workflow.folder, env=environment, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert "Traceback" not in said, said
    return done.returncode, said, workflow.folder / "kept"


def test_a_corpus_on_read_only_storage_whose_path_is_no_plain_word(workflow, corpus):
    read_only = 'mount --bind "$corpus" "$corpus" && mount -o remount,bind,ro "$corpus" && ! touch "$corpus/x" 2>&-'
    code, said, kept = run(workflow, corpus, read_only)
    assert code == 0, said
    assert (kept / "table_mine.csv").is_file()


def test_a_full_disk_is_named_and_nothing_half_written_is_left(workflow, corpus):
    # Logs and run times lie on a disk with room, so that a result is the first file that has none.
    small = "mount -t tmpfs -o size=64k none results && mkdir -p room results/logs results/benchmarks"
    others = "mount --bind room results/logs && mount --bind room results/benchmarks"
    code, said, kept = run(workflow, corpus, f"{small} && {others}")
    assert code != 0
    assert re.search(r"results/\S+: cannot be written \(No space left on device\); make room on the disk", said)
    made = [path.relative_to(kept) for path in kept.rglob("*") if path.is_file()]
    results = [path for path in made if path.parts[0] not in ("logs", "benchmarks")]
    assert Path("mine/index.parquet") in results
    assert not any(part.startswith(".") for path in results for part in path.parts)
    for path in (path for path in results if path.suffix == ".parquet"):
        (read_index if "index" in (path.stem, path.parent.name) else read_features)(kept / path)


def test_results_that_may_not_be_written_are_named(workflow, corpus):
    code, said, kept = run(workflow, corpus, "mount --bind results results && mount -o remount,bind,ro results")
    assert code != 0
    assert f"results/.writable: {READ_ONLY}, and try again" in said
    assert list(kept.iterdir()) == []


def test_a_folder_that_may_not_be_written_is_named(workflow, corpus):
    here = 'mount --bind "$PWD" "$PWD" && mount -o remount,bind,ro "$PWD" && cd "$PWD"'
    code, said, _ = run(workflow, corpus, here)
    assert code != 0
    assert f"/.snakemake/alive: {READ_ONLY}, or work in another folder with `--directory`" in said


def test_a_demo_corpus_that_the_disk_cannot_take_is_named_and_not_begun(tmp_path):
    program = f'"{sys.executable}" "{ROOT}/workflow_scripts/make_demo_corpus.py" --reader iemocap --out disk/demo'
    script = f"mkdir disk; mount -t tmpfs -o size=64k none disk; {program}; find disk -mindepth 1"
    run = subprocess.run(
        [*NAMESPACE, "sh", "-c", script], cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "PATH": PATH}, capture_output=True
    )
    assert run.stderr.decode().startswith("Error: disk/demo: cannot be written (No space left on device); make room")
    assert run.stdout == b""


def test_a_program_that_may_not_write_names_the_file(tmp_path):
    corpus = Corpus(tmp_path / "corpus").audio_only()
    corpus.index = tmp_path / "no folder" / "index.parquet"
    corpus.index.parent.write_text("a file")
    said = corpus.index_corpus()
    assert "no folder/index.parquet: cannot be written (File exists); a file lies where a folder must be" in said
