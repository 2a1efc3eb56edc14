import warnings

import numpy as np
import pandas as pd
import pytest
import soundfile

import gagru
from gagru.features.store import read_features
from gagru.layers.ragged import Ragged
from gagru.predict.describe import ENOUGH
from gagru.systems.loading import load as load_system
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError

PROBABILITIES = [f"p_{emotion}" for emotion in EMOTIONS]


@pytest.mark.parametrize("system", ["svm", "ga_gru"])
@pytest.mark.parametrize("method", ["speaker", "training_speakers", "none"])
def test_the_test_speaker_is_predicted_as_in_the_workflow(trained, system, method):
    folder = trained(system, method) / "B"
    found = gagru.load(folder).predict(trained.paths("B"), speaker="B")
    expected = pd.read_parquet(folder / "predictions.parquet")
    assert found["emotion"].tolist() == expected["predicted"].tolist()
    np.testing.assert_allclose(found[PROBABILITIES].astype(float), expected[PROBABILITIES].astype(float), atol=1e-6)
    assert set(found["statistics"]) == {method}


def test_folds_are_averaged_and_their_agreement_is_counted(trained):
    folder, paths = trained("ga_gru"), trained.paths("A")
    single = [gagru.load(folder / fold).predict(paths, speaker="A") for fold in "ABC"]
    joint = gagru.load(folder).predict(paths, speaker="A")
    expected = np.mean([table[PROBABILITIES].to_numpy() for table in single], axis=0)
    np.testing.assert_allclose(joint[PROBABILITIES], expected, atol=1e-12)
    winner = np.array(EMOTIONS)[expected.argmax(1)]
    assert joint["emotion"].tolist() == winner.tolist()
    agreement = np.mean([table["emotion"].to_numpy() == winner for table in single], axis=0)
    np.testing.assert_allclose(joint["agreement"], agreement)


def test_the_folds_of_an_svm_vote(trained):
    folder, paths = trained("svm"), trained.paths("A")
    single = pd.concat([gagru.load(folder / fold).predict(paths, speaker="A")["emotion"] for fold in "ABC"], axis=1)
    joint = gagru.load(folder).predict(paths, speaker="A")
    for votes, emotion, agreement in zip(single.to_numpy(), joint["emotion"], joint["agreement"], strict=True):
        counts = [(votes == name).sum() for name in EMOTIONS]
        assert emotion == EMOTIONS[int(np.argmax(counts))]
        assert agreement == pytest.approx(max(counts) / 3)
    assert joint[PROBABILITIES].isna().all(axis=None)


def test_nobody_known_is_normalised_by_the_training_speakers(trained):
    """By scikit-learn's moments of the raw frames of the fold's training speaker."""
    folder, path = trained("ga_gru") / "B", trained.paths("B")[3]
    train = read_features(trained.folder / "features/lld/A.parquet")
    raw = dict(read_features(trained.folder / "features/lld/B.parquet").items())["B03"].astype(np.float64)
    from sklearn.preprocessing import StandardScaler

    scaled = StandardScaler().fit(train.values.astype(np.float64)).transform(raw)
    steps = np.stack([scaled[i : i + 5].mean(0) for i in range(0, len(scaled), 5)]).astype(np.float32)
    system = load_system(folder)
    import torch

    with torch.no_grad():
        expected = torch.softmax(system.module.eval()(Ragged.of([steps])), 1)[0].numpy()
    found = gagru.load(folder).predict(path)
    assert found["statistics"].tolist() == ["training_speakers"]
    np.testing.assert_allclose(found[PROBABILITIES].to_numpy()[0], expected, atol=1e-5)


@pytest.mark.parametrize(("system", "enough"), [("svm", ENOUGH["utterance"]), ("ga_gru", ENOUGH["frame"])])
def test_too_few_utterances_of_a_speaker_are_said(trained, system, enough):
    model, paths = gagru.load(trained(system)), trained.paths("B")
    with pytest.warns(UserWarning, match=f"speaker B: {enough - 1} utterances"):
        found = model.predict(paths[: enough - 1], speaker="B")
    assert set(found["statistics"]) == {"training_speakers"}
    assert set(model.predict(paths[:enough], speaker="B")["statistics"]) == {"speaker"}


