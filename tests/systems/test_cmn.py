from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
import torch
from safetensors.numpy import load_file

from gagru.corpora.table import INDEX_SCHEMA, write_index
from gagru.data.dataset import FoldFiles, read_fold
from gagru.features.store import write_functionals
from gagru.systems.cmn import CMN
from gagru.systems.loading import load
from gagru.task.emotions import EMOTIONS

SETTINGS = {
    "units": 6,
    "history": 4,
    "hops": 3,
    "dropout": 0.3,
    "lr": 1e-2,
    "weight_decay": 1e-3,
    "clip_norm": 40.0,
    "batch_size": 8,
    "max_epochs": 3,
    "patience": 50,
    "stop_on": "ua",
}
NOTHING = np.zeros((0, 5), dtype=np.float32), np.zeros(0, dtype=bool)
# Who says the earlier utterances of the first ones: nobody, the speaker, others, both.
SAID = [[], [True] * 3, [False] * 2, [True, False, False, True, False], [False, True]]


@pytest.fixture
def dialogs(functionals):
    """(n, seed) -> n utterances whose classes lie apart, with 0 to 8 earlier ones, as `SAID` says or as drawn."""

    def draw(n, seed=0):
        random = np.random.default_rng(seed + 100)
        said = [random.random(random.integers(0, 9)) < 0.5 for _ in range(n)]
        said = [*(np.array(own, dtype=bool) for own in SAID), *said][:n]
        history = [(random.normal(size=(len(own), 5)).astype(np.float32), own) for own in said]
        return replace(functionals(n, seed), history=history)

    return draw


@pytest.fixture
def system(dialogs):
    system = CMN(SETTINGS)
    system.fit(dialogs(24), dialogs(8, seed=1), 0, lambda line: None)
    return system


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gru(weights, name, steps):
    """The states (T, H) that a GRU goes through, by the equations of its definition, from zero."""
    h, states = np.zeros(weights[f"{name}.weight_hh_l0"].shape[1]), []
    for x in steps:
        from_x = np.split(weights[f"{name}.weight_ih_l0"] @ x + weights[f"{name}.bias_ih_l0"], 3)
        from_h = np.split(weights[f"{name}.weight_hh_l0"] @ h + weights[f"{name}.bias_hh_l0"], 3)
        reset, update = (sigmoid(a + b) for a, b in zip(from_x[:2], from_h[:2], strict=True))
        h = (1 - update) * np.tanh(from_x[2] + reset * from_h[2]) + update * h
        states.append(h)
    return np.array(states)


def first_level(weights, name, history, mine):
    """tanh of a GRU's states over the utterances of one side, at their places among all; 0 at the others' (k, H)."""
    states = iter(gru(weights, name, history[mine]))
    return np.array([np.tanh(next(states)) if own else np.zeros(6) for own in mine])


def by_hand(weights, utterance, history, own, hops=3):
    """Probabilities of one utterance, a place, a side and a hop at a time, as the source's code goes through them."""
    weights = {name: array.astype(np.float64) for name, array in weights.items()}
    q = np.tanh(weights["query.weight"] @ utterance + weights["query.bias"])
    sides = {"own": own, "others": ~own} if len(own) else {}
    local = {side: first_level(weights, f"{side}.encode", history, mine) for side, mine in sides.items()}
    outputs = {}
    for hop in range(hops):
        read = np.zeros(6)
        for side, mine in sides.items():
            again = gru(weights, f"{side}.encode_again", local[side])
            keys = again if hop == 0 else outputs[side]
            outputs[side] = np.array([m if there else np.zeros(6) for m, there in zip(again, mine, strict=True)])
            scores = np.exp([np.tanh(np.dot(q, key)) for key in keys])
            read += sum(score / scores.sum() * m for score, m in zip(scores, outputs[side], strict=True))
        q = np.tanh(q + read)
    logits = np.exp(weights["classifier.weight"] @ q + weights["classifier.bias"])
    return logits / logits.sum()


