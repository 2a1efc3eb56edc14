"""CMN: a conversational memory network, which reads what was said before in the dialog.

Source: Hazarika et al.: Conversational memory network for emotion recognition in dyadic dialogue videos, NAACL 2018,
https://aclanthology.org/N18-1193, with audio alone. Fidelity: described.
From there: 100 units, 40 earlier utterances, 3 hops, dropout 0.3, Adam at 1e-3, norm 40, L2 1e-3.
Ours: eGeMAPS in place of the source's utterance features; each memory's scores are a softmax over its own utterances;
an empty memory reads as zeros; the norm is that of all gradients together; batches and early stopping. Dropout leaves
out 0.3 of the values; in the source's code (https://github.com/declare-lab/conv-emotion) 0.3 is what it keeps.

Shapes, for an utterance with k earlier ones of its speaker and m of everybody else (k, m <= 40, either may be 0):
    query (88,) -> q (100,), own history (k, 88) -> memory (k, 100), others' history (m, 88) -> memory (m, 100)
    three times: q, memories -> read (100,), read (100,) -> q (100,); then logits (4,)
Histories hold features of earlier utterances only, never a label. These may be the test speaker's: where that speaker's
partner is trained on (`rotate`, `random`) or validates, the partner's histories hold what the test speaker said before.
Earlier is what began earlier: it may still be going on when the utterance begins.
"""

from typing import ClassVar

import numpy as np
import torch
from torch import nn
from torch.nn.functional import dropout
from torch.nn.utils.rnn import pad_sequence

from gagru.systems.network import TRAINING, Network
from gagru.task.emotions import EMOTIONS
from gagru.task.settings import COUNT, DROPOUT, NOT_NEGATIVE, OURS, POSITIVE, change, setting

SETTINGS = {
    "features": setting("egemaps", "Feature set that it hears", OURS, rows="utterance"),
    "units": setting(100, "Units of the query, and of each GRU that makes or passes on a memory", **COUNT),
    "history": setting(40, "Earlier utterances of the dialog in each of the two memories, at most", **COUNT),
    "hops": setting(3, "How many times the memories are read", **COUNT),
    "dropout": setting(0.3, "Dropout of the memories and of the weights that they are read with", **DROPOUT),
    "weight_decay": setting(1.0e-3, "Weight of the squared parameters (L2) in what Adam lowers", **NOT_NEGATIVE),
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
        self.encode_again = nn.GRU(units, units, batch_first=True)  # the same at every hop

    def write(self, history: torch.Tensor) -> torch.Tensor:
        """Histories (B, K, inputs) -> memories (B, K, units)."""
        return self._drop(self.encode(history)[0])

    def rewrite(self, memory: torch.Tensor) -> torch.Tensor:
        """Memories (B, K, units) -> those of the next hop, of the same shape."""
        return self._drop(self.encode_again(memory)[0])

    def attend(self, q: torch.Tensor, memory: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Queries (B, units), memories and their lengths (B,) -> weights (B, K); all 0 where a memory is empty."""
        scores = torch.tanh((memory @ q[:, :, None])[:, :, 0])
        there = torch.arange(memory.shape[1], device=q.device) < lengths[:, None]
        # Not -inf: the softmax of nothing but that is no number.
        weights = scores.masked_fill(~there, torch.finfo(scores.dtype).min).softmax(1) * there
        return self._drop(weights)

    def _drop(self, values: torch.Tensor) -> torch.Tensor:
        return dropout(values, self.rate, self.training)


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
        """Utterances (B, inputs), and of own and others' histories values (B, K, inputs), lengths (B,) -> (B, 4)."""
        utterances, *histories = inputs
        q = torch.tanh(self.query(utterances))
        # Where nobody in the batch has a history there is nothing to read.
        sides = [
            (side, side.write(values), lengths)
            for side, (values, lengths) in zip((self.own, self.others), histories, strict=True)
            if values.shape[1] > 0
        ]
        for _ in range(self.hops):
            read, rewritten = 0, []
            for side, memory, lengths in sides:
                # What is read is the memory encoded once more, which is what the next hop attends to.
                output = side.rewrite(memory)
                read = read + (side.attend(q, memory, lengths)[:, None] @ output)[:, 0]
                rewritten.append((side, output, lengths))
            q, sides = torch.tanh(q + read), rewritten
        return self.classifier(q)


class CMN(Network):
    """CMN as a system: see `gagru.systems.network.Network` for what it does."""

    NAME = "cmn"
    HISTORY: ClassVar[bool] = True

    def build(self, columns):
        return MemoryNetwork(len(columns), self.settings)

    def fit(self, train, validation, seed: int = 0, report=print, checkpoint=None) -> list[dict]:
        """As every network; where no utterance of `train` has a history, the report says so."""
        alone = not any(len(own) or len(others) for own, others in train.history)
        remark = "; no dialogs, so nothing to remember: the query alone" if alone else ""
        return super().fit(train, validation, seed, lambda line: report(line + remark), checkpoint)

    def collate(self, batch):
        own, others = zip(*batch.history, strict=True)
        utterances = torch.from_numpy(np.stack(batch.features)).to(self.device)
        return utterances, self._padded(own), self._padded(others)

    def _padded(self, histories) -> tuple[torch.Tensor, torch.Tensor]:
        """Histories (k, d) -> values (B, K, d) with zeros at the ends, lengths (B,)."""
        values = pad_sequence([torch.from_numpy(history) for history in histories], batch_first=True)
        return values.to(self.device), torch.tensor([len(history) for history in histories], device=self.device)


SYSTEM = CMN
