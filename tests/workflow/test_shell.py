"""The shell commands of the rules: options, and the function that runs a program."""

import os
import subprocess
import sys

import pytest

from gagru.workflow.shell import write_options, write_prefix


def shell(command: str, **environment: str) -> subprocess.CompletedProcess:
    environment = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=environment, check=False)


@pytest.fixture
def root(tmp_path):
    """A folder, whose name has what a shell takes apart, with a program that prints its arguments."""
    folder = tmp_path / "it's a folder & more"
    (folder / "workflow_scripts").mkdir(parents=True)
    (folder / "workflow_scripts/say.py").write_text("import sys\nprint(sys.argv[1:], sys.executable)\n")
    return folder


def prefix(root, in_conda=False):
    """As the shell gets it, after Snakemake formatted it."""
    return write_prefix(root, in_conda).format()


def test_options_are_text_or_json_and_quoted_for_the_shell():
    text = write_options(note="it's", settings={"b": 1, "a": [None, True]}, left_out="x")
    assert (
        shell(f"printf '%s|' {text}").stdout == """--note|it's|--settings|{"a": [null, true], "b": 1}|--left-out|x|"""
    )


def test_two_swapped_values_are_another_text():
    assert write_options(first=1, second=2) != write_options(first=2, second=1)


def test_a_program_runs_by_the_python_of_snakemake(root):
    done = shell(prefix(root) + "program say \"two words\" --x '*'")
    assert done.stdout == f"['two words', '--x', '*'] {sys.executable}\n"


def test_a_program_runs_by_the_python_of_its_environment(root, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").symlink_to(sys.executable)
    done = shell(prefix(root, in_conda=True) + "program say x", CONDA_PREFIX=str(tmp_path))
    assert str(tmp_path / "bin/python") in done.stdout


def test_a_program_that_fails_before_a_pipe_fails_the_command(root):
    (root / "workflow_scripts/fail.py").write_text("raise SystemExit(3)")
    assert shell(prefix(root) + "program fail | cat").returncode == 3


def test_progress_is_kept_in_the_log_and_what_else_is_said_is_passed_on(root, tmp_path):
    lines = [
        "12:05:09 epoch 3 of at most 9",
        r"Warning: 12:05:09  a\tb*",
        "",
        "  Error: no such file",
        "  - 09:00:00 x",
    ]
    (root / "workflow_scripts/tell.py").write_text(f"import sys\nprint({chr(10).join(lines)!r}, end='')\nsys.exit(7)\n")
    done = shell(prefix(root) + f"program tell 2>&1 | tee {tmp_path}/log | hide_progress")
    assert done.stdout.splitlines() == lines[1:]
    assert (tmp_path / "log").read_text().splitlines() == lines
    assert done.returncode == 7


def test_long_arguments_come_through_a_pipe(root):
    (root / "workflow_scripts/read.py").write_text(
        "import sys\nprint(sys.argv[1:], [len(word) for word in sys.stdin.read().split(chr(0))])"
    )
    (root / "command").write_text(prefix(root) + f"program read {'x' * 150_000} y")
    done = subprocess.run(["bash", str(root / "command")], capture_output=True, text=True, check=True)
    assert done.stdout == "['-'] [150000, 1, 0]\n"
