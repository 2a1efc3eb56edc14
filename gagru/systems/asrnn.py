"""ASRNN: 3-D convolutions over a modulation spectrogram, a recurrent network on sliding windows, attention over these.

Source: Peng et al.: Speech emotion recognition using 3D convolutions and attention-based sliding recurrent networks
with auditory front-ends, IEEE Access 8:16560, 2020. Fidelity: described.
From there: the auditory input (`gagru.features.modulation`), 3-D convolutions, a bidirectional LSTM run over sliding
windows of their output, attention over the windows' outputs, a dense layer with softmax.
Ours: all sizes, of the kernels too; strides in place of pooling; that a window's output is the last state of each
direction; the last window, which ends with the utterance, so that every step is heard; the attention's form, which is
that of BiGRU+Att; dropout; the training. There is no batch normalisation. Neither sizes nor training were chosen by
results: units are 128, channels 32, dropout and training those of GA-GRU. What suits a corpus, `selection` finds.

Shapes, for an utterance of T steps (100 ms each) of 32 acoustic and 8 modulation channels, at the default settings:
    x (T, 32, 8)                                                             a row of 256 features a step
    3 x 3 x 3 convolution, 32 channels, stride (1, 2, 2), ReLU               -> (32, T, 16, 4)
    3 x 3 x 3 convolution, 32 channels, stride (1, 2, 2), ReLU               -> (32, T, 8, 2)
    3 x 3 x 3 convolution, 32 channels, stride (1, 2, 1), ReLU               -> (32, T, 4, 2), a row of 256 a step
    W windows of up to 10 steps, one every 5; bidirectional LSTM of 128      -> o (W, 256)
    alpha = softmax_w(u . tanh(A o_w + a)), sum_w alpha_w o_w                -> (256,) -> logits (4,)
"""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import dropout, relu

from gagru.layers.attention import segment_softmax, segment_sum
from gagru.layers.ragged import Layout, Ragged
from gagru.layers.rows import Gather
from gagru.systems.bigru_att import ATTENTION
from gagru.systems.network import DROPOUTS, TRAINING, Network
from gagru.task.emotions import EMOTIONS
from gagru.task.settings import COUNT, DROPOUT, OURS, Group, change, setting

CONVOLUTION = {
    "type": "object",
    "additionalProperties": False,
    "required": ["channels", "stride"],
    "properties": {"channels": COUNT, "stride": {"type": "array", "items": COUNT, "minItems": 2, "maxItems": 2}},
}
SETTINGS = {
    "features": setting("modulation", "Input features, a feature set", enum=["modulation"]),
    "convolutions": setting(
        [
            {"channels": 32, "stride": [2, 2]},
            {"channels": 32, "stride": [2, 2]},
            {"channels": 32, "stride": [2, 1]},
        ],
        "Channels of each 3 x 3 x 3 convolution, and its stride along the acoustic and the modulation channels",
        OURS,
        type="array",
        items=CONVOLUTION,
        minItems=1,
    ),
    "window": setting(10, "Steps of a sliding window", OURS, **COUNT),
    "hop": setting(5, "Steps from one window to the next", OURS, **COUNT),
    "hidden": setting(128, "Units of the LSTM, per direction", OURS, grid=[64, 128], **COUNT),
    "attention": Group("Attention over the windows", change(ATTENTION, OURS, size=16, init_std=0.1)),
    "dropout": setting(
        0.1, "Dropout of the windows' outputs and of their weighted sum", OURS, grid=DROPOUTS, **DROPOUT
    ),
    **change(TRAINING, OURS, lr=2.0e-4, batch_size=64),
}


