import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import zscore
from sklearn.preprocessing import StandardScaler

from gagru.corpora.table import INDEX_SCHEMA, write_index
from gagru.features.normalise import (
    apply_statistics,
    downsample,
    normalise_features,
    pool_statistics,
    read_statistics,
    speaker_statistics,
    statistics_of,
    training_statistics,
    write_statistics,
)
from gagru.features.store import normalised_by, read_features, write_frames, write_functionals
from gagru.task.errors import InputError

COLUMNS = ["pitch", "loudness", "noise"]


def speech(lengths, seed=0, name="u"):
    generator = np.random.default_rng(seed)
    scale, shift = np.array([50, 1e-3, 1]), np.array([200, 1e-2, 0])
    return {
        f"{name}{i}": (generator.standard_normal((n, 3)) * scale + shift).astype(np.float32)
        for i, n in enumerate(lengths)
    }


@pytest.fixture
def normalise(tmp_path):
    """Write utterances and an index in which some are outside the task, normalise, and read back as a dictionary."""

    def run(utterances, outside=(), method="speaker", statistics_over="task", n=5, frames=True, **more):
        write = write_frames if frames else write_functionals
        write(tmp_path / "features.parquet", COLUMNS, utterances.items())
        rows = [{"utterance": name, "emotion": None if name in outside else "anger"} for name in utterances]
        rows = [{column: row.get(column) for column in INDEX_SCHEMA.names} for row in rows]
        write_index(pa.Table.from_pylist(rows, schema=INDEX_SCHEMA), tmp_path / "index.parquet")
        settings = {"method": method, "statistics_over": statistics_over, "downsample": n, **more}
        out = tmp_path / "normalised.parquet"
        count = normalise_features(tmp_path / "features.parquet", tmp_path / "index.parquet", settings, out)
        features = read_features(out)
        assert features.columns == COLUMNS
        assert features.frames == frames
        assert features.utterances == list(utterances)
        assert count == len(utterances)
        return dict(features.items())

    return run


def test_an_utterance_is_clipped_after_the_z_score_and_before_the_mean(normalise):
    random = np.random.default_rng(0)
    utterances = {"long": random.normal(3, 2, (23, len(COLUMNS))), "short": random.normal(size=(7, len(COLUMNS)))}
    utterances = {name: values.astype(np.float32) for name, values in utterances.items()}
    scores = zscore(np.concatenate(list(utterances.values())).astype(np.float64), axis=0)
    found = normalise(utterances, max_frames=12)
    expected = [scores[:5].mean(0), scores[5:10].mean(0), scores[10:12].mean(0)]
    np.testing.assert_allclose(found["long"], expected, rtol=1e-5)
    np.testing.assert_allclose(found["short"], [scores[23:28].mean(0), scores[28:30].mean(0)], rtol=1e-5)
    whole = normalise(utterances)
    for same in (normalise(utterances, max_frames="all"), normalise(utterances, max_frames=23)):
        np.testing.assert_array_equal(same["long"], whole["long"])


def test_downsampling_averages_the_rest_over_what_is_there():
    values = np.array([1, 2, 3, 4, 5, 10, 20, 30.0])[:, None]
    np.testing.assert_array_equal(downsample(values, 5), [[3], [20]])
    np.testing.assert_array_equal(downsample(values, 8), [[10 - 0.625]])
    np.testing.assert_array_equal(downsample(values, 100), [[10 - 0.625]])
    np.testing.assert_array_equal(downsample(values, 1), values)


def test_a_last_shorter_group_can_be_left_out_unless_it_is_all_there_is():
    values = np.array([[0.0], [2.0], [4.0], [6.0], [8.0]])
    np.testing.assert_array_equal(downsample(values, 2, "drop"), [[1], [5]])
    np.testing.assert_array_equal(downsample(values, 2, "average"), [[1], [5], [8]])
    np.testing.assert_array_equal(downsample(values, 5, "drop"), [[4]])
    np.testing.assert_array_equal(downsample(values, 7, "drop"), [[4]])


def test_z_score_over_all_frames_of_the_speaker_then_means(normalise):
    utterances = speech([23, 5, 41])
    z = np.split(zscore(np.concatenate(list(utterances.values())).astype(np.float64), axis=0), [23, 28])
    result = normalise(utterances)
    for values, expected in zip(result.values(), z, strict=True):
        means = [expected[i : i + 5].mean(axis=0) for i in range(0, len(expected), 5)]
        np.testing.assert_allclose(values, means, rtol=1e-5, atol=1e-6)


def test_statistics_over_the_task_or_all(normalise):
    utterances = speech([30, 40, 50])
    task = np.concatenate([utterances["u0"], utterances["u2"]])
    for over, rows in (("task", task), ("all", np.concatenate(list(utterances.values())))):
        scaler = StandardScaler().fit(rows.astype(np.float64))
        result = normalise(utterances, outside={"u1"}, statistics_over=over, n=1)
        for name, values in result.items():
            np.testing.assert_allclose(values, scaler.transform(utterances[name]), rtol=1e-5, atol=1e-6)


