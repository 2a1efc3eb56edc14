"""What a run will cost, by hand, from speech and speeds that are given."""

from collections import Counter

import pytest

from gagru.task.errors import InputError
from gagru.workflow.configuration import read_configuration
from gagru.workflow.plan.estimate import Cost, Forecast, add_up, count_epochs, name_key, schedule
from gagru.workflow.plan.jobs import PlannedJob, read_wildcards
from gagru.workflow.plan.speech import Speech, divide, upsample
from gagru.workflow.plan.throughput import read_measured, repeat

SESSIONS = {"A": None, "B": None, "C": None}


@pytest.fixture
def speech():
    return {
        "A": Speech(12, 24.0, 20.0, Counter(anger=6, sadness=4)),
        "B": Speech(10, 30.0, 30.0, Counter(anger=5, sadness=5)),
        "C": Speech(20, 50.0, 40.0, Counter(anger=15, sadness=5)),
    }


def test_a_fold_is_divided_as_its_corpus_says(speech):
    train, validation, test = divide(speech, "A", SESSIONS, "rotate", 0.1)
    assert (train, validation, test) == (speech["C"], speech["B"], speech["A"])
    train, validation, test = divide(speech, "C", SESSIONS, "random", 0.1)
    assert train.task_seconds == pytest.approx(45)
    assert validation.task_seconds == pytest.approx(5)
    train, validation, test = divide(speech, "C", SESSIONS, "oracle", 0.1)
    assert (train.task_utterances, validation, test) == (20, speech["C"], speech["C"])


def test_doubled_utterances_are_trained_on_too(speech):
    doubled = upsample(speech["C"], ["sadness"])
    assert doubled.task_utterances == 30
    assert doubled.task_seconds == pytest.approx(40 * 30 / 20)
    assert upsample(speech["C"], []).task_seconds == 40


@pytest.mark.parametrize(
    ("changed", "usual", "most"),
    [
        ({}, 23, 100),  # at its best after 13, and 10 of patience
        ({"max_epochs": 20}, 20, 20),
        ({"patience_steps": 150}, 43, 100),  # 300 utterances are 5 steps, so 30 epochs of patience
        ({"min_steps": 101}, 31, 100),  # and 101 steps are 21 epochs
    ],
)
def test_epochs(changed, usual, most):
    settings = {"batch_size": 64, "max_epochs": 100, "patience": 10} | changed
    assert count_epochs(settings, 300) == (usual, most)


def test_time_on_cores_is_that_of_stages_one_after_the_other():
    rules = {"index_corpus": [4], "extract_features": [10, 10, 10], "train_fold": [60], "table": [2]}
    costs = [(PlannedJob(rule, {}), Cost(each, 2 * each)) for rule, seconds in rules.items() for each in seconds]
    costs += 2 * [(PlannedJob("train_fold", {}), Cost(50, 100, gpu_seconds=49, gpu_at_most=99))]
    # Snakemake's own 3 s
    assert schedule(costs, cores=1, gpus=1) == (3 + 4 + 30 + 160 + 2, 3 + 2 * (4 + 30 + 160 + 2))
    assert schedule(costs, cores=2, gpus=1)[0] == 3 + 4 + 20 + 100 + 2  # two are trained on the one GPU
    assert schedule(costs, cores=3, gpus=3)[0] == 3 + 4 + 10 + 60 + 2


def test_costs_add_up_but_memory_is_that_of_the_largest_job():
    total = add_up([Cost(1, 2, 3, 4, 5, 60), Cost(10, 20, 30, 40, 50, 6)])
    assert total == Cost(11, 22, 33, 44, 55, 60)


def test_wildcards_are_read_from_a_dry_run():
    text = (
        "    jobid: 3\n    wildcards: place=choices/emodb/stop_on=loss,validation=oracle, system=svm, seed=0, fold=03\n"
    )
    assert read_wildcards(text) == {
        "place": "choices/emodb/stop_on=loss,validation=oracle",
        "system": "svm",
        "seed": "0",
        "fold": "03",
    }
    assert read_wildcards("    jobid: 3\n") == {}


def test_what_is_repeated_is_measured_by_what_it_did():
    class Clock:
        now = 0.0

        def __call__(self):
            return self.now

    clock = Clock()

    def work():
        clock.now += 2.0
        return 4.0

    assert repeat(work, 5, clock) == 0.5
    assert clock.now == 2 + 6  # one to warm up, three to fill 5 s


