"""CNN-LSTM-DNN: convolutions of three widths on the waveform, a 2-D convolution on what they find, an LSTM.

Source: Latif, Rana, Khalifa, Jurdak, Epps: Direct modelling of speech emotion from raw speech, Interspeech 2019
(https://arxiv.org/abs/1904.03833). Fidelity: partly. Layers, sizes and training (RMSprop, its learning rate and rho
and when the rate is halved, batch, patience, class weights) are those of a third party's implementation of the paper;
all are settings. That implementation, where it trains with class weights, flattens what the poolings leave: its LSTM
runs over single values of the image, one filter after the other and then the next moment, 60 n steps of 32 channels. A
later form of it takes n steps of 1920 values, as here, so that the LSTM runs over time.
Ours: how windows lie at the edges, see below, and PyTorch's defaults for initial weights, batch norm and the epsilon of
RMSprop. Class weights are taken from the training part, there from all utterances; a batch's loss is divided by the sum
of its weights, there by its number of utterances. There, the zeros that fill up the shorter utterances of a batch pass
the LSTM as well.

Shapes, for an utterance of T samples (16 kHz), with n = T // 640 steps of 40 ms and 4 n frames of 10 ms:
    x (T,) -> three convolutions, 40 filters each of 400, 240 and 1600 samples, stride 160, batch norm, ReLU (4n, 120)
    -> the larger of every 2 frames (2n, 120)
    -> as an image: 2-D convolution, 32 filters (2, 2), batch norm, ReLU (2n, 120, 32)
    -> the largest of every (2, 2) (n, 60, 32), read as (n, 1920)
    -> last state of an LSTM (128,) -> dropout -> dense, ReLU (1024,) -> logits (4,)

Edges. A window is centred on its frame, so that every width has the same frames, and sees zeros beyond the utterance;
so does the 2-D convolution beyond the last frame and the last filter. An utterance is cut to whole steps; one of less
than a step is filled up with zeros to one.

Nothing is padded for the batch: every utterance passes the convolutions as if it were alone, and batch norm sees the
rows of all of them, one after the other.
"""

from typing import ClassVar

import numpy as np
import torch
from torch import nn
from torch.nn.functional import pad

from gagru.layers.convolutions import Images, convolve_waveforms
from gagru.layers.lstm import last_states
from gagru.layers.ragged import Ragged
from gagru.systems.network import DROPOUTS, TRAINING, Network
from gagru.task.emotions import EMOTIONS
from gagru.task.settings import COUNT, COUNTS, DROPOUT, PAPER, change, setting
from gagru.training.optimisers import RMSprop

# As a third party's implementation of its paper has them.
SETTINGS = {
    "features": setting("waveform", "Input features, a feature set", rows="sample"),
    "filters": setting(40, "Filters of each width", **COUNT),
    "widths": setting([400, 240, 1600], "Samples (at 16 kHz) that the filters of the first convolutions see", **COUNTS),
    "stride": setting(160, "Samples from one frame to the next; four frames are a step of the LSTM", **COUNT),
    "image_filters": setting(32, "Filters of the 2-D convolution", **COUNT),
    "lstm": setting(128, "Units of the LSTM", **COUNT),
    "dropout": setting(0.3, "Dropout after the LSTM", grid=DROPOUTS, **DROPOUT),
    "dense": setting(1024, "Units of the dense layer", **COUNT),
    "rho": setting(0.9, "What stays of RMSprop's running mean of squared gradients in a step", **DROPOUT),
    "halve_after": setting(5, "Epochs without a better validation result that halve the learning rate", **COUNT),
    **change(TRAINING, PAPER, lr=1.0e-4, batch_size=16, max_epochs=100, patience=20, class_weight="balanced"),
}

# Each of the two poolings halves the frames, so a step of the LSTM is four.
FRAMES = 4
# So many products are summed up in single precision, and their sums in double.
SUMMED = 4096


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

    def forward(self, utterances: Ragged) -> torch.Tensor:
        """B utterances, each of whole steps, of N samples (N,) in all -> logits (B, 4)."""
        frames = self.norm(convolve_waveforms(utterances, self.convolutions, self.stride)).relu()
        pairs = frames.unflatten(0, (-1, 2)).amax(1)
        layout = utterances.layout
        images = Images(Ragged(pairs, layout.like([length // (2 * self.stride) for length in layout.lengths])))
        seen = images.convolve(*self.normalised_image_filters(images))
        steps = layout.like([length // (FRAMES * self.stride) for length in layout.lengths])
        states = last_states(self.lstm, Ragged(seen, steps))
        return self.classifier(self.dense(self.dropout(states)).relu())

    def normalised_image_filters(self, images: Images) -> tuple[torch.Tensor, torch.Tensor]:
        """Weight and bias of the 2-D convolution with its batch norm in them.

        The convolution is linear in the (2, 2) patches it sees, so mean and variance of what it gives, by far the
        largest thing in this network, follow from mean and covariance of the patches and need not be taken from it.
        """
        norm, weight, bias = self.image_norm, self.image.weight, self.image.bias
        if self.training:
            patches = images.patches  # (4, P)
            count, middle = patches.shape[1], patches.mean(1, keepdim=True)
            kernel = weight.flatten(1)  # (image_filters, 4)
            mean = (kernel @ middle)[:, 0] + bias
            variance = (kernel @ (sum_of_products(patches - middle) / count) * kernel).sum(1)
            with torch.no_grad():
                norm.running_mean.lerp_(mean, norm.momentum)
                norm.running_var.lerp_(variance * (count / (count - 1)), norm.momentum)
                norm.num_batches_tracked += 1
        else:
            mean, variance = norm.running_mean, norm.running_var
        scale = norm.weight * (variance + norm.eps).rsqrt()
        return weight * scale[:, None, None, None], (bias - mean) * scale + norm.bias


def sum_of_products(values: torch.Tensor) -> torch.Tensor:
    """`values @ values.T`, (K, K), for (K, P) of a very large P. In one sum, single precision would lose two digits."""
    parts = pad(values, (0, -values.shape[1] % SUMMED)).unflatten(1, (-1, SUMMED)).transpose(0, 1)
    return (parts @ parts.mT).double().sum(0).to(values.dtype)


class CNNLSTMDNN(Network):
    """CNN-LSTM-DNN as a system: see `gagru.systems.network.Network` for what it does."""

    NAME = "cnn_lstm_dnn"
    LAZY: ClassVar[bool] = True

    def build(self, columns: list[str]) -> nn.Module:
        return ConvolutionalLSTM(self.settings)

    def optimiser(self):
        return RMSprop(self.module.parameters(), lr=self.settings["lr"], rho=self.settings["rho"])

    def collate(self, batch):
        return Ragged.of([self.whole_steps(np.asarray(x)[:, 0]) for x in batch.features])

    def whole_steps(self, samples: np.ndarray) -> np.ndarray:
        """(T,) cut to whole steps, or filled up with zeros to one."""
        step = FRAMES * self.settings["stride"]
        if len(samples) < step:
            return np.pad(samples, (0, step - len(samples)))
        return samples[: len(samples) // step * step].copy()


SYSTEM = CNNLSTMDNN
