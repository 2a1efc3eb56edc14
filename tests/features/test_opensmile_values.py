"""Against openSMILE's own Python interface, to the bit."""

from pathlib import Path

import numpy as np
import opensmile
import pytest

from gagru.features import egemaps, lld
from gagru.features.engine import Engine

# openSMILE keeps to its own delta formula from 6 rows, 80 ms, on.
SECONDS = (0.08, 0.0951, 0.3, 1.234, 5.0)
VERSIONS = ("eGeMAPSv01a", "eGeMAPSv01b", "eGeMAPSv02")


def bits(values):
    return np.ascontiguousarray(values, dtype=np.float32).view(np.int32)


def smile(feature_set, level, **options):
    return opensmile.Smile(opensmile.FeatureSet[feature_set], level, **options)


@pytest.fixture
def with_delta_deltas(tmp_path):
    """openSMILE's emobase with a delta regression of its deltas, as its configuration would spell it."""
    stock = Path(smile("emobase", opensmile.FeatureLevel.LowLevelDescriptors).config_path).read_text(encoding="latin-1")
    section = stock[stock.index("[delta1:cDeltaRegression]") : stock.index("// statistical functionals")]
    second = (
        section.replace("delta1", "delta2")
        .replace("=lld_de", "=lld_de_de")
        .replace("dmLevel=lld\n", "dmLevel=lld_de\n")
    )
    instance = "instance[delta1].type=cDeltaRegression"
    assert instance in stock
    config = stock.replace(instance, f"{instance}\n{instance.replace('delta1', 'delta2')}").replace(
        section, section + second
    )
    path = tmp_path / "emobase_delta_delta.conf"
    path.write_text(config, encoding="latin-1")
    return opensmile.Smile(str(path), "lld_de_de")


@pytest.mark.parametrize("seconds", SECONDS)
def test_static_and_deltas_are_opensmiles(voice, seconds, with_delta_deltas):
    signal = voice(seconds)
    static = smile("emobase", opensmile.FeatureLevel.LowLevelDescriptors).process_signal(signal, 16000)
    delta = smile("emobase", opensmile.FeatureLevel.LowLevelDescriptors_Deltas).process_signal(signal, 16000)
    delta_delta = with_delta_deltas.process_signal(signal, 16000)
    n = len(static)
    assert (len(delta), len(delta_delta)) == (n + 2, n + 4)

    values = lld.extractor({})(signal)

    assert values.shape == (n, 78)
    assert values.dtype == np.float32
    np.testing.assert_array_equal(bits(values[:, :26]), bits(static))
    np.testing.assert_array_equal(bits(values[:, 26:52]), bits(delta[:n]))
    np.testing.assert_array_equal(bits(values[:, 52:]), bits(delta_delta[:n]))
    assert lld.columns({}) == [*static.columns, *delta.columns, *delta_delta.columns]


def test_deltas_of_a_ramp_are_its_slope():
    ramp = np.arange(20, dtype=np.float32)[:, None] * 3
    values = lld.with_deltas(ramp)
    np.testing.assert_array_equal(values[2:-2, 1], 3)
    # At the first row, edges replicated: (1 * 3 + 2 * 6) / 10.
    np.testing.assert_allclose(values[0, 1], 1.5)
    np.testing.assert_allclose(values[4:-4, 2], 0, atol=1e-7)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.filterwarnings("ignore:Feature set:UserWarning")
def test_functionals_are_opensmiles(voice, version):
    expected = smile(version, opensmile.FeatureLevel.Functionals)
    extract = egemaps.extractor({"version": version})
    for seconds in (0.3, 2.0):
        values = extract(voice(seconds))
        assert values.shape == (88,)
        np.testing.assert_array_equal(bits(values), bits(expected.process_signal(voice(seconds), 16000))[0])
    assert egemaps.columns({"version": version}) == expected.feature_names


@pytest.mark.parametrize("level", ["LowLevelDescriptors", "Functionals"])
def test_nothing_of_an_earlier_signal_remains(voice, level):
    signals = [voice(3, 200, 1), voice(0.01), voice(0.5, 90, 2), 3 * voice(1, 300, 3), voice(0.5, 90, 2)]
    signals = [signals[i] for i in (0, 1, 2, 3, 2, 1, 0, 4)]
    feature_set = "emobase" if level == "LowLevelDescriptors" else "eGeMAPSv02"
    used = Engine(feature_set, level)
    for signal in signals:
        np.testing.assert_array_equal(bits(used(signal)), bits(Engine(feature_set, level)(signal)))


@pytest.mark.parametrize(
    ("extractor", "enough"), [(lld.extractor({}), 640), (egemaps.extractor({"version": "eGeMAPSv02"}), 960)]
)
def test_too_short_gives_nothing(voice, extractor, enough):
    signal = voice(1)
    assert extractor(signal[: enough - 1]).size == 0
    assert extractor(signal[:enough]).size > 0
