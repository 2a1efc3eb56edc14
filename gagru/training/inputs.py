"""The input of a network for batches of a part's utterances, and where it lies meanwhile."""

import torch

from gagru.layers.ragged import Layout, Ragged
from gagru.layers.rows import to_device

# The input of a part stays on a GPU if it takes at most so many bytes. IEMOCAP's descriptors take 0.16 GB, its
# waveforms 1.6 GB. What takes more is sent batch by batch.
BUDGET = 2 * 2**30
# So many utterances are brought to a GPU at a time: few enough for the memory beside it.
CHUNK = 256


def move(inputs, device: torch.device):
    """Tensors with a row an utterance, `Ragged` sequences, or tuples of these, on the device."""
    if isinstance(inputs, Ragged):
        return inputs.to(device)
    if isinstance(inputs, torch.Tensor):
        return to_device(inputs, device)
    return tuple(move(each, device) for each in inputs)


def take(inputs, indices):
    """The utterances at `indices` of what `move` takes."""
    if isinstance(inputs, Ragged):
        return inputs.take(indices)
    if isinstance(inputs, torch.Tensor):
        return inputs.index_select(0, to_device(indices, inputs.device))
    return tuple(take(each, indices) for each in inputs)


def join(inputs: list):
    """Several of what `move` takes, one after the other."""
    first = inputs[0]
    if isinstance(first, Ragged):
        lengths = [length for each in inputs for length in each.layout.lengths]
        layout = Layout(lengths, first.rows.device, first.layout.together)
        return Ragged(torch.cat([each.rows for each in inputs]), layout)
    if isinstance(first, torch.Tensor):
        return torch.cat(inputs)
    return tuple(map(join, zip(*inputs, strict=True)))


class Inputs:
    """A part's utterances as a system's module takes them, batch by batch, on the system's device.

    On a CPU a batch is made when it is asked for, and on a GPU, too, where all of them are too large to stay there.
    Otherwise all lie on the GPU from the first batch on, and a batch is gathered there by index.

    Parameters
    ----------
    system : says how a batch is made (`collate`), and its `device`
    part : `gagru.data.dataset.Part`
    stays : whether the input stays on the device; default: on a GPU, if it takes at most `BUDGET` bytes
    """

    def __init__(self, system, part, stays: bool | None = None):
        self.system, self.part, self.device = system, part, system.device
        self.stays = self.device.type != "cpu" and size_of(part) <= BUDGET if stays is None else stays
        self._all = None

    @classmethod
    def of(cls, system, part) -> "Inputs":
        """Of a part; what is the input already is returned."""
        return part if isinstance(part, Inputs) else cls(system, part)

    def __len__(self) -> int:
        return len(self.part)

    @property
    def emotion(self):
        """The classes (n,), as the part has them."""
        return self.part.emotion

    def batch(self, indices):
        """The module's input for the utterances at `indices`."""
        if not self.stays:
            return move(self.system.collate(self.part.take(indices)), self.device)
        if self._all is None:
            chunks = (range(start, min(start + CHUNK, len(self))) for start in range(0, len(self), CHUNK))
            self._all = join([move(self.system.collate(self.part.take(list(c))), self.device) for c in chunks])
        return take(self._all, indices)

    def emotions(self, indices) -> torch.Tensor:
        """The classes of the utterances at `indices`, on the device."""
        return to_device(self.part.emotion[indices], self.device)


def size_of(part) -> int:
    """The bytes of a part's features and histories, also where they lie on disk."""
    row = 4 * len(part.columns)
    features = sum(getattr(array, "nbytes", len(array) * row) for array in part.features)
    return features + sum(values.nbytes for values, _ in part.history or ())
