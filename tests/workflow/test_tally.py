"""How many jobs of a run are done, and how long the rest may take."""

import pytest

from gagru.workflow.tally import Job, Tally, read_progress


def train(system, fold, log=None, seed="0"):
    return Job("train_fold", {"place": "emodb", "system": system, "seed": seed, "fold": fold}, log)


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def tally(clock):
    """Four trainings of GA-GRU, one of SVM and a table, on two cores."""
    jobs = {number: train("ga_gru", f"{number:02d}") for number in (1, 2, 3, 4)}
    jobs |= {5: train("svm", "01"), 6: Job("table", {"table": "table_emodb"}, None)}
    return Tally(jobs, lanes=2, clock=clock)


def run(tally, clock, number, seconds):
    tally.start(number, tally.jobs[number])
    clock.now += seconds
    tally.finish(number)


def test_before_anything_was_measured_no_time_is_named(tally):
    tally.start(1, tally.jobs[1])
    assert tally.estimate_left() == (None, False)
    assert tally.describe() == "0 of 6 jobs"
    assert tally.describe_running() == "running: emodb ga_gru seed 0 01"


def test_a_job_takes_as_long_as_those_of_its_kind_did(tally, clock):
    run(tally, clock, 1, 100)
    run(tally, clock, 2, 200)
    run(tally, clock, 5, 8)
    run(tally, clock, 6, 4)
    # two of 150 s on two cores; other systems' times do not count
    assert tally.estimate_left() == (150, True)
    tally.start(3, tally.jobs[3])
    clock.now += 60
    assert tally.estimate_left() == (150, True)  # 90 + 150 on two, but the last one takes 150 itself
    tally.start(4, tally.jobs[4])
    clock.now += 120
    assert tally.estimate_left() == (30, True)  # the third is late already
    assert tally.describe() == "4 of 6 jobs, about 30.0 s left"
    assert tally.describe_running() == "running: emodb ga_gru seed 0 03, emodb ga_gru seed 0 04"


def test_what_was_not_measured_makes_it_more_than_that(tally, clock):
    run(tally, clock, 1, 100)
    assert tally.estimate_left() == (150, False)  # three of 100 on two cores; SVM and the table come on top
    assert tally.describe() == "1 of 6 jobs, more than 2 min 30 s left"


def test_a_short_job_counts_like_the_short_ones_before_it(clock):
    jobs = {1: Job("make_folds", {"place": "emodb"}, None), 2: Job("audit", {}, None), 3: Job("figure1", {}, None)}
    tally = Tally(jobs, lanes=1, clock=clock)
    run(tally, clock, 1, 3)
    assert tally.estimate_left() == (6, True)


def test_without_a_limit_as_many_run_side_by_side_as_did(tally, clock):
    tally.lanes = None
    for number in (1, 2):
        tally.start(number, tally.jobs[number])
    clock.now += 10
    tally.finish(1)
    tally.finish(2)
    assert tally.estimate_left() == (10, False)  # two of ten seconds, two at a time


def test_a_failed_job_is_counted_until_it_runs_again(tally):
    tally.start(1, tally.jobs[1])
    tally.fail(1)
    assert tally.describe() == "0 of 6 jobs, 1 failed"
    tally.start(1, tally.jobs[1])
    assert tally.describe() == "0 of 6 jobs"


def test_running_jobs_that_find_no_room_are_counted(tally):
    for number in (1, 2, 3):
        tally.start(number, tally.jobs[number])
    words = [f"emodb ga_gru seed 0 0{number}" for number in (1, 2, 3)]
    assert tally.describe_running() == f"running: {', '.join(words)}"
    assert tally.describe_running(len(tally.describe_running())) == tally.describe_running()
    assert tally.describe_running(60) == "running: emodb ga_gru seed 0 01 and 2 more"
    assert tally.describe_running(42) == "running: emodb ga_gru seed 0 01 and 2 more"
    assert tally.describe_running(41) == "running: 3"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ""),
        ("emodb ga_gru seed 0 03: goes on after epoch 4\n", ""),
        ("12:00:01 epoch 1 of at most 60: training loss 1\n12:00:04 epoch 12 of at most 60: training", "epoch 12/60"),
        ("Warning: x\n23:59:59 7 of 53 utterances, about 4.0 s left\n", "7/53 utterances"),
        (5000 * "x" + "\n12:00:01 epoch 3 of at most 60: é\n", "epoch 3/60"),
    ],
)
def test_how_far_a_job_is_stands_in_its_log(tmp_path, clock, text, told):
    log = tmp_path / "03.log"
    log.write_text(text, encoding="utf-8")
    assert read_progress(str(log)) == told
    tally = Tally({}, clock=clock)
    tally.start(1, train("ga_gru", "03", str(log)))
    assert tally.describe_running() == f"running: emodb ga_gru seed 0 03 {told}".rstrip()


def test_a_log_that_is_not_there_yet(tmp_path):
    assert read_progress(str(tmp_path / "03.log")) == read_progress(None) == ""
