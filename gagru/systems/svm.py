"""SVM: the paper's linear support vector machine on the 88 eGeMAPS functionals.

Source: GA-GRU paper, section 3.2: linear kernel, C = 1, class weights "balanced" (libsvm through scikit-learn).
Fidelity: specified. Ours: that it is trained on the fold's validation part too (`train_on`), and the numerical
tolerance, which is scikit-learn's default.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from sklearn.svm import SVC

from gagru.systems.prediction import Prediction
from gagru.systems.stored import load_model, save_model
from gagru.task.emotions import EMOTIONS
from gagru.task.settings import OURS, POSITIVE, setting

SETTINGS = {
    "features": setting("egemaps", "Input features, a feature set", rows="utterance"),
    "C": setting(1.0, "Cost of an error", grid=[0.01, 0.1, 1.0, 10.0], **POSITIVE),
    "class_weight": setting(
        "balanced",
        "Weights of the classes; `balanced`: rare ones more",
        grid=["balanced", "none"],
        enum=["balanced", "none"],
    ),
    "train_on": setting(
        "both",
        "Parts of the fold that it is trained on: `both` training and validation, or `training` alone",
        OURS,
        grid=["training"],  # what chooses has not been trained on
        enum=["both", "training"],
    ),
}


class SVM:
    """Linear SVC, one against one: (n, 88) normalised functionals -> (n,) emotions.

    A trained machine is six hyperplanes, one a pair of classes, so that is what is stored.
    """

    NAME = "svm"
    EARLY_STOPPING: ClassVar[bool] = False
    HISTORY: ClassVar[bool] = False
    LAZY: ClassVar[bool] = False

    def __init__(self, settings: dict):
        self.settings = settings

    def fit(self, train, validation=None, seed=0, report=print) -> list[dict]:
        """Train on `train` alone; libsvm with these settings draws nothing at random, so `seed` has no effect."""
        weights = None if self.settings["class_weight"] == "none" else "balanced"
        machine = SVC(kernel="linear", C=self.settings["C"], class_weight=weights)
        self.columns = list(train.columns)
        machine.fit(np.stack(train.features).astype(np.float64), train.emotion)
        self.classes = machine.classes_
        # (pairs, 88), (pairs,): the pairs are (0, 1), (0, 2), ... and a positive value votes for the first of them
        self.weights, self.intercepts = np.asarray(machine.coef_), machine.intercept_
        if len(self.classes) == 2:  # with two classes scikit-learn turns the sign round
            self.weights, self.intercepts = -self.weights, -self.intercepts
        report(f"{machine.n_support_.sum()} support vectors of {len(train.emotion)} utterances")
        return []

    def predict(self, part) -> Prediction:
        """`SVC.predict`, from the stored hyperplanes: every pair votes, the first of equal counts wins."""
        values = np.stack(part.features).astype(np.float64) @ self.weights.T + self.intercepts  # (n, pairs)
        votes = np.zeros((len(values), len(self.classes)), dtype=int)
        first, second = np.triu_indices(len(self.classes), k=1)
        for pair, (i, j) in enumerate(zip(first, second, strict=True)):
            votes[:, i] += values[:, pair] > 0
            votes[:, j] += values[:, pair] <= 0
        return Prediction(self.classes[votes.argmax(axis=1)], None)

    def save(self, folder, origin: Mapping | None = None) -> None:
        """Write `model.json` and `model.safetensors` into `folder`; `origin` is what the first says besides."""
        description = {"system": self.NAME, "settings": self.settings, "emotions": EMOTIONS, "columns": self.columns}
        arrays = {"classes": self.classes, "weights": self.weights, "intercepts": self.intercepts}
        save_model(folder, {**description, **(origin or {})}, arrays)

    @classmethod
    def load(cls, folder) -> "SVM":
        """The machine that `save` wrote."""
        description, arrays = load_model(folder, cls.NAME)
        system = cls(description["settings"])
        system.columns, system.description = description["columns"], description
        system.classes, system.weights, system.intercepts = (arrays[k] for k in ("classes", "weights", "intercepts"))
        return system


SYSTEM = SVM
