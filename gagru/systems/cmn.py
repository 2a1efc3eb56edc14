"""CMN: a conversational memory network, which reads what was said before in the dialog.

Source: Hazarika et al.: Conversational memory network for emotion recognition in dyadic dialogue videos, NAACL 2018,
https://aclanthology.org/N18-1193, with audio alone, and its code, https://github.com/declare-lab/conv-emotion.
Fidelity: described. From there: 100 units, the 40 latest utterances of both speakers together, 3 hops, dropout 0.3,
Adam at 1e-3, norm 40, L2 1e-3 times the mean over tensors.
Ours: eGeMAPS in place of the source's utterance features; a memory begins at the first of these utterances, where the
source's code goes through empty places before it; L2 leaves out every bias, there all but the output's; the norm is
that of all gradients together; PyTorch's GRU and initial weights; batches and early stopping. Dropout leaves out 0.3 of
the values; in the source's code 0.3 is what it keeps. That code draws its validation set from its test set, as here
`validation: oracle` alone.

Shapes, for an utterance with k earlier ones (k <= 40, and may be 0), each said by its speaker or by somebody else:
    query (88,) -> q (100,)
    own utterances among the k -> GRU -> at their places (k, 100), 0 elsewhere -> dropout, tanh -> GRU -> (k, 100)
    others' utterances: the same, with weights of their own
    three times: q and both sides -> read (100,), q <- tanh(q + read); then logits (4,)
At each hop the source's code encodes the first level once more: the outputs of the hop before are the keys, and the new
outputs, 0 where the other side speaks, are what is read. The weights are the same at every hop and dropout is drawn
before, so all outputs are, and are computed once here; the first hop alone has keys that are not 0 where the other side
speaks. The softmax is over all k places, so a side that said little is read with little weight.

Histories hold features of earlier utterances only, never a label. These may be the test speaker's: where that speaker's
partner is trained on (`rotate`, `random`) or validates, the partner's histories hold what the test speaker said before.
Earlier is what began earlier: it may still be going on when the utterance begins. MSP-IMPROV tells no times; there the
order follows from the names, see `gagru.corpora.msp_improv`.
"""

from typing import ClassVar

import numpy as np
import torch
from torch import nn
from torch.nn.functional import dropout

from gagru.layers.ragged import Ragged
from gagru.systems.network import DROPOUTS, TRAINING, Network
from gagru.task.emotions import EMOTIONS
from gagru.task.settings import COUNT, DROPOUT, NOT_NEGATIVE, OURS, POSITIVE, change, setting

SETTINGS = {
    "features": setting("egemaps", "Input features, a feature set", OURS, rows="utterance"),
    "units": setting(100, "Units of the query, and of each GRU of a memory", **COUNT),
    "history": setting(40, "Earlier utterances of the dialog that it remembers, of both speakers together", **COUNT),
    "hops": setting(3, "How many times the memories are read", **COUNT),
    "dropout": setting(
        0.3, "Dropout of what the first GRU gives and of the weights of a reading", grid=DROPOUTS, **DROPOUT
    ),
    "weight_decay": setting(1.0e-3, "Weight of L2: half a tensor's sum of squares, mean over tensors", **NOT_NEGATIVE),
    "clip_norm": setting(40.0, "Largest norm of the gradient", **POSITIVE),
    **change(change(TRAINING, lr=1.0e-3), OURS, batch_size=64),
}


