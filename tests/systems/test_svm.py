import hashlib
import json
import re

import numpy as np
import pytest
from safetensors.numpy import load_file
from sklearn.svm import SVC

from gagru.systems.svm import SVM

SETTINGS = {"C": 1.0, "class_weight": "balanced"}


def overlapping(n, classes, seed):
    """Features (n, 6) of classes that overlap much and are not equally frequent."""
    random = np.random.default_rng(seed)
    share = np.arange(1, len(classes) + 1) / sum(range(1, len(classes) + 1))
    emotion = np.concatenate([classes, random.choice(classes, n - len(classes), p=share)])
    return (random.normal(size=(n, 6)) + 0.8 * np.eye(6)[emotion]).astype(np.float32), emotion


@pytest.mark.parametrize("classes", [[0, 1, 2, 3], [0, 2, 3], [1, 2, 3], [0, 1], [1, 3]])
@pytest.mark.parametrize("seed", range(3))
def test_predictions_are_those_of_scikit_learn_also_after_loading(tmp_path, part, classes, seed):
    x, emotion = overlapping(120, classes, seed)
    unseen, _ = overlapping(600, classes, seed + 100)
    reference = SVC(kernel="linear", C=1, class_weight="balanced").fit(x.astype(np.float64), emotion)
    expected = reference.predict(unseen.astype(np.float64))
    assert set(expected) == set(classes)

    system = SVM(SETTINGS)
    assert system.fit(part(x, emotion), report=lambda line: None) == []
    system.save(tmp_path)
    for svm in (system, SVM.load(tmp_path)):
        prediction = svm.predict(part(unseen, np.zeros(600)))
        assert prediction.emotion.tolist() == expected.tolist()
        assert prediction.probability is None


@pytest.mark.parametrize("changed", [{"C": 0.001}, {"class_weight": "none"}])
def test_settings_matter(part, changed):
    x, emotion = overlapping(120, [0, 1, 2, 3], 0)
    unseen = part(overlapping(600, [0, 1, 2, 3], 1)[0], np.zeros(600))
    found = []
    for settings in (SETTINGS, {**SETTINGS, **changed}):
        system = SVM(settings)
        system.fit(part(x, emotion), report=lambda line: None)
        found.append(system.predict(unseen).emotion.tolist())
    assert found[0] != found[1]


def test_what_is_stored_is_a_hyperplane_a_pair_and_the_seed_has_no_effect(tmp_path, part):
    x, emotion = overlapping(60, [0, 1, 2, 3], 0)
    for seed in (0, 1):
        system = SVM(SETTINGS)
        system.fit(part(x, emotion), seed=seed, report=lambda line: None)
        system.save(tmp_path / str(seed), {"fold": "A"})
    arrays = load_file(tmp_path / "0" / "model.safetensors")
    assert {name: array.shape for name, array in arrays.items()} == {
        "weights": (6, 6),
        "intercepts": (6,),
        "classes": (4,),
    }
    description = json.loads((tmp_path / "0" / "model.json").read_text())
    assert re.fullmatch("[0-9a-f]{8}", description.pop("checksum"))
    assert description == {
        "system": "svm",
        "fold": "A",
        "sha256": hashlib.sha256((tmp_path / "0" / "model.safetensors").read_bytes()).hexdigest(),
        "settings": SETTINGS,
        "emotions": ["happiness", "neutrality", "sadness", "anger"],
        "columns": [f"c{i}" for i in range(6)],
    }
    for name in ("model.json", "model.safetensors"):
        assert (tmp_path / "0" / name).read_bytes() == (tmp_path / "1" / name).read_bytes()
