"""CNN-LSTM-DNN: convolutions of three widths on the waveform, a 2-D convolution on what they find, an LSTM.

Source: Latif, Rana, Khalifa, Jurdak, Epps: Direct modelling of speech emotion from raw speech, Interspeech 2019
(https://arxiv.org/abs/1904.03833). Fidelity: partly. The sizes are those of the source as design of the layers goes,
and are settings all the same: `filters`, `widths`, `stride`, `image_filters`, `lstm`, `dropout`, `dense`; so are its
RMSprop, learning rate and batch. Ours: how windows lie at the edges, see below; early stopping and its patience;
PyTorch's defaults for initial weights, batch norm and RMSprop, where the source's framework may have others.

Shapes, for an utterance of T samples (16 kHz), with n = T // 640 steps of 40 ms and 4 n frames of 10 ms:
    x (T,) -> three convolutions, 40 filters each of 400, 240 and 1600 samples, stride 160, batch norm, ReLU (4n, 120)
    -> the larger of every 2 frames (2n, 120)
    -> as an image: 2-D convolution, 32 filters (2, 2), batch norm, ReLU (2n, 120, 32)
    -> the largest of every (2, 2) (n, 60, 32), read as (n, 1920)
    -> last state of an LSTM (128,) -> dropout -> dense, ReLU (1024,) -> logits (4,)

Edges. A window is centred on its frame, so that every width has the same frames, and sees zeros beyond the utterance;
so does the 2-D convolution beyond the last frame and the last filter. An utterance is cut to whole steps; one of less
than a step is filled up with zeros to one.

No utterance sees another, and nothing is padded for the batch: the utterances lie one after another in one long signal,
with zeros between them that the widest window does not cross, and only the utterances' own rows go on to batch norm,
pooling and the LSTM.
"""

from collections.abc import Iterable
from itertools import accumulate
from typing import ClassVar, NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn.functional import conv2d, linear, max_pool2d, pad

from gagru.emotions import EMOTIONS
from gagru.layers.lstm import last_states
from gagru.systems.network import Network
from gagru.training.optimisers import RMSprop

# Each of the two poolings halves the frames, so a step of the LSTM is four.
FRAMES = 4


class Signal(NamedTuple):
    """Utterances one after another, with zeros before, between and after them.

    samples : (S,)
    starts : of each utterance, the sample it begins at
    steps : of each utterance, how many steps of `FRAMES * stride` samples it lasts
    """

    samples: torch.Tensor
    starts: list[int]
    steps: list[int]


