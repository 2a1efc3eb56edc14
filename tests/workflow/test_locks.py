"""File systems with locks of their own kind, and without: flock(2) as they answer it, put before the C library's."""

import errno
import os
import shutil
import subprocess
import sys

import pytest
from running import ROOT

# WITHOUT_LOCKS is the error that every lock ends in. Without it locks are an NFSv4 client's, which locks a range of
# bytes instead: to share one the file must be open for reading, to have it alone for writing.
FLOCK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>

int flock(int file, int operation) {
    const char *without = getenv("WITHOUT_LOCKS");
    int mode = fcntl(file, F_GETFL) & O_ACCMODE;
    errno = without ? atoi(without) : EBADF;
    if (without || ((operation & LOCK_SH) && mode == O_WRONLY) || ((operation & LOCK_EX) && mode == O_RDONLY))
        return -1;
    return ((int (*)(int, int))dlsym(RTLD_NEXT, "flock"))(file, operation);
}
"""
CODES = ["ENOSYS", "ENOLCK", "EBADF", "EOPNOTSUPP", "EINVAL", "EACCES"]
ALIVE = """
import time
from gagru.workflow.resume import announce_workflow
file = announce_workflow()
print("alive", flush=True)
time.sleep(60)
"""
BOTH = """
from pathlib import Path
from gagru.workflow.resume import announce_workflow, refuse_while_alive
file = announce_workflow()
refuse_while_alive(Path())
"""
COMPILER = shutil.which("cc") or shutil.which("gcc")
pytestmark = [
    pytest.mark.skipif(COMPILER is None, reason="no C compiler here"),
    pytest.mark.skipif(sys.platform != "linux", reason="LD_PRELOAD is Linux's"),
]


@pytest.fixture(scope="module")
def flock(tmp_path_factory):
    folder = tmp_path_factory.mktemp("flock")
    (folder / "flock.c").write_text(FLOCK)
    subprocess.run([COMPILER, "-shared", "-fPIC", "-o", "flock.so", "flock.c", "-ldl"], cwd=folder, check=True)
    return str(folder / "flock.so")


@pytest.fixture
def nfs(flock, monkeypatch):
    """Programs started here lock files as on NFSv4."""
    monkeypatch.setenv("LD_PRELOAD", flock)


@pytest.fixture(params=CODES)
def without(request, nfs, monkeypatch):
    """Programs started here cannot lock files; what the system says then."""
    code = getattr(errno, request.param)
    monkeypatch.setenv("WITHOUT_LOCKS", str(code))
    return os.strerror(code)


def run(program, folder):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", program], cwd=folder, env=environment, capture_output=True, text=True)


def test_the_library_answers_as_nfs_does(nfs, tmp_path):
    program = "import fcntl; fcntl.flock(open('x', MODE), fcntl.LOCK_SH)"
    assert "OSError: [Errno 9] Bad file descriptor" in run(program.replace("MODE", "'a'"), tmp_path).stderr
    assert run(program.replace("MODE", "'a+'"), tmp_path).returncode == 0


def test_on_nfs_a_dry_run_works_and_nothing_is_missing(nfs, workflow):
    done = workflow("results/audit.csv", "--dry-run")
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "cannot be locked" not in said


def test_on_nfs_a_resumption_is_refused_while_a_workflow_is_alive(nfs, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", ALIVE]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        refused = run(BOTH, tmp_path).stderr
        process.kill()
    assert "another workflow is alive here" in refused


def test_without_locks_it_goes_on_and_says_once_what_is_missing(without, tmp_path):
    done = run(BOTH, tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"files cannot be locked here ({without})" in done.stderr
    assert "`make resume` cannot tell whether another workflow is alive" in done.stderr
    assert done.stderr.count("Warning") == 1


def test_without_locks_a_workflow_runs_and_is_resumed(nfs, workflow, monkeypatch):
    monkeypatch.setenv("WITHOUT_LOCKS", str(errno.ENOLCK))
    done = workflow("results/audit.csv")
    assert done.returncode == 0, done.stderr
    assert (done.stdout + done.stderr).count("cannot be locked") == 1
    assert workflow.resume("results/audit.csv") == 0
    assert workflow.log().count("cannot be locked") == 1
    assert "another workflow is alive here" not in workflow.log()