def test_rows_stand_in_the_order_given_whoever_speaks(trained):
    model = gagru.load(trained("svm"))
    together = [path for pair in zip(trained.paths("A"), trained.paths("B"), strict=True) for path in pair]
    found = model.predict(together, speaker=["A", "B"] * 12)
    assert found["file"].tolist() == list(map(str, together))
    for speaker in "AB":
        alone = model.predict(trained.paths(speaker), speaker=speaker)
        own = found[found["speaker"] == speaker].reset_index(drop=True)
        pd.testing.assert_frame_equal(own, alone)


def test_a_file_a_folder_a_manifest_a_frame_and_signals_say_the_same(trained, tmp_path):
    model = gagru.load(trained("ga_gru"))
    expected = model.predict(trained.paths("A"), speaker="A")
    folder = tmp_path / "audio"
    (folder / "deep").mkdir(parents=True)
    for path in trained.paths("A"):
        (folder / "deep" / path.name).write_bytes(path.read_bytes())
    (folder / "notes.txt").write_text("no audio")
    (folder / "deep/._A0.wav").write_bytes(b"of another system")
    rows = pd.DataFrame({"path": [f"deep/{path.name}" for path in trained.paths("A")], "who": "A"})
    rows.to_csv(folder / "manifest.csv", index=False)
    signals = [soundfile.read(path, dtype="float32")[0] for path in trained.paths("A")]
    for found in (
        model.predict(folder, speaker="A"),
        model.predict(folder / "manifest.csv", speaker="who"),
        model.predict(rows.assign(path=[folder / path for path in rows["path"]]), speaker="who"),
        model.predict(signals, speaker="A", sampling_rate=16_000),
    ):
        pd.testing.assert_frame_equal(found.drop(columns="file"), expected.drop(columns="file"))


def test_another_rate_and_two_channels_are_fine(trained, tmp_path, buzz):
    signal = buzz(1.0, 200, 0, rate=44_100)
    soundfile.write(tmp_path / "stereo.flac", np.stack([signal, signal], 1), 44_100)
    found = gagru.load(trained("ga_gru")).predict(tmp_path / "stereo.flac")
    np.testing.assert_allclose(found[["start", "end"]], [[0, 1]])
    assert found[PROBABILITIES].sum(axis=1).tolist() == pytest.approx([1])


def test_a_recording_is_cut_into_windows_that_cover_it(trained, tmp_path, buzz):
    soundfile.write(tmp_path / "long.wav", buzz(10.2, 150, 0), 16_000)
    model = gagru.load(trained("ga_gru") / "A")
    found = model.predict(tmp_path / "long.wav", segment=4, hop=2, speaker="A")
    assert found["start"].tolist() == [0, 2, 4, 6, 8]
    assert found["end"].tolist() == pytest.approx([4, 6, 8, 10, 10.2])
    # A window says what the same samples say as a file of their own, among the same.
    samples, _ = soundfile.read(tmp_path / "long.wav", dtype="float32")
    parts = [samples[int(16_000 * a) : round(16_000 * b)] for a, b in zip(found["start"], found["end"], strict=True)]
    alone = model.predict(parts, sampling_rate=16_000)
    unknown = model.predict(tmp_path / "long.wav", segment=4, hop=2)
    pd.testing.assert_frame_equal(unknown[PROBABILITIES], alone[PROBABILITIES])


@pytest.mark.parametrize(
    ("seconds", "hop", "ends"),
    [(4, 4, [4]), (3, 4, [3]), (8, 4, [4, 8]), (9, 4, [4, 9]), (10.5, 4, [4, 8, 10.5]), (7, None, [4, 6, 7])],
)
def test_less_than_half_a_window_is_added_to_the_one_before(trained, seconds, hop, ends):
    found = gagru.load(trained("svm") / "A").predict(noise(seconds), sampling_rate=16_000, segment=4, hop=hop)
    assert found["end"].tolist() == pytest.approx(ends)


