"""What the small configuration made on the cluster."""

import shutil
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from running import SMALL
from small_cluster import ACCOUNT
from submitting import ASK_SQUEUE, CancelATraining, StopATraining, Submitted, through_slurm

SHORT = "results/iemocap/{}/seed0/Ses01F/predictions.parquet"


@pytest.fixture(scope="session")
def being_cut_short(cluster, finished, tmp_path_factory) -> Future[Submitted]:
    """A run that goes on beside the others, since it waits more than a minute for the limit of time of a training.

    The first training of SVM gets too little memory, the first of GA-GRU one minute, and it never ends by itself.
    """
    folder = tmp_path_factory.mktemp("cut_short") / "copy"
    shutil.copytree(finished.folder, folder)
    targets = [SHORT.format(system) for system in ("svm", "ga_gru")]
    wanting = ["mem_mb=40 ** attempt if wildcards.system == 'svm' else 2000 * attempt"]
    wanting += ["runtime=1 if wildcards.system == 'ga_gru' and attempt == 1 else 240"]
    wanting += ["slurm_partition=gpu", f"slurm_account={ACCOUNT}"]
    arguments = [*targets, "--force", "--set-resources", *(f"train_fold:{each}" for each in wanting)]
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(through_slurm, cluster, folder, SMALL, *arguments, meanwhile=StopATraining("ga_gru"))


@pytest.fixture(scope="session")
def cut_short(being_cut_short, submitted) -> Submitted:
    """The same, when it has ended."""
    run = being_cut_short.result()
    print(run.job_list())
    return run


@pytest.fixture(scope="session")
def submitted(cluster, being_cut_short, tmp_path_factory) -> Submitted:
    """The small configuration through SLURM, where a GA-GRU's training was cancelled while it ran."""
    folder = tmp_path_factory.mktemp("submitted")
    run = through_slurm(cluster, folder, SMALL, *ASK_SQUEUE, meanwhile=CancelATraining())
    assert run.status == 0, run.said
    print(run.job_list())
    return run
