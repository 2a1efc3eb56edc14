import numpy as np
import pyarrow as pa
import pytest
import soundfile

from gagru.corpora.table import CHANNEL, INDEX_SCHEMA, write_index

RATE = 16_000


def voice(seconds, pitch=120.0, seed=0, rate=RATE):
    """A gliding, pulsating buzz with noise: voiced, so that no descriptor is constant. Float32 in (-1, 1)."""
    generator = np.random.default_rng(seed)
    t = np.arange(round(seconds * rate)) / rate
    phase = 2 * np.pi * pitch * (t + 0.1 * t**2)
    buzz = sum(np.sin(k * phase) / k for k in range(1, 25))
    loudness = 0.2 + 0.1 * np.sin(2 * np.pi * 3 * t)
    return (loudness * buzz / 2 + 0.005 * generator.standard_normal(len(t))).astype(np.float32)


class Corpus:
    """A folder of wave files and its index, put together utterance by utterance."""

    def __init__(self, root):
        self.root = root
        self.index = root / "index.parquet"
        self.rows = []

    def add(self, utterance, signal, speaker="A", emotion="anger", rate=RATE, subtype="PCM_16", **row):
        path = f"{utterance}.wav"
        soundfile.write(self.root / path, signal, rate, subtype=subtype)
        defaults = {
            "path": path,
            "offset": 0.0,
            "duration": len(signal) / rate,
            "sample_rate": rate,
            "raw_label": emotion or "other",
        }
        described = defaults | {"utterance": utterance, "speaker": speaker, "emotion": emotion} | row
        self.rows.append(dict.fromkeys(INDEX_SCHEMA.names) | described)
        self.write_index()
        return self.root / path

    def write_index(self):
        schema = INDEX_SCHEMA.append(CHANNEL) if any("channel" in row for row in self.rows) else INDEX_SCHEMA
        write_index(pa.Table.from_pylist(self.rows, schema=schema), self.index)


@pytest.fixture
def corpus(tmp_path):
    return Corpus(tmp_path)


@pytest.fixture(name="voice")
def voice_fixture():
    return voice
