import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from gagru.training.batches import balanced_indices, balanced_weights, batches_by_length, random_batches


@pytest.mark.parametrize(
    ("count", "size", "sizes"), [(10, 4, [4, 4, 2]), (8, 4, [4, 4]), (3, 64, [3]), (64, 64, [64]), (3, 1, [1, 1, 1])]
)
def test_random_batches_hold_every_utterance_once(count, size, sizes):
    batches = random_batches(count, size, np.random.default_rng(0))
    assert [len(batch) for batch in batches] == sizes
    assert sorted(np.concatenate(batches)) == list(range(count))


def test_epochs_differ_and_are_seeded():
    def epochs(seed):
        generator = np.random.default_rng(seed)
        return [np.concatenate(random_batches(50, 8, generator)).tolist() for _ in range(2)]

    first, second = epochs(0)
    assert first != second
    assert first != list(range(50))
    assert epochs(0) == [first, second]
    assert epochs(1) != [first, second]


def test_batches_by_length_hold_every_utterance_once_shortest_first():
    features = [np.zeros((steps, 2)) for steps in (7, 1, 3, 3, 9)]
    assert [batch.tolist() for batch in batches_by_length(features, 2)] == [[1, 2], [3, 0], [4]]
    assert batches_by_length([], 2) == []


def test_upsampled_classes_reach_the_largest_one():
    # 2 happy, 5 neutral, 3 sad, 1 angry
    emotion = np.array([0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 3])
    indices = balanced_indices(emotion, [2, 3], np.random.default_rng(0))
    assert indices[:11].tolist() == list(range(11))
    assert np.bincount(emotion[indices]).tolist() == [2, 5, 5, 5]
    assert set(indices[11:13]) <= {7, 8, 9}
    assert indices[13:].tolist() == [10, 10, 10, 10]


def test_without_classes_to_upsample_every_utterance_is_there_once():
    assert balanced_indices(np.array([0, 1, 1]), [], np.random.default_rng(0)).tolist() == [0, 1, 2]


def test_the_largest_class_and_an_absent_one_stay_as_they_are():
    emotion = np.array([0, 2, 2, 2])
    indices = balanced_indices(emotion, [2, 3], np.random.default_rng(0))
    assert indices.tolist() == [0, 1, 2, 3]


def test_duplicates_are_drawn_at_random_from_the_whole_class():
    emotion = np.array([0] * 200 + [3] * 20)
    draws = [balanced_indices(emotion, [3], np.random.default_rng(seed))[220:] for seed in (0, 0, 1)]
    assert draws[0].tolist() == draws[1].tolist()
    assert draws[0].tolist() != draws[2].tolist()
    assert set(draws[0]) == set(range(200, 220))


@pytest.mark.parametrize("emotion", [[0, 1, 1, 2, 3, 3, 3, 3], [3, 1, 1], [2]])
def test_balanced_weights_are_those_of_scikit_learn(emotion):
    present = np.unique(emotion)
    found = balanced_weights(np.array(emotion))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[present], compute_class_weight("balanced", classes=present, y=emotion), rtol=1e-6)
    assert (np.delete(found, present) == 0).all()
