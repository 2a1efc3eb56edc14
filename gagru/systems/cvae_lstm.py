"""CVAE-LSTM: a variational autoencoder of log-Mel frames, conditioned on the emotion, and an LSTM over its codes.

Source: Latif, Rana, Qadir, Epps: Variational autoencoders for learning latent representations of speech emotion: a
preliminary study, 2018, arXiv 1712.08708; as the GA-GRU paper describes it, section 3.2 ("the emotion category as a
condition placed on each frame"). Fidelity: described. Ours: all sizes, one hidden layer in encoder and decoder, the
decoder's variance of 1, `beta`, that frames are stacked (`stack`), the mean of the LSTM's outputs over time, and how
the condition is kept from the test, as follows. Neither sizes nor training were chosen by results: units and codes are
128, `beta` is 1, dropout and training those of GA-GRU. What suits a corpus, `selection` finds.

No label at test time. Only the decoder p(x | z, y) and the prior p(z | y), a Gaussian an emotion with learned mean and
variance, see the emotion y. The encoder q(z | x) does not, and the LSTM reads nothing but its means. After training,
decoder and prior have done their work: an utterance passes through encoder, LSTM and a linear layer. The prior draws
the codes of an emotion together, which the encoder then has to follow by the sound alone.

Training lowers one sum, in one loop:
    mean over frames of  |x - x'|^2 / 2 + beta KL(q(z | x) || p(z | y))  +  cross entropy of the LSTM's classes
The LSTM reads *detached* means, so its errors do not shape the codes, which remain those of the autoencoder. The two
terms have no parameter in common, and so need no weights. (Training the LSTM when the autoencoder is done, or both in
turns, are the usual alternatives.) Codes are drawn for the decoder only; prediction draws nothing.

Shapes, for an utterance of T frames (10 ms) of d log-Mel energies, in n = ceil(T / stack) steps:
    x (T, d) -> (n, stack d) -> mean, log variance (n, latent) -> LSTM (n, units) -> mean over time -> logits (4,)
"""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy, one_hot

from gagru.layers.ragged import Layout, Ragged
from gagru.layers.rows import choose_rows
from gagru.systems.network import DROPOUTS, TRAINING, Network
from gagru.task.emotions import EMOTIONS
from gagru.task.settings import COUNT, DROPOUT, NOT_NEGATIVE, OURS, change, setting

SETTINGS = {
    "features": setting("log_mel", "Input features, a feature set", rows="frame"),
    "stack": setting(5, "Frames side by side that make a step", OURS, **COUNT),
    "hidden": setting(128, "Units of the ReLU layer of the encoder, and of the decoder", OURS, **COUNT),
    "latent": setting(128, "Dimensions of the code", OURS, grid=[32, 128], **COUNT),
    "beta": setting(1.0, "Weight of the KL term; 1 is the evidence lower bound", OURS, grid=[0.1, 1.0], **NOT_NEGATIVE),
    "units": setting(128, "Units of the LSTM", OURS, **COUNT),
    "layers": setting(1, "Layers of the LSTM", OURS, **COUNT),
    "dropout": setting(0.1, "Dropout before the last layer", OURS, grid=DROPOUTS, **DROPOUT),
    **change(TRAINING, OURS, lr=2.0e-4, batch_size=64),
}


def kl_divergence(mean, log_variance, prior_mean, prior_log_variance):
    """KL(q || p) of Gaussians with diagonal covariances, (N, D) each -> (N,), in nats.

    The sum over dimensions of (log s_p^2 / s_q^2 + (s_q^2 + (m_q - m_p)^2) / s_p^2 - 1) / 2; Kingma and Welling:
    Auto-encoding variational Bayes, ICLR 2014, appendix B, where p is a standard normal.
    """
    difference = prior_log_variance - log_variance
    squared = (mean - prior_mean) ** 2 / prior_log_variance.exp()
    return 0.5 * (difference + (-difference).exp() + squared - 1).sum(1)