def test_speed_does_not_depend_on_when_training_ends():
    one = {"hidden": 8, "lr": 0.1, "patience": 3, "max_epochs": 9}
    assert name_key("system", "dnn", one) == name_key("system", "dnn", one | {"patience": 5, "max_epochs": 3})
    assert name_key("system", "dnn", one) != name_key("system", "dnn", one | {"hidden": 9})


def test_a_damaged_file_of_measurements_has_a_remedy(tmp_path):
    assert read_measured(tmp_path / "none.json") == {}
    (tmp_path / "half.json").write_text('{"start')
    with pytest.raises(InputError, match=r"half.json: cannot be read .*; delete it, and measure again"):
        read_measured(tmp_path / "half.json")


def test_a_training_and_an_extraction_by_hand():
    """The demo's Ses01F: 281 utterances of four speakers, of 2 s; the partner validates."""
    forecast = Forecast(read_configuration([]))
    wildcards = {"place": "iemocap", "system": "ga_gru", "seed": "0", "fold": "Ses01F"}
    training = PlannedJob("train_fold", wildcards)
    extraction = PlannedJob("extract_features", {"place": "iemocap", "feature_set": "lld", "speaker": "Ses01F"})
    tasks = forecast.list_tasks([training, extraction])
    assert [" ".join(key.split()[:2]) for key in tasks] == [
        "start features",
        "start training",
        "start reporting",
        "features lld",
        "system ga_gru",
    ]
    speeds = {
        "start": {"start": 1.0, "memory_mb": 100.0},
        "features": {"seconds": 0.5, "rows": 20.0, "columns": 78, "bytes": 1000.0, "memory_mb": 150.0},
        "system": {"train": 0.2, "predict": 0.1, "device": "cpu", "bytes": 5e6, "memory_mb": 300.0},
    }
    measured = {key: speeds[key.split()[0]] for key in tasks}

    # 71 utterances of 142 s; besides its start a job costs Snakemake 0.15 s
    cost = forecast.estimate(extraction, measured)
    assert cost.seconds == cost.at_most == pytest.approx(1.15 + 0.5 * 142)
    assert cost.disk == pytest.approx(142_000, abs=20_000)

    # trained on 70 + 69 utterances, validated on 71, tested on 71; 13 + 5 of 20 epochs
    cost = forecast.estimate(training, measured)
    epoch = 0.2 * 2 * (70 + 69) + 0.1 * 2 * 71
    assert cost.seconds == pytest.approx(1.15 + 18 * epoch + 0.1 * 2 * 71)
    assert cost.at_most == pytest.approx(1.15 + 20 * epoch + 0.1 * 2 * 71)
    assert cost.memory_mb == pytest.approx(300 + 281 * 2 * 20 * 78 * 4 / 2**20)
    assert (cost.gpu_seconds, cost.gpu_at_most) == (0, 0)

    measured = {key: values | {"device": "cuda:0"} for key, values in measured.items()}
    cost = forecast.estimate(training, measured)
    assert cost.gpu_seconds == pytest.approx(cost.seconds - 1.15)


def test_a_corpus_on_disk_is_measured_by_its_headers(tmp_path):
    import numpy as np
    import soundfile

    rows, random = ["path,speaker,emotion"], np.random.default_rng(0)
    for speaker in ("a", "b", "c"):
        for number, emotion in enumerate(("happiness", "neutrality", "sadness", "anger", "boredom")):
            name, seconds = f"{speaker}{number}.flac", 0.5 + 0.25 * number
            noise = random.uniform(-0.1, 0.1, int(24_000 * seconds))
            soundfile.write(tmp_path / name, noise, 24_000)
            rows.append(f"{name},{speaker},{emotion}")
    (tmp_path / "mine.csv").write_text("\n".join(rows))
    settings = tmp_path / "mine.yaml"
    entry = f"{{reader: manifest, root: {tmp_path}/mine.csv, validation: rotate}}"
    settings.write_text(f"run: {{corpora: [mine]}}\ncorpora:\n  mine: {entry}\n")
    found = Forecast(read_configuration([settings])).find_speech("mine")
    assert list(found) == ["a", "b", "c"]
    assert (found["a"].utterances, found["a"].task_utterances) == (5, 4)
    assert found["a"].seconds == pytest.approx(0.5 + 0.75 + 1 + 1.25 + 1.5)
    assert found["a"].task_seconds == pytest.approx(0.5 + 0.75 + 1 + 1.25)
