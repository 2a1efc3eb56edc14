"""Workflows to run: an empty one, and one that has run to its end."""

import pytest
from running import SMALL, Workflow


@pytest.fixture
def workflow(tmp_path):
    """A workflow that has made nothing yet."""
    return Workflow(tmp_path / "results of a café")


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """The small configuration, run to its end once for all tests that only look at it."""
    workflow = Workflow(tmp_path_factory.mktemp("finished"))
    run = workflow("--configfile", workflow.configure(SMALL))
    assert run.returncode == 0, run.stdout + run.stderr
    return workflow