@pytest.mark.parametrize("hops", [1, 3])
def test_predictions_are_the_hops_over_the_memories(tmp_path, dialogs, hops):
    system = CMN({**SETTINGS, "hops": hops})
    system.fit(dialogs(24), dialogs(8, seed=1), 0, lambda line: None)
    system.save(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    part = dialogs(20, seed=2)
    expected = [by_hand(weights, x, *said, hops) for x, said in zip(part.features, part.history, strict=True)]
    for network in (system, load(tmp_path)):
        prediction = network.predict(part)
        np.testing.assert_allclose(prediction.probability, expected, atol=1e-6)
        assert prediction.emotion.tolist() == np.argmax(expected, axis=1).tolist()


@pytest.mark.parametrize("side", [True, False], ids=["own", "others"])
def test_each_memory_changes_what_is_predicted(system, dialogs, side):
    part = dialogs(20, seed=2)
    without = [(values[own != side], own[own != side]) for values, own in part.history]
    change = np.abs(system.predict(part).probability - system.predict(replace(part, history=without)).probability)
    had = np.array([bool((own == side).any()) for _, own in part.history])
    assert change[had].max(axis=1).min() > 1e-5
    assert change[~had].max() < 1e-6


def test_the_order_of_a_memory_changes_what_is_predicted(system, dialogs):
    part = dialogs(20, seed=2)
    turned = replace(part, history=[(values[::-1].copy(), own[::-1].copy()) for values, own in part.history])
    change = np.abs(system.predict(part).probability - system.predict(turned).probability).max(axis=1)
    assert change[[len(own) > 1 for _, own in part.history]].min() > 1e-6


def test_who_said_it_changes_what_is_predicted(system, dialogs):
    part = dialogs(20, seed=2)
    exchanged = replace(part, history=[(values, ~own) for values, own in part.history])
    change = np.abs(system.predict(part).probability - system.predict(exchanged).probability).max(axis=1)
    assert change[[len(own) > 0 for _, own in part.history]].min() > 1e-6


def modules_of(module):
    """A function from one utterance and its history to logits, of PyTorch's modules with the network's own weights."""

    def logits(utterance, history, own):
        q = torch.tanh(module.query(utterance))
        outputs = {}
        for hop in range(3):
            read = torch.zeros(6)
            for name, mine in (("own", own), ("others", ~own)) if len(own) else ():
                side = getattr(module, name)
                local = torch.zeros(len(own), 6)
                if mine.any():
                    local[mine] = torch.tanh(side.encode(history[mine])[0])
                again = side.encode_again(local)[0]
                keys = again if hop == 0 else outputs[name]
                outputs[name] = again * mine[:, None]
                read = read + torch.softmax(torch.tanh(keys @ q), 0) @ outputs[name]
            q = torch.tanh(q + read)
        return module.classifier(q)

    return logits


def test_the_gradient_is_that_of_the_modules_and_of_the_mean_of_squares_over_tensors(dialogs):
    torch.manual_seed(0)
    system = CMN({**SETTINGS, "dropout": 0.0, "weight_decay": 0.5})
    module = system.module = system.build(list("vwxyz"))
    part = dialogs(12, seed=2)
    emotion = torch.from_numpy(part.emotion)
    system.loss(system.collate(part), emotion).backward()
    found = {name: parameter.grad for name, parameter in module.named_parameters()}

    module.zero_grad()
    logits = modules_of(module)
    said = [tuple(map(torch.from_numpy, pair)) for pair in part.history]
    each = [logits(torch.from_numpy(x), *pair) for x, pair in zip(part.features, said, strict=True)]
    torch.nn.functional.cross_entropy(torch.stack(each), emotion).backward()
    # Ten tensors are no bias: query, classifier, and two of each of the four GRUs.
    for name, parameter in module.named_parameters():
        penalty = 0.0 if "bias" in name else 0.5 * parameter.detach() / 10
        torch.testing.assert_close(found[name], parameter.grad + penalty, atol=1e-6, rtol=1e-4, msg=name)


def test_dropout_is_of_what_the_first_gru_gives_and_of_the_weights(dialogs):
    """With all of it dropped nothing is read, so that the history makes no difference."""
    torch.manual_seed(0)
    system = CMN({**SETTINGS, "dropout": 0.999999})
    system.module = system.build(list("vwxyz")).train()
    part = dialogs(12, seed=2)
    alone = replace(part, history=[NOTHING] * 12)
    torch.testing.assert_close(system.module(system.collate(part)), system.module(system.collate(alone)))
    memory, history = system.module.own, torch.from_numpy(part.history[3][0])[None]
    silent = memory.write(torch.zeros_like(history), torch.zeros(1, 0, 5))
    torch.testing.assert_close(memory.write(history, torch.eye(5)[None]), silent)


def test_a_prediction_does_not_depend_on_the_batch(system, dialogs):
    part = dialogs(30, seed=2)
    found = {}
    for size in (1, 7, 64):
        system.settings = {**system.settings, "batch_size": size}
        found[size] = system.predict(part).probability
    np.testing.assert_allclose(found[1], found[64], atol=1e-6)
    np.testing.assert_allclose(found[7], found[64], atol=1e-6)


def test_training_learns_what_can_be_separated(dialogs):
    system = CMN({**SETTINGS, "max_epochs": 20})
    history = system.fit(dialogs(80), dialogs(24, seed=1), 0, lambda line: None)
    assert history[-1]["train_loss"] < 0.6 * history[0]["train_loss"]
    unseen = dialogs(40, seed=3)
    assert (system.predict(unseen).emotion == unseen.emotion).mean() > 0.9


@pytest.mark.parametrize("side", [True, False], ids=["own", "others"])
def test_training_learns_what_only_the_history_tells(part, side):
    def draw(n, seed):
        random = np.random.default_rng(seed)
        emotion = np.arange(n) % 4
        said = [(3 * np.eye(5)[e] + random.normal(size=(2, 5))).astype(np.float32) for e in emotion]
        history = [(told, np.full(2, side)) for told in said]
        return replace(part(random.normal(size=(n, 5)), emotion), history=history)

    system = CMN({**SETTINGS, "lr": 2e-2, "batch_size": 16, "max_epochs": 25})
    system.fit(draw(80, 0), draw(24, 1), 0, lambda line: None)
    unseen = draw(80, 2)
    assert (system.predict(unseen).emotion == unseen.emotion).mean() > 0.85


def test_without_dialogs_the_query_is_classified_alone_and_the_report_says_so(tmp_path, functionals, dialogs):
    def alone(n, seed=0):
        return replace(functionals(n, seed), history=[NOTHING] * n)

    lines = []
    system = CMN({**SETTINGS, "max_epochs": 12})
    system.fit(alone(40), alone(16, seed=1), 0, lines.append)
    assert len(lines) == 1
    assert lines[0].endswith("; no dialogs, so nothing to remember: the query alone")
    unseen = alone(40, seed=3)
    assert (system.predict(unseen).emotion == unseen.emotion).mean() > 0.9
    system.save(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    expected = [by_hand(weights, x, *NOTHING) for x in unseen.features]
    np.testing.assert_allclose(system.predict(unseen).probability, expected, atol=1e-6)
    CMN(SETTINGS).fit(dialogs(8), alone(8), 0, lines.append)
    assert "dialogs" not in lines[1]


def test_one_seed_gives_the_same_bytes_and_another_others(tmp_path, dialogs):
    for folder, seed in (("a", 0), ("b", 0), ("c", 1)):
        system = CMN(SETTINGS)
        system.fit(dialogs(16), dialogs(8, seed=1), seed, lambda line: None)
        system.save(tmp_path / folder)
    weights = {folder: (tmp_path / folder / "model.safetensors").read_bytes() for folder in "abc"}
    assert weights["a"] == weights["b"]
    assert weights["a"] != weights["c"]


def test_no_utterance_has_no_prediction(system, dialogs):
    prediction = system.predict(dialogs(4).take(np.array([], dtype=int)))
    assert prediction.emotion.shape == (0,)
    assert prediction.probability.shape == (0, 4)


class Corpus:
    """Two sessions of two speakers on disk, each a dialog of 24 turns, a sixth of them outside the task.

    Attributes
    ----------
    rows : of the index, in the order of time within each dialog
    values : utterance -> its functionals
    """

    def __init__(self, folder):
        self.folder = folder
        random = np.random.default_rng(0)
        self.rows, self.values = [], {}
        for session, speakers in (("1", "AB"), ("2", "CD")):
            for turn in range(24):
                emotion = [*EMOTIONS, None, *EMOTIONS, *EMOTIONS][(5 * turn + int(session)) % 13]
                speaker = speakers[random.integers(2)]
                place = {"dialog": f"d{session}", "turn": turn, "start": 2.0 * turn, "emotion": emotion}
                self.rows.append({"utterance": f"{speaker}{turn:02}", "speaker": speaker, "session": session, **place})
        for row in self.rows:
            centre = 3 * np.eye(5)[EMOTIONS.index(row["emotion"]) if row["emotion"] else 4]
            self.values[row["utterance"]] = (centre + random.normal(size=5)).astype(np.float32)
        roles = {"A": "train", "B": "train", "C": "validation", "D": "test"}
        task = [row for row in self.rows if row["emotion"]]
        lines = [f"D,{row['utterance']},{roles[row['speaker']]}" for row in task]
        (folder / "folds.csv").write_text("\n".join(["fold,utterance,role", *lines]) + "\n")

    def parts(self):
        """What `read_fold` makes of the files, after they are written as they are now."""
        write_index(pa.Table.from_pylist(self.rows, INDEX_SCHEMA), self.folder / "index.parquet")
        for speaker in "ABCD":
            own = [(row["utterance"], self.values[row["utterance"]]) for row in self.rows if row["speaker"] == speaker]
            write_functionals(self.folder / "features" / f"{speaker}.parquet", list("vwxyz"), own)
        files = FoldFiles(*(self.folder / name for name in ("index.parquet", "folds.csv", "features")))
        return read_fold(files, "D", history=SETTINGS["history"])

    def dialog(self):
        """The rows of the dialog that is tested."""
        return [row for row in self.rows if row["dialog"] == "d2"]


@pytest.fixture
def corpus(tmp_path):
    return Corpus(tmp_path)


@pytest.fixture
def tested(corpus):
    """A system trained on the corpus, and what it says about the test part."""
    system, parts = CMN(SETTINGS), corpus.parts()
    system.fit(parts["train"], parts["validation"], 0, lambda line: None)
    return system, parts["test"], system.predict(parts["test"]).probability


def permute(rows, names, random):
    """Exchange the values of the columns `names` among `rows`, so that no row keeps its own."""
    shift = random.integers(1, len(rows))
    values = [{name: row[name] for name in names} for row in rows]
    for i, row in enumerate(rows):
        row.update(values[(i + shift) % len(rows)])


def test_later_utterances_can_be_permuted_without_changing_a_prediction(corpus, tested):
    system, part, before = tested
    turns = {row["utterance"]: row["turn"] for row in corpus.dialog()}
    rows, values = [dict(row) for row in corpus.rows], dict(corpus.values)
    random, moved = np.random.default_rng(1), 0
    for turn in range(3, 21):
        corpus.rows, corpus.values = [dict(row) for row in rows], dict(values)
        later = [row for row in corpus.dialog() if row["turn"] > turn]
        names = [row["utterance"] for row in later]
        corpus.values.update(zip(names, [values[name] for name in names[1:] + names[:1]], strict=True))
        permute(later, ("turn", "start"), random)
        after = system.predict(corpus.parts()["test"]).probability
        past = np.array([turns[utterance] <= turn for utterance in part.utterance])
        np.testing.assert_allclose(after[past], before[past], atol=1e-6)
        moved += np.abs(after[~past] - before[~past]).max(initial=0) > 1e-3
    assert moved > 10


def test_all_labels_of_the_dialog_can_be_permuted_without_changing_a_prediction(corpus, tested):
    system, part, before = tested
    task = [row for row in corpus.dialog() if row["emotion"]]
    permute(task, ("emotion",), np.random.default_rng(1))
    for row in corpus.dialog():
        row["raw_label"] = "other"
    after = corpus.parts()["test"]
    assert after.utterance == part.utterance
    assert after.emotion.tolist() != part.emotion.tolist()
    np.testing.assert_array_equal(system.predict(after).probability, before)


def test_an_earlier_utterance_outside_the_task_is_remembered(corpus, tested):
    system, part, before = tested
    stranger = next(row for row in corpus.dialog() if row["emotion"] is None)
    corpus.values[stranger["utterance"]] += 5
    change = np.abs(system.predict(corpus.parts()["test"]).probability - before).max(axis=1)
    turns = {row["utterance"]: row["turn"] for row in corpus.dialog()}
    assert change[[turns[u] < stranger["turn"] for u in part.utterance]].max() == 0
    assert change[[turns[u] > stranger["turn"] for u in part.utterance]].max() > 1e-4
