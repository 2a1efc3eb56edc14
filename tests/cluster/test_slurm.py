"""The SLURM profile on a real SLURM: the same bytes, what jobs ask for, what becomes of those that do not finish."""

import shutil

import pytest
from running import SMALL, Workflow, same_bytes
from small_cluster import ACCOUNT, CONTROL_GROUPS
from submitting import start, through_slurm

LOCAL_RULES = ["make_demo_corpus", "index_corpus", "make_folds", "evaluate_system", "table", "figure", "audit"]
OUT_OF_MEMORY = "OUT_OF_MEMORY" if CONTROL_GROUPS else "FAILED"
LOCAL_RULES += ["provenance", "run_times", "html_page"]


def asked(job):
    """CPUs, memory, and limit of time of a job, as SLURM has them."""
    return job["NumCPUs"], job["MinMemoryNode"], job["TimeLimit"]


def gpus(job):
    """What a job asks of GPUs, by `--gpus` or `--gres`."""
    return job.get("TresPerJob") or job.get("TresPerNode")


def test_every_result_is_byte_identical_to_a_local_run(submitted, finished):
    assert len(submitted.made) > 100
    same_bytes(submitted.made, finished.made(), "SLURM")


def test_jobs_ask_for_what_the_profile_says(submitted):
    # four speakers of a feature set one after the other, 30 minutes of extraction and 10 of normalising each
    assert [asked(job) for job in submitted.of("features")] == [("1", "2000M", "02:40:00")] * 2
    assert {asked(job) for job in submitted.of("train_fold_wildcards_iemocap_svm")} == {("1", "2000M", "04:00:00")}
    assert len(submitted.of("train_fold_wildcards_iemocap_svm")) == 4
    assert [asked(job) for job in submitted.of("analyse_attention")] == [("1", "2000M", "01:00:00")]
    assert [job["Comment"] for rule in LOCAL_RULES for job in submitted.of(rule)] == []


def test_no_job_asks_for_a_gpu_that_the_configuration_does_not_want(submitted):
    assert len(submitted.jobs) > 10
    assert {gpus(job) for job in submitted.jobs} == {None}


def test_a_cancelled_job_is_reported_and_submitted_again_with_more_memory_and_time(submitted):
    states = {job["JobId"]: job["JobState"] for job in submitted.jobs}
    (cancelled,) = [job for job in submitted.jobs if job["JobState"] == "CANCELLED"]
    assert set(states.values()) == {"COMPLETED", "CANCELLED"}
    assert f"SLURM-job '{cancelled['JobId']}' failed, SLURM status is: 'CANCELLED'" in submitted.said
    first, second = submitted.of(cancelled["Comment"])
    assert asked(first) == ("1", "2000M", "04:00:00")
    assert asked(second) == ("1", "4000M", "08:00:00")
    assert second["JobState"] == "COMPLETED"


@pytest.fixture(scope="module")
def failed(cluster, submitted):
    """Two trainings of a configuration that wants a GPU, and a learning rate with which no network learns."""
    wanting = SMALL.replace("hidden: 8", "hidden: 8, lr: 1.0e+30") + "training: {device: cuda}\n"
    targets = [f"results/iemocap/{system}/seed0/Ses01F/predictions.parquet" for system in ("svm", "ga_gru")]
    return through_slurm(cluster, submitted.folder, wanting, *targets, "--force")


def test_a_gpu_is_asked_for_where_the_configuration_wants_one(failed):
    assert [gpus(job) for job in failed.of("ga_gru")] == ["gres:gpu:1"] * 2
    assert [gpus(job) for job in failed.of("svm")] == [None]


def test_a_failing_job_brings_its_log_to_the_user_and_stops_nothing_else(failed):
    log = (failed.folder / "results/logs/iemocap/ga_gru/seed0/Ses01F.log").read_text(encoding="utf-8")
    assert failed.status != 0
    assert log.splitlines()[-1].startswith("Error: ")
    assert log.splitlines()[-1] in failed.said
    assert [job["JobState"] for job in failed.of("svm")] == ["COMPLETED"]
    assert [job["JobState"] for job in failed.of("ga_gru")] == ["FAILED", "FAILED"]


