"""The command-line programs as the workflow runs them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from gagru.features.normalise import read_statistics
from gagru.features.store import read_features

ROOT = Path(__file__).parents[2]


def program(name, *arguments):
    command = [sys.executable, ROOT / "workflow_scripts" / f"{name}.py", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)})


def test_from_audio_to_statistics(corpus, voice):
    for i in range(3):
        corpus.add(f"a{i}", voice(0.5 + 0.1 * i, pitch=100 + 30 * i, seed=i))
    raw, normalised, statistics = (corpus.root / name for name in ("A.parquet", "n/A.parquet", "s/A.json"))
    done = program(
        *("extract_features", "--corpus", "mine", "--index", corpus.index, "--root", corpus.root, "--speaker", "A"),
        *("--feature-set", "lld", "--settings", "{}", "--out", raw),
    )
    assert done.returncode == 0, done.stderr
    assert "mine A: 3 utterances, lld" in done.stdout
    settings = {"method": "speaker", "statistics_over": "task", "downsample": 5}
    done = program(
        *("normalise_features", "--feature-set", "lld", "--features", raw, "--index", corpus.index),
        *("--settings", json.dumps(settings), "--out", normalised),
    )
    assert done.returncode == 0, done.stderr
    assert [len(v) for _, v in read_features(normalised).items()] == [
        -(-len(v) // 5) for _, v in read_features(raw).items()
    ]
    folds = corpus.root / "folds.csv"
    folds.write_text("fold,utterance,role\nB,a0,train\nB,a1,train\nB,a2,validation\n")
    done = program("training_statistics", "--features", raw, "--folds", folds, "--fold", "B", "--out", statistics)
    assert done.returncode == 0, done.stderr
    values = dict(read_features(raw).items())
    expected = np.concatenate([values["a0"], values["a1"]]).astype(np.float64)
    np.testing.assert_allclose(read_statistics(statistics).mean, expected.mean(axis=0), rtol=1e-9)


def test_an_error_is_one_message(corpus, voice):
    corpus.add("a0", np.zeros(16000))
    out = corpus.root / "out" / "A.parquet"
    done = program(
        *("extract_features", "--corpus", "mine", "--index", corpus.index, "--root", corpus.root, "--speaker", "A"),
        *("--feature-set", "lld", "--out", out),
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "a0.wav: silent" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(out.parent.iterdir()) == []
