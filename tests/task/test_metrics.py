import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, confusion_matrix, recall_score

from gagru.task.emotions import EMOTIONS
from gagru.task.metrics import compute_metrics, count_confusion, name_metrics


@pytest.fixture(params=range(5))
def labels(request):
    generator = np.random.default_rng(request.param)
    truth = generator.choice(EMOTIONS, 200, p=[0.5, 0.3, 0.15, 0.05])
    predicted = np.where(generator.random(200) < 0.6, truth, generator.choice(EMOTIONS, 200))
    return truth, predicted


def test_confusion_is_that_of_scikit_learn(labels):
    assert count_confusion(*labels).tolist() == confusion_matrix(*labels, labels=EMOTIONS).tolist()


def test_figures_are_those_of_scikit_learn(labels):
    truth, predicted = labels
    recalls = recall_score(truth, predicted, labels=EMOTIONS, average=None)
    expected = [*recalls, accuracy_score(truth, predicted), balanced_accuracy_score(truth, predicted)]
    np.testing.assert_allclose(compute_metrics(count_confusion(truth, predicted)), expected, rtol=1e-12)


def test_rows_are_true_emotions():
    counts = count_confusion(["happiness", "happiness", "anger"], ["sadness", "happiness", "neutrality"])
    assert counts.tolist() == [[1, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 1, 0, 0]]


def test_a_class_absent_from_a_fold_has_no_recall_and_is_left_out_of_ua():
    counts = count_confusion(["happiness"] * 4 + ["anger"] * 2, ["happiness"] * 3 + ["sadness"] + ["anger"] * 2)
    fold = name_metrics(compute_metrics(counts))
    assert fold == {
        "happiness": 0.75,
        "neutrality": None,
        "sadness": None,  # predicted once, but never true
        "anger": 1.0,
        "WA": pytest.approx(5 / 6),
        "UA": 0.875,
    }


def test_figures_of_a_stack_are_those_of_each():
    stack = np.random.default_rng(0).integers(1, 9, (3, 2, 4, 4))
    assert compute_metrics(stack).shape == (3, 2, 6)
    np.testing.assert_array_equal(compute_metrics(stack)[2, 1], compute_metrics(stack[2, 1]))


def test_the_papers_own_counts_give_the_papers_own_figures():
    correct, size = np.array([879, 1006, 780, 779]), np.array([1636, 1708, 1084, 1103])
    counts = np.diag(correct)
    counts[[0, 1, 2, 3], [1, 2, 3, 0]] = size - correct
    assert np.round(100 * compute_metrics(counts), 2).tolist() == [53.73, 58.9, 71.96, 70.63, 62.27, 63.8]


def test_an_unknown_emotion_is_refused():
    with pytest.raises(ValueError, match="'joy'"):
        count_confusion(["joy"], ["anger"])