def test_functionals_are_not_downsampled(normalise):
    utterances = {name: values[0] for name, values in speech([1] * 12).items()}
    result = normalise(utterances, frames=False)
    expected = zscore(np.array(list(utterances.values()), np.float64), axis=0)
    np.testing.assert_allclose(list(result.values()), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("constant", [0, 0.1, 1e6, 1e-30])
def test_a_constant_column_becomes_0(normalise, constant):
    utterances = speech([33, 7])
    for values in utterances.values():
        values[:, 1] = constant
    for values in normalise(utterances).values():
        np.testing.assert_array_equal(values[:, 1], 0)


@pytest.mark.parametrize("method", ["none", "training_speakers"])
def test_methods_that_leave_the_values(normalise, method):
    utterances = speech([7])
    values = utterances["u0"].astype(np.float64)
    expected = np.stack([values[:5].mean(axis=0), values[5:].mean(axis=0)])
    np.testing.assert_allclose(normalise(utterances, method=method)["u0"], expected, rtol=1e-6)


@pytest.mark.parametrize("outside", [(), ("u1", "u2")])
def test_one_row_of_functionals_says_nothing(normalise, outside):
    utterances = {name: values[0] for name, values in speech([1] * (len(outside) + 1)).items()}
    with pytest.raises(InputError, match=r"features.parquet: .* at least 2 .*, and here is 1; .*training_speakers"):
        normalise(utterances, outside=outside, frames=False)


def test_no_utterance_in_the_task(normalise):
    with pytest.raises(InputError, match=r"features.parquet: .* at least 1 utterances .*, and here is 0"):
        normalise(speech([5]), outside={"u0"})


def test_same_bytes_every_time(normalise, tmp_path):
    written = []
    for _ in range(2):
        normalise(speech([23, 5, 41]))
        written.append((tmp_path / "normalised.parquet").read_bytes())
    assert written[0] == written[1]


@pytest.fixture
def speakers(tmp_path):
    """Two speakers' files, and their utterances in one dictionary."""
    parts = [speech([30, 11], 1, "a"), speech([8, 50, 3], 2, "b")]
    paths = [tmp_path / "A.parquet", tmp_path / "B.parquet"]
    for path, part in zip(paths, parts, strict=True):
        write_frames(path, COLUMNS, part.items())
    return paths, parts[0] | parts[1]


def test_training_statistics_are_over_the_training_rows_only(speakers):
    paths, utterances = speakers
    train = {"a1", "b0", "b1"}
    rows = np.concatenate([utterances[name] for name in sorted(train)]).astype(np.float64)
    statistics = training_statistics(paths, train)
    np.testing.assert_allclose(statistics.mean, rows.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(statistics.std, rows.std(axis=0), rtol=1e-12)
    assert (statistics.rows, statistics.columns) == (69, COLUMNS)


def test_applied_to_means_they_give_the_means_of_z_scores(speakers, normalise):
    paths, utterances = speakers
    statistics = training_statistics(paths, {"a0", "b1"})
    scaler = StandardScaler().fit(np.concatenate([utterances["a0"], utterances["b1"]]).astype(np.float64))
    for name, values in normalise(utterances, method="training_speakers").items():
        applied = apply_statistics(values, statistics)
        assert applied.dtype == np.float32
        z = scaler.transform(utterances[name].astype(np.float64))
        np.testing.assert_allclose(
            applied, [z[i : i + 5].mean(axis=0) for i in range(0, len(z), 5)], rtol=1e-4, atol=1e-5
        )


def test_a_row_of_functionals_takes_statistics_too(tmp_path):
    utterances = {name: values[0] for name, values in speech([1] * 9).items()}
    for values in utterances.values():
        values[2] = 7
    write_functionals(tmp_path / "A.parquet", COLUMNS, utterances.items())
    statistics = training_statistics([tmp_path / "A.parquet"], set(utterances) - {"u0"})
    scaler = StandardScaler().fit(np.array(list(utterances.values()), np.float64)[1:])
    expected = scaler.transform(utterances["u0"][None].astype(np.float64))[0]
    np.testing.assert_allclose(apply_statistics(utterances["u0"], statistics)[:2], expected[:2], rtol=1e-5)
    # Constant in training: 0 whatever the value.
    assert apply_statistics(utterances["u0"] + 1, statistics)[2] == 0


def test_an_utterance_without_features(speakers):
    paths, _ = speakers
    with pytest.raises(InputError, match="no features for 2 utterances of the training part, such as b1"):
        training_statistics(paths[:1], {"a0", "b1", "b2"})


def test_files_of_different_feature_sets(speakers, tmp_path):
    paths, _ = speakers
    write_frames(tmp_path / "C.parquet", ["other", *COLUMNS[1:]], speech([4], name="c").items())
    with pytest.raises(InputError, match=r"C.parquet: other columns"):
        training_statistics([*paths, tmp_path / "C.parquet"], {"a0", "c0"})


def test_statistics_on_disk(speakers, tmp_path):
    paths, utterances = speakers
    statistics = training_statistics(paths, set(utterances))
    write_statistics(tmp_path / "a.json", statistics)
    read = read_statistics(tmp_path / "a.json")
    np.testing.assert_array_equal([read.mean, read.std], [statistics.mean, statistics.std])
    assert (read.rows, read.columns) == (statistics.rows, COLUMNS)


@pytest.mark.parametrize(
    "change",
    [
        lambda fields: fields | {"mean": fields["mean"][:2]},
        lambda fields: fields | {"std": [1, 2, None]},
        lambda fields: {"mean": fields["mean"]},
        lambda fields: [],
    ],
)
def test_damaged_statistics(speakers, tmp_path, change):
    paths, utterances = speakers
    write_statistics(tmp_path / "a.json", training_statistics(paths, set(utterances)))
    fields = json.loads((tmp_path / "a.json").read_text())
    (tmp_path / "a.json").write_text(json.dumps(change(fields)))
    with pytest.raises(InputError, match=r"a.json: .*delete it and run snakemake again"):
        read_statistics(tmp_path / "a.json")


def test_missing_and_truncated_statistics(tmp_path):
    for path in (tmp_path / "none.json", tmp_path / "cut.json"):
        (tmp_path / "cut.json").write_text('{"mean": [1.0')
        with pytest.raises(InputError, match=f"{path.name}: "):
            read_statistics(path)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_means_of_groups_keep_the_weighted_mean(lengths, frames, seed):
    for length in lengths:
        values = np.random.default_rng(seed).standard_normal((length, 2))
        means = downsample(values, frames)
        weights = [min(frames, length - start) for start in range(0, length, frames)]
        assert len(means) == -(-length // frames)
        np.testing.assert_allclose(np.average(means, axis=0, weights=weights), values.mean(axis=0), atol=1e-12)


@st.composite
def speakers_values(draw):
    """Utterances of 2 descriptors: any finite numbers of any size, now and then a constant."""
    numbers = st.floats(-(2.0**99), 2.0**99, width=32) | st.sampled_from([0.0, 1.0, 1e-30])
    column = st.one_of(st.just([draw(numbers)]), st.lists(numbers, min_size=1, max_size=5))
    choices = [draw(column), draw(column)]
    lengths = draw(st.lists(st.integers(1, 6), min_size=1, max_size=5))
    pick = lambda n: [[draw(st.sampled_from(values)) for values in choices] for _ in range(n)]  # noqa: E731
    return {f"u{i}": np.array(pick(n), np.float32) for i, n in enumerate(lengths)}


@settings(deadline=None, derandomize=True, max_examples=80)
@given(utterances=speakers_values())
def test_any_values_give_scores_that_are_in_bounds_and_in_order(tmp_path_factory, utterances):
    folder = tmp_path_factory.mktemp("any")
    write_frames(folder / "A.parquet", COLUMNS[:2], utterances.items())
    method = {"method": "speaker", "statistics_over": "all", "downsample": 1}
    normalise_features(folder / "A.parquet", folder / "none.parquet", method, folder / "out.parquet")
    before, after = (read_features(folder / name).values for name in ("A.parquet", "out.parquet"))
    for values, scores in zip(before.T.astype(np.float64), after.T.astype(np.float64), strict=True):
        if np.ptp(values) == 0:
            assert not scores.any()
        else:
            # No score of n lies further out than this (Samuelson's inequality).
            assert np.abs(scores).max() <= np.sqrt(len(scores) - 1) * (1 + 1e-6)
            assert (np.diff(scores[np.argsort(values)]) >= 0).all()
            assert abs(scores.mean()) < 1e-5
            assert scores.std() == pytest.approx(1, abs=1e-5)


def test_statistics_of_parts_pool_to_those_of_the_whole():
    parts = [speech([n], seed=n)["u0"].astype(np.float64) * n for n in (3, 40, 7)]
    for part in parts:
        part[:, 2] = 5.0
    pooled = pool_statistics([statistics_of(COLUMNS, [part]) for part in parts])
    expected = StandardScaler().fit(np.concatenate(parts))
    np.testing.assert_allclose(pooled.mean, expected.mean_)
    np.testing.assert_allclose(pooled.std[:2], np.sqrt(expected.var_[:2]))
    assert pooled.std[2] == 0
    assert pooled.rows == 50
    shifted = [statistics_of(["c"], [np.full((2, 1), value)]) for value in (1.0, 3.0)]
    assert pool_statistics(shifted).std.tolist() == [1.0]


def test_a_normalised_file_says_what_it_was_normalised_by(tmp_path, normalise):
    utterances = speech([5, 8])
    normalise(utterances)
    path = tmp_path / "normalised.parquet"
    found = speaker_statistics(tmp_path, ["normalised"])
    expected = StandardScaler().fit(np.concatenate(list(utterances.values())).astype(np.float64))
    np.testing.assert_allclose(found.mean, expected.mean_)
    np.testing.assert_allclose(found.std, np.sqrt(expected.var_))
    path.write_bytes(path.read_bytes().replace(b'"rows": 13', b'"rows": 14'))
    with pytest.raises(InputError, match="altered since it was written"):
        normalised_by(path)
    normalise(utterances, method="none")
    assert normalised_by(path) is None
