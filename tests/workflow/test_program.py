"""What the programs share, in processes of their own."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def python(code):
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)


def test_bad_input_is_one_line_and_exit_status_1():
    run = python(
        """
from gagru.task.errors import InputError
from gagru.workflow.program import run
def main():
    raise InputError("folds.csv: has no fold 'X'")
run(main)
"""
    )
    assert (run.returncode, run.stdout, run.stderr) == (1, "", "Error: folds.csv: has no fold 'X'\n")


def test_progress_is_printed_at_once_with_the_time_of_day():
    run = python(
        """
import os
from gagru.task.progress import PROGRESS
from gagru.workflow.program import run
def main():
    PROGRESS.info("3 of 7 utterances")
    os._exit(0)  # what is not written by now never is
run(main)
"""
    )
    assert re.fullmatch(r"\d\d:\d\d:\d\d 3 of 7 utterances\n", run.stdout)


def test_arguments_may_come_through_a_pipe():
    words = ["--speakers", '["a b", "é"]', "two\nlines", "", 200_000 * "x"]
    program = "import sys; from gagru.workflow.program import run; run(lambda: print(ascii(sys.argv[1:])))"
    given = "".join(f"{word}\0" for word in words).encode()
    run = subprocess.run([sys.executable, "-c", program, "-"], cwd=ROOT, input=given, capture_output=True, check=True)
    assert run.stdout.decode() == f"{words!a}\n"


WRITES = """
import sys, time
from gagru.storage.files import whole
from gagru.workflow.program import run
def main():
    with whole(sys.argv[1]) as temporary:
        temporary.write_text("half")
        print("writing", flush=True)
        time.sleep(60)
run(main)
"""


def test_a_program_that_is_asked_to_end_leaves_nothing_half_written(tmp_path):
    command = [sys.executable, "-c", WRITES, tmp_path / "table.csv"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        process.terminate()
        assert process.wait(timeout=30) == 143
    assert list(tmp_path.iterdir()) == []


def test_a_program_ends_with_the_workflow_that_started_it(tmp_path):
    command = [sys.executable, "-c", WRITES, tmp_path / "table.csv"]
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as workflow:
        environment = {**os.environ, "WORKFLOW": str(workflow.pid)}
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, env=environment) as process:
            process.stdout.readline()
            assert process.poll() is None
            workflow.kill()
            workflow.wait()
            assert process.wait(timeout=30) == 1
    assert not (tmp_path / "table.csv").exists()
