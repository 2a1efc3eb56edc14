"""Places on GPUs that are not there: files are locked all the same."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gagru.training import places
from gagru.training.places import Place, list_gpus, run_in_place, take_place

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys
from pathlib import Path
from gagru.training.places import take_place
place = take_place(["A", "B"], 2, lambda line: print(line, flush=True), Path(sys.argv[1]))
print(place.gpu, flush=True)
sys.stdin.read()
"""


class Full(Exception):
    """Stands for PyTorch's error that a GPU's memory is full."""


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    monkeypatch.setattr(places, "PATIENCE", 0.01)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "A,B")


@pytest.fixture
def hold(tmp_path):
    """Start a process that takes a place and keeps it; it and the first line that it prints."""
    started = []

    def start():
        command = [sys.executable, "-c", HOLDER, str(tmp_path)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
        started.append(process)
        return process, process.stdout.readline().strip()

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_places_are_spread_over_the_gpus_and_one_of_a_killed_process_is_free_at_once(hold):
    held = [hold() for _ in range(4)]
    assert sorted(gpu for _, gpu in held[:2]) == ["A", "B"]
    assert sorted(gpu for _, gpu in held) == ["A", "A", "B", "B"]
    fifth, said = hold()
    assert said == "waits for a place on a GPU (training.per_gpu is 2)"
    killed, gpu = held[1]
    os.kill(killed.pid, signal.SIGKILL)
    assert fifth.stdout.readline().strip() == gpu


def test_cuda_sees_the_gpu_of_the_place_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "A,B")
    first = take_place(["A", "B"], 1, print, tmp_path)
    assert os.environ["CUDA_VISIBLE_DEVICES"] == first.gpu == "A"
    assert take_place(["A", "B"], 1, print, tmp_path).gpu == "B"


def test_who_wants_several_shares_gets_them_when_they_are_free(tmp_path):
    one, other = (Place("A", 4, tmp_path) for _ in range(2))
    assert one.try_to_take()
    assert other.try_to_take()
    assert one.widen()
    assert (one.held, other.held) == (2, 1)
    other.leave()
    assert one.widen()
    assert one.held == 4
    assert not one.widen()
    assert not other.try_to_take()
    one.leave()
    assert other.try_to_take()


@pytest.mark.parametrize(("shares", "failures", "held"), [(4, 1, 2), (4, 2, 4), (3, 2, 3), (1, 0, 1)])
def test_full_memory_is_tried_again_with_fewer_beside(tmp_path, shares, failures, held):
    place, lines, attempts = Place("A", shares, tmp_path), [], []
    assert place.try_to_take()

    def work():
        attempts.append(place.held)
        if len(attempts) <= failures:
            raise Full
        return "done"

    assert run_in_place(place, work, Full, lines.append) == "done"
    assert place.held == held
    assert len(lines) == failures
    if lines:
        beside = shares - min(2, shares)
        assert lines[0] == (
            f"the GPU's memory is full: goes on with at most {beside} other trainings on it (training.per_gpu)"
        )


@pytest.mark.parametrize("place", [True, False], ids=["all of a GPU", "no place"])
def test_full_memory_with_nobody_beside_is_an_error(tmp_path, place):
    alone = take_place(["A"], 1, print, tmp_path) if place else None

    def work():
        raise Full

    with pytest.raises(Full):
        run_in_place(alone, work, Full, print)


@pytest.fixture
def nvidia_smi(tmp_path, monkeypatch):
    """A stand-in that knows of two GPUs."""
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\nprintf '0, GPU-aa\\n1, GPU-bb\\n'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize(
    ("visible", "expected"),
    [
        (None, ["GPU-aa", "GPU-bb"]),
        ("1", ["GPU-bb"]),
        ("1,0", ["GPU-bb", "GPU-aa"]),
        ("GPU-bb", ["GPU-bb"]),
        ("", []),
        ("-1", []),
    ],
)
def test_gpus_have_the_same_name_in_every_process(nvidia_smi, monkeypatch, visible, expected):
    if visible is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    else:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert list_gpus() == expected


def test_a_machine_without_a_driver_has_no_gpus(monkeypatch, tmp_path):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert list_gpus() == []
