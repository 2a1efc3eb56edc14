"""The cluster that tests of several folders run on."""

import pytest
from single_node import CannotStart, SingleNode


@pytest.fixture(scope="session")
def cluster():
    """A SLURM of one node; where there can be none, the tests that want it skip and say why."""
    try:
        with SingleNode() as cluster:
            yield cluster
    except CannotStart as problem:
        pytest.skip(str(problem))