def noise(seconds):
    return np.random.default_rng(0).normal(0, 0.1, round(seconds * 16_000)).astype(np.float32)


def test_what_lasts_over_a_minute_is_cut_unasked_and_that_is_said(trained, tmp_path, buzz):
    samples = np.concatenate([buzz(30, 150, 0), np.zeros(16_000 * 8), buzz(30, 150, 1)])
    soundfile.write(tmp_path / "long.wav", samples, 16_000)
    with pytest.warns(UserWarning, match="long, so cut into 27 windows") as said:
        found = gagru.load(trained("svm") / "A").predict(tmp_path / "long.wav", speaker="A")
    assert "2 of 27 windows are silent" in str(said[0].message)
    assert len(found) == 25
    assert found["end"].iloc[-1] == pytest.approx(68)


def test_a_bad_file_costs_only_itself(trained, tmp_path):
    model, good = gagru.load(trained("svm")), trained.paths("A")
    (tmp_path / "text.wav").write_text("this is no audio")
    (tmp_path / "empty.wav").touch()
    soundfile.write(tmp_path / "silent.wav", np.zeros(16_000), 16_000)
    soundfile.write(tmp_path / "short.wav", np.ones(100) / 7, 16_000)
    bad = [tmp_path / name for name in ("text.wav", "empty.wav", "silent.wav", "short.wav", "gone.wav")]
    with pytest.warns(UserWarning, match="could not be heard, and are left out: 5") as said:
        found = model.predict([bad[0], *good, *bad[1:]], speaker="A")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pd.testing.assert_frame_equal(found, model.predict(good, speaker="A"))
    for path, cause in zip(bad, ("cannot be read as audio", "empty", "silent", "too short", "no such"), strict=True):
        assert any(path.name in line and cause in line for line in str(said[0].message).splitlines())
    with pytest.raises(InputError, match=r"5 of 17 cannot be heard:"):
        model.predict([*good, *bad], speaker="A", strict=True)
    with pytest.raises(InputError, match="none of the recordings can be heard"):
        model.predict(bad)


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ("file\na.wav\n", "has no column `path`"),
        ("path,offset\na.wav,soon\n", "row 1: offset 'soon' is no number from 0 on"),
        ("path,channel\na.wav,1.5\n", "row 1: channel '1.5' is no whole number from 1 on"),
        ("path\n", "nothing to hear"),
        ("", "is not CSV"),
    ],
)
def test_a_manifest_that_is_wrong(trained, tmp_path, table, problem):
    (tmp_path / "m.csv").write_text(table)
    with pytest.raises(InputError, match=problem):
        gagru.load(trained("svm")).predict(tmp_path / "m.csv")


def test_what_cannot_be_meant(trained, tmp_path):
    model = gagru.load(trained("svm"))
    for given, options, problem in (
        (tmp_path, {}, "no audio in this folder"),
        (np.zeros(10), {}, "needs `sampling_rate`"),
        ([], {}, "nothing to hear"),
        (trained.paths("A"), {"speaker": ["A"]}, "1 speakers for 12 recordings"),
    ):
        with pytest.raises(InputError, match=problem):
            model.predict(given, **options)


def test_outside_the_task_is_predicted_and_counts_for_no_statistics(trained):
    """As in training, where statistics are over the task."""
    model, paths = gagru.load(trained("svm")), trained.paths("A")
    labels = [row["emotion"] for row in trained.rows if row["speaker"] == "A"]
    rows = pd.DataFrame({"path": [*paths, trained.paths("C")[0]], "speaker": "A", "emotion": [*labels, "boredom"]})
    found = model.predict(rows)
    assert len(found) == 13
    pd.testing.assert_frame_equal(found[:12], model.predict(paths, speaker="A"))
    other = model.predict(rows.drop(columns="emotion"))
    assert len(other) == 13