class Memory(nn.Module):
    """The memory of one side of the dialog, the speaker's own or the others'.

    Histories are padded at their ends: a GRU runs forward in time, so what is there does not depend on what follows.
    """

    def __init__(self, inputs: int, units: int, rate: float):
        super().__init__()
        self.rate = rate
        self.encode = nn.GRU(inputs, units, batch_first=True)
        self.encode_again = nn.GRU(units, units, batch_first=True)

    def write(self, history: torch.Tensor, turns: torch.Tensor) -> torch.Tensor:
        """Histories (B, K, inputs), and this side's turns among them (B, k, K) -> memories (B, K, units) everywhere."""
        first = history.new_zeros(*history.shape[:2], self.encode.hidden_size)
        if turns.shape[1] > 0:
            # The first GRU goes from each utterance of this side to its next.
            first = turns.mT @ self.encode(turns @ history)[0]
        return self.encode_again(torch.tanh(self._drop(first)))[0]

    def weigh(self, q: torch.Tensor, keys: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """Queries (B, units), keys (B, K, units) and which places there are (B, K) -> weights (B, K); 0 elsewhere."""
        scores = torch.tanh((keys @ q[:, :, None])[:, :, 0])
        # Not -inf: the softmax of nothing but that is no number.
        weights = scores.masked_fill(~there, torch.finfo(scores.dtype).min).softmax(1) * there
        return self._drop(weights)

    def _drop(self, values: torch.Tensor) -> torch.Tensor:
        return dropout(values, self.rate, self.training)


def selection(places: Ragged, size: int) -> torch.Tensor:
    """Which of `size` places are among each sequence's `places`: a row of one True each, (B, k, size).

    A product with it takes these places out, and one with its transpose puts them back. Neither waits for a GPU, nor
    leaves the order of a sum open.
    """
    one = places.pad()[:, :, None] == torch.arange(size, device=places.rows.device)
    return one & places.layout.inside[:, :, None]


class MemoryNetwork(nn.Module):
    """The network.

    Parameters
    ----------
    inputs : functionals an utterance
    settings : `units`, `hops`, `dropout`
    """

    def __init__(self, inputs: int, settings: dict):
        super().__init__()
        units = settings["units"]
        self.hops = settings["hops"]
        self.query = nn.Linear(inputs, units)
        self.own = Memory(inputs, units, settings["dropout"])
        self.others = Memory(inputs, units, settings["dropout"])
        self.classifier = nn.Linear(units, len(EMOTIONS))

    def forward(self, inputs) -> torch.Tensor:
        """Utterances (B, inputs), their histories, and at which places of these each side speaks -> logits (B, 4)."""
        utterances, history, *places = inputs
        q = torch.tanh(self.query(utterances))
        there, sides = history.layout.inside, []
        if history.layout.longest > 0:  # where nobody in the batch has a history there is nothing to read
            for side, of_side in zip((self.own, self.others), places, strict=True):
                turns = selection(of_side, history.layout.longest).to(q.dtype)
                memory = side.write(history.pad(), turns)
                sides.append((side, memory, memory * turns.sum(1)[:, :, None]))
        for hop in range(self.hops):
            read = 0
            for side, memory, output in sides:
                keys = memory if hop == 0 else output
                read = read + (side.weigh(q, keys, there)[:, None] @ output)[:, 0]
            q = torch.tanh(q + read)
        return self.classifier(q)

    def penalty(self) -> torch.Tensor:
        """Half the sum of squares of each tensor that is no bias, the mean over these tensors."""
        weights = [parameter for name, parameter in self.named_parameters() if "bias" not in name]
        return torch.stack([weight.square().sum() / 2 for weight in weights]).mean()


class CMN(Network):
    """CMN as a system: see `gagru.systems.network.Network` for what it does."""

    NAME = "cmn"
    HISTORY: ClassVar[bool] = True

    def build(self, columns):
        return MemoryNetwork(len(columns), self.settings)

    def loss(self, inputs, emotion):
        return super().loss(inputs, emotion) + self.settings["weight_decay"] * self.module.penalty()

    def fit(self, train, validation, seed: int = 0, report=print, checkpoint=None) -> list[dict]:
        """As every network; where no utterance of `train` has a history, the report says so."""
        alone = not any(len(own) for _, own in train.history)
        remark = "; no dialogs, so nothing to remember: the query alone" if alone else ""
        return super().fit(train, validation, seed, lambda line: report(line + remark), checkpoint)

    def collate(self, batch):
        values, own = zip(*batch.history, strict=True)
        places = [[np.flatnonzero(mine) for mine in of] for of in (own, [~mine for mine in own])]
        return torch.from_numpy(np.stack(batch.features)), Ragged.of(values), *map(Ragged.of, places)


SYSTEM = CMN
