import json
import re
import shutil

import pytest

import gagru
from gagru.task.errors import InputError


def test_a_fold_a_seed_several_seeds_and_a_system(trained):
    first, second = trained("svm"), trained("svm", seed=1)
    assert [len(gagru.load(path).members) for path in (first / "A", first, first.parent)] == [1, 3, 6]
    assert len(gagru.load(first, second).members) == 6
    assert repr(gagru.load(first.parent)) == "<SVM trained on mine: 6 folds of 2 seeds, features egemaps>"


def test_the_description_is_whole(trained):
    found = json.loads((trained("ga_gru") / "B/model.json").read_text())
    assert found["system"] == "ga_gru"
    assert (found["fold"], found["seed"]) == ("B", 0)
    assert found["corpus"]["speakers"] == {"train": ["A"], "validation": ["C"], "test": ["B"]}
    assert found["corpus"]["utterances"] == {"train": 12, "validation": 12, "test": 12}
    assert (found["corpus"]["name"], found["corpus"]["reader"]) == ("mine", "manifest")
    assert found["features"]["feature_set"] == "lld"
    assert "opensmile" in found["features"]["versions"]
    statistics = found["normalisation"].pop("statistics")
    assert found["normalisation"] == {
        "method": "speaker",
        "statistics_over": "task",
        "downsample": 5,
        "remainder": "average",
    }
    assert len(statistics["mean"]) == len(statistics["std"]) == len(found["columns"]) == 78
    assert found["lineage"].keys() == {"settings", "sources", "data"}
    assert found["licences"] == {"corpus": "Ask its owner"}


@pytest.fixture
def copied(trained, tmp_path):
    """A seed of the SVM that may be spoiled."""
    return shutil.copytree(trained("svm"), tmp_path / "svm" / "seed0")


def test_a_folder_without_a_fold_is_refused(copied):
    shutil.rmtree(copied / "B")
    with pytest.raises(InputError, match="seed0: incomplete, without the folds B; train them"):
        gagru.load(copied)
    assert len(gagru.load(copied / "A").members) == 1


@pytest.mark.parametrize("name", ["model.json", "model.safetensors"])
@pytest.mark.parametrize("missing", [True, False])
def test_a_missing_or_altered_file_is_refused_in_one_line(copied, name, missing):
    path = copied / "A" / name
    if missing:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes().replace(b"1", b"2", 1))
    with pytest.raises(
        InputError, match=rf"A/{re.escape(name)}: .*; copy the model again, or train it again$"
    ) as error:
        gagru.load(copied / "A")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("path", "problem"), [("", "no trained model in this folder"), ("nothing", "there is no such folder")]
)
def test_a_folder_without_a_model(tmp_path, path, problem):
    with pytest.raises(InputError, match=problem):
        gagru.load(tmp_path / path)


def test_models_of_two_kinds_do_not_predict_together(trained):
    with pytest.raises(InputError, match=r"differs from .* in system"):
        gagru.load(trained("svm"), trained("ga_gru"))
    with pytest.raises(InputError, match=r"differs from .* in normalisation\.method"):
        gagru.load(trained("svm"), trained("svm", method="none"))
    with pytest.raises(InputError, match="is given twice"):
        gagru.load(trained("svm") / "A", trained("svm") / "A")


def test_a_model_that_does_not_say_what_it_hears_is_refused(copied):
    from gagru.storage.files import read_checked_json, write_checked_json

    path = copied / "A/model.json"
    described = read_checked_json(path)
    del described["features"]
    write_checked_json(path, described)
    with pytest.raises(InputError, match="does not say which features the model hears"):
        gagru.load(copied / "A")


def test_a_fold_votes_once(copied):
    shutil.copytree(copied / "A", copied / "A again")
    with pytest.raises(InputError, match=r"A again: fold A of seed 0, as .*/A is; name one of them"):
        gagru.load(copied)


@pytest.mark.parametrize(("name", "value"), [("remainder", "drop"), ("max_frames", 100), ("statistics_over", "all")])
def test_models_that_take_frames_otherwise_do_not_predict_together(copied, name, value):
    from gagru.storage.files import read_checked_json, write_checked_json

    path = copied / "B/model.json"
    described = read_checked_json(path)
    described["normalisation"][name] = value
    write_checked_json(path, described)
    with pytest.raises(InputError, match=rf"differs from .* in normalisation\.{name}"):
        gagru.load(copied)
