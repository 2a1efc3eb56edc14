"""A workflow to run."""

import pytest
from running import Workflow


@pytest.fixture
def workflow(tmp_path):
    """A workflow that has made nothing yet."""
    return Workflow(tmp_path / "results of a café")
