import re

import numpy as np
import pytest

from gagru.systems.loading import load, system_class
from gagru.systems.stored import load_model, save_model
from gagru.task.errors import InputError
from gagru.task.systems import SYSTEMS

DESCRIPTION = {"system": "svm", "settings": {"C": 1.0, "class_weight": None}, "columns": ["a", "b"]}
ARRAYS = {"weights": np.array([[1.5, -2.0]]), "classes": np.array([0, 3]), "intercepts": np.float32([0.25])}


def test_what_is_saved_is_loaded_with_its_types(tmp_path):
    save_model(tmp_path / "model", DESCRIPTION, {**ARRAYS, "turned": np.arange(6.0).reshape(2, 3).T})
    description, arrays = load_model(tmp_path / "model", "svm")
    assert {name: description[name] for name in DESCRIPTION} == DESCRIPTION
    assert arrays.keys() == {*ARRAYS, "turned"}
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array, strict=True)
    assert arrays["turned"].tolist() == [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]


def test_the_same_model_is_the_same_bytes_in_whatever_order_it_is_given(tmp_path):
    save_model(tmp_path / "a", DESCRIPTION, ARRAYS)
    save_model(tmp_path / "b", dict(reversed(DESCRIPTION.items())), dict(reversed(ARRAYS.items())))
    for name in ("model.json", "model.safetensors"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


DAMAGES = {
    "no description": ("model.json", None),
    "an empty description": ("model.json", lambda content: b""),
    "half a description": ("model.json", lambda content: content[: len(content) // 2]),
    "a list for a description": ("model.json", lambda content: b"[]"),
    "a description of nothing": ("model.json", lambda content: b"{}"),
    "no weights": ("model.safetensors", None),
    "empty weights": ("model.safetensors", lambda content: b""),
    "half the weights": ("model.safetensors", lambda content: content[: len(content) // 2]),
    "other bytes for weights": ("model.safetensors", lambda content: b"\x80\x04" * 50),
    "another setting": ("model.json", lambda content: content.replace(b'"C": 1.0', b'"C": 2.0')),
    "one weight changed": ("model.safetensors", lambda content: content[:-1] + bytes([content[-1] ^ 1])),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_model_is_named(tmp_path, damage):
    folder = tmp_path / "Ses01F"
    save_model(folder, DESCRIPTION, ARRAYS)
    assert load(folder).NAME == "svm"
    name, spoil = DAMAGES[damage]
    path = folder / name
    path.write_bytes(spoil(path.read_bytes())) if spoil else path.unlink()
    with pytest.raises(InputError, match=f"{re.escape(str(folder))}.*run snakemake again"):
        load(folder)


def test_weights_of_another_model_are_recognised(tmp_path):
    for fold in "AB":
        save_model(tmp_path / fold, DESCRIPTION, {**ARRAYS, "intercepts": np.float32([ord(fold)])})
    (tmp_path / "B" / "model.safetensors").replace(tmp_path / "A" / "model.safetensors")
    with pytest.raises(InputError, match=r"A/model\.safetensors: damaged, or not of the model"):
        load(tmp_path / "A")


def test_a_model_of_another_system_is_named(tmp_path):
    save_model(tmp_path / "A", DESCRIPTION, ARRAYS)
    with pytest.raises(InputError, match="A: a model of svm, not of ga_gru"):
        load_model(tmp_path / "A", "ga_gru")


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(InputError, match=re.escape(str(tmp_path / "Ses09X"))):
        load(tmp_path / "Ses09X")


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_registered_system_is_in_the_file_of_its_name(name):
    kind = system_class(name)
    assert name == kind.NAME
    assert SYSTEMS[name].network == kind.EARLY_STOPPING


@pytest.mark.parametrize("name", ["xyz", "names", "svm.x", "../svm", ".svm", ""])
def test_an_unknown_system_is_an_error(name):
    with pytest.raises(InputError, match=rf"{re.escape(repr(name))}.*{re.escape(name)}\.py"):
        system_class(name)
