"""What tests of several folders look at: a workflow that has run to its end, and a cluster."""

import pytest
from running import SMALL, Workflow
from single_node import CannotStart, SingleNode


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """The small configuration, run to its end once for all tests that only look at it."""
    workflow = Workflow(tmp_path_factory.mktemp("finished"))
    run = workflow("--configfile", workflow.configure(SMALL))
    assert run.returncode == 0, run.stdout + run.stderr
    return workflow


@pytest.fixture(scope="session")
def cluster():
    """A SLURM of one node; where there can be none, the tests that want it skip and say why."""
    try:
        with SingleNode() as cluster:
            yield cluster
    except CannotStart as problem:
        pytest.skip(str(problem))
