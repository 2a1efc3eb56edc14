"""A cluster of one node, and what the small configuration made there and here."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "workflow"))

from running import SMALL
from single_node import CannotStart, SingleNode
from submitting import CancelATraining, Submitted, here, through_slurm


@pytest.fixture(scope="session")
def cluster():
    """The cluster; where there can be none, the tests that want it skip and say why."""
    try:
        with SingleNode() as cluster:
            yield cluster
    except CannotStart as problem:
        pytest.skip(str(problem))


@pytest.fixture(scope="session")
def local(tmp_path_factory):
    """Digests of what the small configuration makes without SLURM."""
    return here(tmp_path_factory.mktemp("local"), SMALL)


@pytest.fixture(scope="session")
def submitted(cluster, tmp_path_factory) -> Submitted:
    """The small configuration through SLURM, where a GA-GRU's training was cancelled while it ran."""
    run = through_slurm(cluster, tmp_path_factory.mktemp("submitted"), SMALL, meanwhile=CancelATraining())
    assert run.status == 0, run.said
    return run