class ConditionalAutoencoder(nn.Module):
    """The autoencoder of single steps, (N, inputs).

    Parameters
    ----------
    inputs : values a step
    hidden : units of the one ReLU layer of the encoder, and of the decoder
    latent : dimensions D of the code z
    """

    def __init__(self, inputs: int, hidden: int, latent: int):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, 2 * latent))
        self.decoder = nn.Sequential(nn.Linear(latent + len(EMOTIONS), hidden), nn.ReLU(), nn.Linear(hidden, inputs))
        # A row an emotion. All are the standard normal to begin with; the data draw them apart.
        self.prior_mean = nn.Parameter(torch.zeros(len(EMOTIONS), latent))
        self.prior_log_variance = nn.Parameter(torch.zeros(len(EMOTIONS), latent))

    def encode(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean and log variance of q(z | x), (N, D) each."""
        return self.encoder(x).chunk(2, 1)

    def decode(self, z: torch.Tensor, emotion: torch.Tensor) -> torch.Tensor:
        """Mean of p(x | z, y), whose variance is 1: codes (N, D) and emotions (N,) -> (N, inputs)."""
        return self.decoder(torch.cat([z, one_hot(emotion, len(EMOTIONS)).to(z.dtype)], 1))

    def prior(self, emotion: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean and log variance of p(z | y), (N, D) each, for emotions (N,)."""
        return choose_rows(self.prior_mean, emotion), choose_rows(self.prior_log_variance, emotion)


class LatentLSTM(nn.Module):
    """Autoencoder and classifier.

    Parameters
    ----------
    inputs : values a step
    settings : `hidden`, `latent`, `units`, `layers`, `dropout`
    """

    def __init__(self, inputs: int, settings: dict):
        super().__init__()
        self.autoencoder = ConditionalAutoencoder(inputs, settings["hidden"], settings["latent"])
        self.lstm = nn.LSTM(settings["latent"], settings["units"], settings["layers"])
        self.dropout = nn.Dropout(settings["dropout"])
        self.classifier = nn.Linear(settings["units"], len(EMOTIONS))

    def forward(self, utterances: Ragged) -> torch.Tensor:
        """B utterances, N steps (N, inputs) in all -> logits (B, 4), from the means of their codes."""
        means, _ = self.autoencoder.encode(utterances.rows)
        return self.classify(means, utterances.layout)

    def classify(self, codes: torch.Tensor, layout: Layout) -> torch.Tensor:
        """Codes (N, D) of B utterances, one after another -> logits (B, 4)."""
        # Padding follows the utterance, so an LSTM that runs forward has given the utterance's outputs before it. On a
        # CPU it takes a sixth of the time of packed sequences.
        outputs, _ = self.lstm(layout.pad(codes, time_first=True))  # (n, B, units)
        pooled = (outputs * layout.inside.t()[:, :, None]).sum(0) / layout.sizes[:, None]
        return self.classifier(self.dropout(pooled))

    def objective(
        self, utterances: Ragged, emotion: torch.Tensor, beta: float, loss_of_classes=cross_entropy
    ) -> torch.Tensor:
        """What training lowers, given B utterances (N, inputs) and their emotions (B,); see the top of this file.

        loss_of_classes : of the classes' logits (B, 4) and the emotions
        """
        x, layout = utterances
        y = layout.spread(emotion)
        mean, log_variance = self.autoencoder.encode(x)
        z = mean + (0.5 * log_variance).exp() * torch.randn_like(mean)
        reconstruction = 0.5 * ((x - self.autoencoder.decode(z, y)) ** 2).sum(1)
        divergence = kl_divergence(mean, log_variance, *self.autoencoder.prior(y))
        negative_elbo = (reconstruction + beta * divergence).mean()  # up to a constant
        return negative_elbo + loss_of_classes(self.classify(mean.detach(), layout), emotion)


class CVAELSTM(Network):
    """CVAE-LSTM as a system: see `gagru.systems.network.Network` for what it does."""

    NAME = "cvae_lstm"

    def build(self, columns: list[str]) -> nn.Module:
        return LatentLSTM(self.settings["stack"] * len(columns), self.settings)

    def collate(self, batch):
        return Ragged.of([stacked(array, self.settings["stack"]) for array in batch.features])

    def loss(self, inputs, emotion):
        return self.module.objective(inputs, emotion, self.settings["beta"], self.cross_entropy)


def stacked(frames: np.ndarray, count: int) -> np.ndarray:
    """Every `count` frames of (T, d) side by side: (ceil(T / count), count d); the last frame fills up the last row."""
    missing = -len(frames) % count
    return np.pad(frames, ((0, missing), (0, 0)), mode="edge").reshape(-1, count * frames.shape[1])


SYSTEM = CVAELSTM