def test_jobs_run_on_both_nodes_and_in_the_partition_they_ask_for(submitted, cut_short, cluster):
    assert {job["NodeList"] for job in submitted.jobs} == set(cluster.nodes)
    assert {job["Partition"] for job in submitted.jobs} == {"all"}
    assert {(job["Partition"], job["NodeList"], job["Account"]) for job in cut_short.jobs} == {
        ("gpu", cluster.nodes[1], ACCOUNT)
    }


def test_a_job_that_runs_out_of_time_is_submitted_again_with_more_and_goes_on(cut_short, cluster):
    first, second = cut_short.of("ga_gru")
    assert cluster.booked(first["JobId"], "State", "Timelimit") == ["TIMEOUT", "00:01:00"]
    assert cluster.booked(second["JobId"], "State", "Timelimit") == ["COMPLETED", "04:00:00"]
    assert f"SLURM-job '{first['JobId']}' failed, SLURM status is: 'TIMEOUT'. Reason: " in cut_short.said


def test_a_job_that_runs_out_of_memory_is_submitted_again_with_more(cut_short, cluster):
    first, second = cut_short.of("svm")
    assert cluster.booked(first["JobId"], "State", "ReqMem") == [OUT_OF_MEMORY, "40M"]
    assert cluster.booked(second["JobId"], "State", "ReqMem") == ["COMPLETED", "1600M"]
    assert f"SLURM-job '{first['JobId']}' failed, SLURM status is: '{OUT_OF_MEMORY}'. Reason: " in cut_short.said


def test_what_was_cut_short_ends_as_what_was_not(cut_short, finished):
    assert cut_short.status == 0, cut_short.said
    same_bytes(cut_short.made, finished.made(), "cut short by SLURM")


@pytest.mark.long
def test_a_job_that_outlives_its_killed_snakemake_cannot_damage_the_next_ones_results(
    cluster, submitted, finished, tmp_path
):
    workflow = Workflow(tmp_path / "killed")
    shutil.copytree(submitted.folder, workflow.folder, dirs_exist_ok=True)
    target = "results/iemocap/ga_gru/seed0/Ses01F/predictions.parquet"
    run = start(cluster, workflow, SMALL.replace("max_epochs: 2", "max_epochs: 20000, patience: 20000"), target)
    assert cluster.wait((workflow.folder / target).with_name("checkpoint.safetensors").exists)
    run.kill()
    run.wait()
    (orphan,) = [job["JobId"] for job in cluster.jobs(workflow.folder) if job["JobState"] == "RUNNING"]
    small = ("--configfile", workflow.configure(SMALL))
    assert workflow.resume(target, *small) == 1
    assert "another workflow is alive here" in workflow.log()
    # On another node than the orphan's, flock(2) may not tell; then whoever begins a fold last owns it.
    assert workflow(target, *small, "--unlock").returncode == 0
    next_one = through_slurm(cluster, workflow.folder, SMALL, target, "--rerun-incomplete")
    assert next_one.status == 0, next_one.said
    assert cluster.wait(lambda: cluster.booked(orphan, "State") == ["FAILED"])
    same_bytes(workflow.made(), finished.made(), "a job outlived its Snakemake")


@pytest.mark.long
def test_the_whole_demo_is_byte_identical_to_a_local_run(cluster, tmp_path):
    run = through_slurm(cluster, tmp_path / "submitted", "{}")
    assert run.status == 0, run.said
    print(run.job_list())
    local = Workflow(tmp_path / "local", cores=2)
    alone = local("--configfile", local.configure("{}"))
    assert alone.returncode == 0, alone.stdout + alone.stderr
    same_bytes(run.made, local.made(), "the whole demo through SLURM")
