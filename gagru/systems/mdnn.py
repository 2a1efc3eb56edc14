"""MDNN: a multi-path dense network. Groups of the 88 eGeMAPS functionals have classifiers of their own.

Source: Zhou et al.: Inferring emotion from conversational voice data: a semi-supervised multi-path generative neural
network approach, AAAI 2018, of which this is the supervised part (MDNN). Fidelity: described.
From there: a local classifier a group, the local classifiers' last hidden layers concatenated into a global classifier,
one objective for all of them. Ours: the groups, the sizes of the layers (`local`, `global`), dropout and training,
which are the DNN's. What suits a corpus, `selection` finds.

Shapes: x (B, 88) -> frequency (B, 24), energy (B, 15), spectral (B, 43), temporal (B, 6)
    each -> (B, 64) -> (B, 32) -> local logits (B, 4); the four (B, 32) -> (B, 128) -> (B, 64) -> logits (B, 4)
"""

import re

import numpy as np
import torch
from torch import nn

from gagru.systems.network import DROPOUTS, TRAINING, Network
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError
from gagru.task.settings import COUNTS, DROPOUT, OURS, change, setting

SETTINGS = {
    "features": setting("egemaps", "Input features, a feature set", OURS, enum=["egemaps"]),
    "local": setting([64, 32], "Units of each ReLU layer of a group's own classifier", OURS, **COUNTS),
    "global": setting([128, 64], "Units of each ReLU layer of the classifier over all groups", OURS, **COUNTS),
    "dropout": setting(0.0, "Dropout after each ReLU layer", OURS, grid=DROPOUTS, **DROPOUT),
    **change(TRAINING, OURS, lr=2.0e-4, batch_size=64),
}

# The parameter groups of Eyben et al.: The Geneva Minimalistic Acoustic Parameter Set (GeMAPS) for voice research and
# affective computing, IEEE Transactions on Affective Computing 7(2), 2016, also of what the extended set adds: cepstral
# coefficients and flux are spectral, bandwidths are frequencies. The equivalent sound level is counted with energy.
# Patterns are of openSMILE's names of the descriptors, the same in all versions; V and UV are voiced and unvoiced.
GROUPS = {
    "frequency": r"F0semitoneFrom27\.5Hz|jitterLocal|F[123](frequency|bandwidth)",
    "energy": r"loudness|shimmerLocaldB|HNRdBACF|equivalentSoundLevel_dBp",
    "spectral": r"(alphaRatio|hammarbergIndex)U?V|slopeU?V\d+-\d+|(spectralFlux|mfcc[1-4])(U?V)?"
    r"|logRelF0-H1-(H2|A3)|F[123]amplitudeLogRelF0",
    "temporal": r"(loudnessPeaks|VoicedSegments)PerSec|(Mean|Stddev)(V|Unv)oicedSegmentLength(Sec)?",
}


def grouped(columns: list[str]) -> dict[str, list[int]]:
    """The places of each group's functionals in `columns`. Raises `InputError` for one that is in no group."""
    places = {group: [] for group in GROUPS}
    for place, column in enumerate(columns):
        descriptor = column.partition("_sma3")[0]  # what follows names the smoothing and the functional
        group = next((group for group, pattern in GROUPS.items() if re.fullmatch(pattern, descriptor)), None)
        if group is None:
            raise InputError(f"mdnn: {column!r} is not of eGeMAPS; add it to GROUPS in gagru/systems/mdnn.py")
        places[group].append(place)
    return {group: found for group, found in places.items() if found}


def dense(inputs: int, sizes: list[int], rate: float) -> nn.Sequential:
    """Dense ReLU layers of `sizes` units, each followed by dropout."""
    layers = []
    for outputs in sizes:
        layers += [nn.Linear(inputs, outputs), nn.ReLU(), nn.Dropout(rate)]
        inputs = outputs
    return nn.Sequential(*layers)


class MultiPath(nn.Module):
    """The network.

    Parameters
    ----------
    groups : the places of each group's functionals
    settings : `local` and `global`, sizes of the hidden layers; `dropout`
    """

    def __init__(self, groups: dict[str, list[int]], settings: dict):
        super().__init__()
        local, rate = settings["local"], settings["dropout"]
        for group, places in groups.items():  # on the device as the parameters are, and not stored
            self.register_buffer(f"places_of_{group}", torch.tensor(places), persistent=False)
        self.paths = nn.ModuleDict({group: dense(len(places), local, rate) for group, places in groups.items()})
        self.local = nn.ModuleDict({group: nn.Linear(local[-1], len(EMOTIONS)) for group in groups})
        self.joined = dense(local[-1] * len(groups), settings["global"], rate)
        self.classifier = nn.Linear(settings["global"][-1], len(EMOTIONS))

    def classify(self, x: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Functionals (B, d) -> global logits (B, 4) and each group's local logits (B, 4)."""
        hidden = [path(x[:, self.get_buffer(f"places_of_{group}")]) for group, path in self.paths.items()]
        local = [classify(h) for classify, h in zip(self.local.values(), hidden, strict=True)]
        return self.classifier(self.joined(torch.cat(hidden, dim=1))), local

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Functionals (B, d) -> global logits (B, 4)."""
        return self.classify(x)[0]


class MDNN(Network):
    """MDNN as a system: see `gagru.systems.network.Network` for what it does."""

    NAME = "mdnn"

    def build(self, columns):
        return MultiPath(grouped(columns), self.settings)

    def collate(self, batch):
        return torch.from_numpy(np.stack(batch.features))

    def loss(self, inputs, emotion: torch.Tensor) -> torch.Tensor:
        """The one objective: the sum of the local classifiers' cross entropies and the global one's."""
        logits, local = self.module.classify(inputs)
        return sum((self.cross_entropy(path, emotion) for path in local), self.cross_entropy(logits, emotion))


SYSTEM = MDNN
