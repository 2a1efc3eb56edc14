"""Which training has which place on which GPU of a machine: no more trainings than fit, each on one GPU.

A place is a lock on a file. The system takes a lock back when the process that holds it ends, however it ends, so that
nothing is left behind which a later training would wait for.
"""

import fcntl
import gc
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

# Seconds between two looks for a free place.
PATIENCE = 0.5


def list_gpus() -> list[str]:
    """The GPUs that this process may use, by names that CUDA knows and that are the same in every process."""
    command = ["nvidia-smi", "--query-gpu=index,uuid", "--format=csv,noheader"]
    try:
        lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        lines = []
    found = dict(line.split(", ") for line in lines if line.count(", ") == 1)
    if "CUDA_VISIBLE_DEVICES" not in os.environ:
        return list(found.values())
    given = [name.strip() for name in os.environ["CUDA_VISIBLE_DEVICES"].split(",")]
    return [found.get(name, name) for name in given if name and not name.startswith("-")]


class Place:
    """A part of a GPU, `held` of `shares` equal ones, until it is left or the process ends.

    gpu : name of the GPU
    shares : how many trainings may share a GPU
    folder : of the files that are locked, the same for all trainings on the machine
    """

    def __init__(self, gpu: str, shares: int, folder: Path):
        self.gpu, self.shares, self.folder = gpu, shares, folder
        self._locks: dict[int, int] = {}

    @property
    def held(self) -> int:
        """How many shares it has."""
        return len(self._locks)

    def try_to_take(self) -> bool:
        """Take a share that is free, unless somebody waits for several; whether there was one."""
        turn = self._lock("turn")
        if turn is None:
            return False
        try:
            return self._take_one()
        finally:
            os.close(turn)

    def widen(self) -> bool:
        """Hold twice as many shares, so that fewer trainings are beside this one; False where it has all of them.

        It waits until so many are free. Nobody else takes one meanwhile.
        """
        if self.held == self.shares:
            return False
        wanted = min(2 * self.held, self.shares)
        self.leave()  # two that wait for each other's shares would wait for ever
        while (turn := self._lock("turn")) is None:
            time.sleep(PATIENCE)
        try:
            while self.held < wanted:
                if not self._take_one():
                    time.sleep(PATIENCE)
        finally:
            os.close(turn)
        return True

    def leave(self) -> None:
        """Give all shares back."""
        while self._locks:
            os.close(self._locks.popitem()[1])

    def _take_one(self) -> bool:
        for share in range(self.shares):
            if share not in self._locks and (lock := self._lock(str(share))) is not None:
                self._locks[share] = lock
                return True
        return False

    def _lock(self, name: str) -> int | None:
        """A lock of this GPU, as the open file that holds it; None where another process has it."""
        path = self.folder / f"{self.gpu.replace('/', '_')}.{name}.lock"
        file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return None
        return file


def take_place(gpus: Sequence[str], shares: int, report: Callable, folder: Path | None = None) -> Place:
    """A share of the GPU where the fewest are taken; it waits, after a line by `report`, until there is one.

    CUDA then sees that GPU alone. It has to be called before CUDA is.
    """
    folder = folder or Path(tempfile.gettempdir()) / f"gagru-gpus-{os.getuid()}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    told = False
    while True:
        for place in sorted((Place(gpu, shares, folder) for gpu in gpus), key=count_taken):
            if place.try_to_take():
                os.environ["CUDA_VISIBLE_DEVICES"] = place.gpu
                return place
        if not told:
            report(f"waits for a place on a GPU (training.per_gpu is {shares})")
            told = True
        time.sleep(PATIENCE)


def count_taken(place: Place) -> int:
    """How many shares of the place's GPU others hold at the moment."""
    taken = 0
    for share in range(place.shares):
        lock = place._lock(str(share))
        if lock is None:
            taken += 1
        else:
            os.close(lock)
    return taken


def run_in_place(place: Place | None, work: Callable, full: type[Exception], report: Callable):
    """What `work()` returns. Where the GPU's memory is full it is called again with fewer trainings beside it.

    full : the error that says so; raised when the training has all of the GPU, or no place
    """
    while True:
        try:
            return work()
        except full:
            if place is None or place.held == place.shares:
                raise
            beside = place.shares - min(2 * place.held, place.shares)
        report(f"the GPU's memory is full: goes on with at most {beside} other trainings on it (training.per_gpu)")
        gc.collect()  # what the failed attempt has on the GPU
        place.widen()
