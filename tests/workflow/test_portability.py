"""The workflow where what only Linux has is not there, as on macOS."""

import os
import shutil
import subprocess
import sys

from running import ROOT, Workflow

# Read by every Python with the folder of this file in PYTHONPATH: Snakemake and the programs of its jobs. psutil, by
# which Snakemake measures, has its own ways on macOS.
WITHOUT = """
import builtins, io, os, sys

for name in ("sched_getaffinity", "sched_setaffinity", "posix_fadvise", "memfd_create", "pidfd_open"):
    if hasattr(os, name):
        delattr(os, name)

opened = io.open


def open_elsewhere(file, *arguments, **options):
    caller = sys._getframe(1).f_globals.get("__name__", "")
    if str(file).startswith(("/proc", "/sys", "/dev/shm")) and not caller.startswith("psutil"):
        raise FileNotFoundError(2, "No such file or directory", str(file))
    return opened(file, *arguments, **options)


builtins.open = io.open = open_elsewhere
"""
SVM = """
run: {corpora: [iemocap], systems: [svm]}
"""


def test_a_table_is_made_without_what_only_linux_has(tmp_path):
    ignore = shutil.ignore_patterns(".git", ".venv", "results", ".snakemake", "__pycache__")
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT, checkout, ignore=ignore)
    (checkout / "sitecustomize.py").write_text(WITHOUT)
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    code = "import os; assert not hasattr(os, 'sched_getaffinity'); open('/proc/cpuinfo')"
    absent = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert "FileNotFoundError" in absent.stderr

    workflow = Workflow(tmp_path / "run")
    command = workflow.command("results/table1.csv", "results/figure1.pdf", root=checkout)
    command += ["--configfile", workflow.configure(SVM)]
    made = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    assert (workflow.folder / "results/table1.csv").is_file()
    assert (workflow.folder / "results/figure1.pdf").is_file()
