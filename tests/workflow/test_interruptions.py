"""Workflows that are killed, and what `make resume` (`python -m gagru.workflow.resume`) makes of them."""

import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from running import SMALL, Workflow, programs, same_bytes

from gagru.storage.files import PREFIX

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds what to kill in Linux's /proc")
# Long enough to be killed while it trains.
SLOW = SMALL.replace("max_epochs: 2", "max_epochs: 2000, patience: 2000")
KILLS = 24


def wait_for(condition, seconds=120):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return found


@pytest.fixture
def copy(finished, tmp_path):
    """(name) -> a copy of what the small configuration made, so that only what a test changes is made anew."""

    def make(name):
        shutil.copytree(finished.folder, tmp_path / name)
        return Workflow(tmp_path / name, cores=2)

    return make


@pytest.fixture
def killed(copy):
    return copy("killed")


def test_a_job_ends_with_its_killed_workflow_and_cannot_write_over_the_next_ones_results(killed, finished):
    slow = killed.configure(SLOW)
    target = "results/iemocap/ga_gru/seed0/Ses01F/predictions.parquet"
    run = killed.start(target, "--configfile", slow)
    checkpoint = (killed.folder / target).with_name("checkpoint.safetensors")
    wait_for(checkpoint.exists)
    orphans = programs(killed.folder)
    run.kill()  # Snakemake alone
    run.wait()
    assert orphans
    small = killed.configure(SMALL)  # other settings: what the orphan makes must not pass for theirs
    assert killed.resume(target, "--configfile", small) == 0, killed.log()
    assert programs(killed.folder) == []
    assert "of other settings, data or code, so it is not used" in killed.log()
    assert (killed.folder / target).read_bytes() == (finished.folder / target).read_bytes()
    assert not checkpoint.exists()


def test_a_killed_training_goes_on_where_it_was_and_ends_with_the_same_bytes(killed, copy):
    longer = SMALL.replace("max_epochs: 2", "max_epochs: 20, patience: 20")
    target = "results/iemocap/ga_gru/seed0/Ses01F/predictions.parquet"
    run = killed.start(target, "--configfile", killed.configure(longer))
    wait_for((killed.folder / target).with_name("checkpoint.safetensors").exists)
    os.killpg(run.pid, signal.SIGKILL)  # everything at once
    run.wait()
    assert killed.resume(target, "--configfile", str(killed.folder / "mine.yaml")) == 0, killed.log()
    assert "goes on after epoch" in killed.log()
    whole = copy("whole")
    assert whole.start(target, "--configfile", whole.configure(longer)).wait() == 0, whole.log()
    assert killed.made() == whole.made()


def test_a_second_workflow_and_a_resumption_refuse_while_the_first_is_alive(killed):
    slow = killed.configure(SLOW)
    target = "results/iemocap/ga_gru/seed0/Ses01F/predictions.parquet"
    run = killed.start(target, "--configfile", slow)
    wait_for((killed.folder / target).with_name("checkpoint.safetensors").exists)
    second = killed(target, "--configfile", slow)
    assert second.returncode != 0
    assert "cannot be locked" in second.stdout + second.stderr
    assert killed.resume(target, "--configfile", slow) == 1
    assert "another workflow is alive here; wait for it, or end it and try again" in killed.log()
    assert run.poll() is None
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()


@pytest.mark.long
def test_killed_at_random_moments_it_ends_with_the_same_bytes_and_does_nothing_twice(tmp_path):
    whole, killed = Workflow(tmp_path / "whole", cores=2), Workflow(tmp_path / "killed", cores=2)
    start = time.monotonic()
    assert whole.start("--configfile", whole.configure(SMALL)).wait() == 0, whole.log()
    alone = time.monotonic() - start
    draw, settings = random.Random(0), killed.configure(SMALL)
    counts, kills, finished, module = Counter(), 0, {}, "snakemake"
    while kills < KILLS:
        run = killed.start("--configfile", settings, module=module)
        # Half of the kills while Snakemake starts or the first job runs, the others anywhere.
        moment = draw.choice([draw.uniform(1, 8), draw.uniform(1, alone / 3)])
        how = draw.choice(["SIGKILL", "SIGTERM", "SIGKILL of everything", "SIGTERM of everything"])
        try:
            assert run.wait(moment) == 0, killed.log()
        except subprocess.TimeoutExpired:
            kill(run, signal.SIGKILL if "KILL" in how else signal.SIGTERM, "everything" in how)
            kills += 1
            counts[how] += 1
            counts["jobs that outlived their Snakemake"] += len(programs(killed.folder))
        # What Snakemake has booked as done is not made again.
        booked = {path: path.stat().st_mtime_ns for path in done(killed.folder)}
        again = [path for path, made in finished.items() if booked.get(path) != made]
        assert again == [], how
        finished, module = booked, "gagru.workflow.resume"
        if run.returncode == 0:  # it ended before it was killed
            check_whole(killed, whole)
            counts["whole runs"] += 1
            shutil.rmtree(killed.folder / "results")
            shutil.rmtree(killed.folder / ".snakemake")
            finished, module = {}, "snakemake"
    assert killed.resume("--configfile", settings) == 0, killed.log()
    assert [path for path, made in finished.items() if path.stat().st_mtime_ns != made] == []
    print(f"{alone:.0f} s without kills; {kills} kills, {dict(counts)}")
    check_whole(killed, whole)


def kill(run, number, everything):
    """Send the signal to a workflow's Snakemakes, or to all that they started, too; wait until they have ended."""
    for process in [run.pid, *snakemakes(run.pid)]:
        with suppress(ProcessLookupError):  # ended in this moment
            os.kill(process, number)
    if everything:
        os.killpg(run.pid, number)
    run.wait()
    wait_for(lambda: not snakemakes(run.pid))


def check_whole(killed, whole):
    """Fail where what was killed did not end as what was left alone, or left something behind."""
    assert list(killed.folder.rglob(f"{PREFIX}*")) == list(killed.folder.rglob("checkpoint.safetensors")) == []
    same_bytes(killed.made(), whole.made(), "killed and resumed")


def snakemakes(session):
    """The numbers of the live Snakemakes of a session."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:  # it has ended
            continue
        if int(fields[3]) == session and fields[0] != "Z" and b"snakemake" in words:
            found.append(int(process.name))
    return found


def done(folder):
    """The files that Snakemake has booked as finished and not as incomplete."""
    import base64

    def booked(kind):
        records = folder / ".snakemake" / kind
        # The record of a file is named by the file; long names are cut into folders that begin with @.
        names = [path.relative_to(records).as_posix() for path in records.rglob("*") if path.is_file()]
        return {folder / base64.b64decode(name.replace("/@", "").replace("@", "")).decode() for name in names}

    return [path for path in booked("metadata") - booked("incomplete") if path.is_file()]