class SlidingRecurrentNetwork(nn.Module):
    """The network. All steps of a batch lie one utterance after another.

    Parameters
    ----------
    acoustic, modulation : channels of the input
    settings : `convolutions` (of each: `channels`, and `stride` along the acoustic and the modulation channels),
        `window`, `hop` (steps), `hidden`, `attention.size`, `attention.init_std`, `dropout`
    """

    def __init__(self, acoustic: int, modulation: int, settings: dict):
        super().__init__()
        self.shape = acoustic, modulation
        self.window, self.hop = settings["window"], settings["hop"]
        self.dropout = settings["dropout"]
        self.convolutions = nn.ModuleList()
        channels = 1
        for layer in settings["convolutions"]:
            stride = (1, *layer["stride"])
            self.convolutions.append(nn.Conv3d(channels, layer["channels"], 3, stride, padding=1))
            channels = layer["channels"]
            # Of size 3 with padding: ceil(n / stride) values of n.
            acoustic, modulation = -(-acoustic // stride[1]), -(-modulation // stride[2])
        hidden, size = settings["hidden"], settings["attention"]["size"]
        self.lstm = nn.LSTM(channels * acoustic * modulation, hidden, batch_first=True, bidirectional=True)
        self.attention = nn.Linear(2 * hidden, size)
        self.u = nn.Parameter(torch.randn(size) * settings["attention"]["init_std"])
        self.classifier = nn.Linear(2 * hidden, len(EMOTIONS))

    def forward(self, utterances: Ragged) -> torch.Tensor:
        """B utterances, N steps (N, acoustic * modulation) in all -> logits (B, 4)."""
        outputs, windows = self.slide(self.convolve(utterances), utterances.layout)
        pooled = segment_sum(self.attend(outputs, windows)[:, None] * outputs, windows)
        return self.classifier(dropout(pooled, self.dropout, self.training))

    def convolve(self, utterances: Ragged) -> torch.Tensor:
        """B utterances, N steps (N, acoustic * modulation) in all -> (N, D).

        The utterances lie along one time axis, each followed by a step of zeros, which is set to zero again after each
        layer: so they do not see each other, and each is padded as it would be alone.
        """
        x, layout = utterances
        step = layout.set_apart(x.new_ones(len(x)), 1)
        x = layout.set_apart(x, 1).view(1, 1, -1, *self.shape)
        for convolution in self.convolutions:
            x = relu(convolution(x)) * step[:, None, None]
        return layout.join(x[0].transpose(0, 1), 1).flatten(1)

    def slide(self, x: torch.Tensor, layout: Layout) -> tuple[torch.Tensor, Layout]:
        """(N, D) -> the outputs o of all windows, (M, 2 * hidden), and how they belong to the utterances."""
        rows, counts = [], []
        for begin, length in zip(layout.starts, layout.lengths, strict=True):
            starts = window_starts(length, self.window, self.hop)
            rows += [begin + np.arange(start, min(start + self.window, length)) for start in starts]
            counts.append(len(starts))
        windows = Ragged(Gather(np.concatenate(rows), len(x), x.device)(x), layout.like([len(of) for of in rows]))
        last = self.lstm(windows.pack())[1][0]  # (2, M, hidden)
        last = windows.layout.unrank(torch.cat([last[0], last[1]], 1))
        return dropout(last, self.dropout, self.training), layout.like(counts)

    def attend(self, outputs: torch.Tensor, windows: Layout) -> torch.Tensor:
        """The weights alpha (M,) of the windows, which sum to 1 over each utterance."""
        return segment_softmax(torch.tanh(self.attention(outputs)) @ self.u, windows)


def window_starts(length: int, window: int, hop: int) -> list[int]:
    """Where the windows of an utterance of `length` steps start: every `hop` steps, and so that the last one ends with
    the utterance. An utterance that is shorter than a window is one shorter window."""
    last = max(length - window, 0)
    return [*range(0, last, hop), last]


class ASRNN(Network):
    """ASRNN as a system: see `gagru.systems.network.Network` for what it does."""

    NAME = "asrnn"

    def build(self, columns):
        _, acoustic, modulation = columns[-1].split("_")  # am_31_07, numbered from 0
        return SlidingRecurrentNetwork(int(acoustic) + 1, int(modulation) + 1, self.settings)

    def collate(self, batch):
        return Ragged.of(batch.features)


SYSTEM = ASRNN
