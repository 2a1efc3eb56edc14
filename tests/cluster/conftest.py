"""What the small configuration made on the cluster."""

import pytest
from running import SMALL
from submitting import CancelATraining, Submitted, through_slurm


@pytest.fixture(scope="session")
def submitted(cluster, tmp_path_factory) -> Submitted:
    """The small configuration through SLURM, where a GA-GRU's training was cancelled while it ran."""
    run = through_slurm(cluster, tmp_path_factory.mktemp("submitted"), SMALL, meanwhile=CancelATraining())
    assert run.status == 0, run.said
    print(run.job_list())
    return run