class ConvolutionalLSTM(nn.Module):
    """The network.

    Parameters
    ----------
    settings : `filters`, `widths` and `stride` (samples), `image_filters`, `lstm`, `dropout`, `dense`
    """

    def __init__(self, settings: dict):
        super().__init__()
        filters, self.stride, widths = settings["filters"], settings["stride"], settings["widths"]
        self.columns = filters * len(widths)
        self.convolutions = nn.ModuleList(nn.Conv1d(1, filters, width, self.stride) for width in widths)
        self.norm = nn.BatchNorm1d(self.columns)
        self.image = nn.Conv2d(1, settings["image_filters"], 2)
        self.image_norm = nn.BatchNorm2d(settings["image_filters"])
        self.lstm = nn.LSTM(self.columns // 2 * settings["image_filters"], settings["lstm"])
        self.dropout = nn.Dropout(settings["dropout"])
        self.dense = nn.Linear(settings["lstm"], settings["dense"])
        self.classifier = nn.Linear(settings["dense"], len(EMOTIONS))

    def forward(self, signal: Signal) -> torch.Tensor:
        """B utterances -> logits (B, 4)."""
        if self.training:
            steps = self.convolve(signal)
        else:  # one by one, for the images of many long utterances take much memory
            alone = (Signal(signal.samples, [s], [n]) for s, n in zip(signal.starts, signal.steps, strict=True))
            steps = [self.convolve(utterance)[0] for utterance in alone]
        return self.classifier(self.dense(self.dropout(last_states(self.lstm, steps))).relu())

    def convolve(self, signal: Signal) -> list[torch.Tensor]:
        """B utterances of n_i steps -> what the LSTM takes in, (n_i, columns / 2 * image_filters) each."""
        frames = self.norm(self.filtered(signal)).relu()  # (N, columns), N the sum of the 4 n_i
        pairs = frames.unflatten(0, (-1, 2)).amax(1).split([2 * n for n in signal.steps])
        # The utterances below each other, two rows of zeros after each and a column of zeros at the side.
        image = torch.cat([pad(rows, (0, 1, 0, 2)) for rows in pairs])
        starts = accumulate((len(rows) + 2 for rows in pairs[:-1]), initial=0)
        steps = self.seen(image, ranges(starts, map(len, pairs)).to(image.device))
        # A row that comes of zeros alone follows the steps of each utterance but the last.
        return steps.split([rows for n in signal.steps for rows in (n, 1)][:-1])[::2]

    def filtered(self, signal: Signal) -> torch.Tensor:
        """The convolutions of each width, one after the other: all N frames, (N, columns)."""
        starts = ranges(signal.starts, (FRAMES * n for n in signal.steps), self.stride).to(signal.samples.device)
        values = []
        for convolution in self.convolutions:
            (width,) = convolution.kernel_size
            # Each window is centred on the frame that starts here.
            windows = signal.samples.unfold(0, width, 1)[starts - (width - self.stride) // 2]
            values.append(linear(windows, convolution.weight[:, 0], convolution.bias))
        return torch.cat(values, 1)

    def seen(self, image: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
        """2-D convolution, batch norm over `rows`, ReLU and pooling of an image (R, columns + 1).

        The convolution is linear in the (2, 2) patches it sees, so mean and variance of what it gives follow from
        theirs, and batch norm becomes part of the convolution. So what it gives, by far the largest thing here, is
        made once and looked at once.
        """
        norm, kernel = self.image_norm, self.image.weight.flatten(1)  # (image_filters, 4)
        if self.training:
            patches = torch.stack([image[rows + i, j : j + self.columns] for i in (0, 1) for j in (0, 1)]).flatten(1)
            count, middle = patches.shape[1], patches.mean(1, keepdim=True)
            patches = patches - middle
            mean = (kernel @ middle)[:, 0] + self.image.bias
            variance = (kernel @ (patches @ patches.T / count) * kernel).sum(1)
            with torch.no_grad():
                norm.running_mean.lerp_(mean, norm.momentum)
                norm.running_var.lerp_(variance * (count / (count - 1)), norm.momentum)
                norm.num_batches_tracked += 1
        else:
            mean, variance = norm.running_mean, norm.running_var
        scale = norm.weight * (variance + norm.eps).rsqrt()
        weight, bias = self.image.weight * scale[:, None, None, None], (self.image.bias - mean) * scale + norm.bias
        # Filters last, which is also the order that the LSTM takes them in.
        values = conv2d(image[None, None].to(memory_format=torch.channels_last), weight, bias)
        return max_pool2d(values, 2).relu()[0].permute(1, 2, 0).flatten(1)


def ranges(starts: Iterable[int], lengths: Iterable[int], step: int = 1) -> torch.Tensor:
    """`length` numbers from each start on, `step` apart, one range after the other."""
    return torch.cat([torch.arange(s, s + n * step, step) for s, n in zip(starts, lengths, strict=True)])


class CNNLSTMDNN(Network):
    """CNN-LSTM-DNN as a system: see `gagru.systems.network.Network` for what it does."""

    NAME = "cnn_lstm_dnn"
    LAZY: ClassVar[bool] = True

    def build(self, columns: list[str]) -> nn.Module:
        return ConvolutionalLSTM(self.settings)

    def optimiser(self):
        return RMSprop(self.module.parameters(), lr=self.settings["lr"])

    def collate(self, batch) -> Signal:
        step, widest = FRAMES * self.settings["stride"], max(self.settings["widths"])
        steps = [max(len(utterance) // step, 1) for utterance in batch.features]
        starts = list(accumulate((n * step + widest for n in steps), initial=widest))
        samples = np.zeros(starts.pop(), dtype=np.float32)
        for start, n, utterance in zip(starts, steps, batch.features, strict=True):
            values = np.asarray(utterance)[: n * step, 0]
            samples[start : start + len(values)] = values
        return Signal(torch.from_numpy(samples).to(self.device), starts, steps)


SYSTEM = CNNLSTMDNN
