import numpy as np
import pyarrow.parquet as pq
import pytest

from gagru.features import waveform
from gagru.features.extract import extract_features
from gagru.features.normalise import apply_statistics, normalise_features, training_statistics
from gagru.features.store import open_features, read_features


@pytest.fixture
def extracted(corpus, voice):
    """Two utterances of the task and one outside it; the samples of each, and the speaker's file."""
    signals = {"a1": voice(0.5), "a2": voice(1.3, pitch=180, seed=1)}
    for name, signal in signals.items():
        corpus.add(name, signal, subtype="FLOAT")
    corpus.add("a3", voice(0.7, seed=2), emotion=None)
    path = corpus.root / "features" / "A.parquet"
    assert extract_features(corpus.index, corpus.root, "A", "waveform", {}, path) == 2
    return signals, path


def test_every_sample_of_the_utterances_of_the_task(extracted):
    signals, path = extracted
    features = read_features(path)
    assert features.columns == waveform.columns({}) == ["sample"]
    assert features.utterances == list(signals)
    for name, values in features.items():
        np.testing.assert_array_equal(values, signals[name][:, None], strict=True)
    numbers = pq.read_table(path)["frame"].to_numpy()
    np.testing.assert_array_equal(numbers, np.concatenate([np.arange(8000), np.arange(20800)]))


def test_the_z_score_of_a_speaker(corpus, extracted):
    signals, path = extracted
    settings = {"method": "speaker", "statistics_over": "task", "downsample": 1}
    normalise_features(path, corpus.index, settings, corpus.root / "n.parquet")
    samples = np.concatenate(list(signals.values())).astype(np.float64)
    for name, values in read_features(corpus.root / "n.parquet").items():
        expected = (signals[name] - samples.mean()) / samples.std()
        np.testing.assert_allclose(values[:, 0], expected, rtol=1e-5, atol=1e-6)


def test_statistics_of_the_training_part(extracted):
    path = extracted[1]
    statistics = training_statistics([path], {"a2"})
    assert statistics.rows == 20800
    values = apply_statistics(np.asarray(open_features(path).utterances["a2"]), statistics)
    assert values.mean() == pytest.approx(0, abs=1e-6)
    assert values.std() == pytest.approx(1, rel=1e-5)
