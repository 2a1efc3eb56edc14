"""A batch of sequences of different lengths: one layout for all layers, on a CPU and on a GPU.

The rows of all sequences lie one after another, without padding. What has to be done for each sequence is done in one
of two ways, which give the same values up to rounding: one by one, or all together, padded or packed for one operation
(`gagru.layers.rows.works_together`).
"""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from torch.nn.utils.rnn import PackedSequence

from gagru.layers import rows as by_index
from gagru.layers.rows import Gather, to_device


class Layout:
    """Where the rows of B sequences lie, N in all, and how they go into other arrangements and back.

    Everything is computed on the CPU from the lengths, so that no layer has to ask a GPU, and wait, for a size.

    Parameters
    ----------
    lengths : of the B sequences, each at least 0
    device : of the rows
    together : whether layers work on all sequences at once; default: `works_together`
    """

    def __init__(self, lengths: Sequence[int], device: torch.device | str = "cpu", together: bool | None = None):
        self.lengths = [int(length) for length in lengths]
        self.device = torch.device(device)
        self.together = by_index.works_together(self.device) if together is None else together

    def __len__(self) -> int:
        return len(self.lengths)

    def like(self, lengths: Sequence[int]) -> "Layout":
        """The layout of other sequences, on the same device and worked on in the same way."""
        return Layout(lengths, self.device, self.together)

    @property
    def count(self) -> int:
        """N, the number of rows."""
        return sum(self.lengths)

    @property
    def longest(self) -> int:
        """T, the length of the longest sequence."""
        return max(self.lengths, default=0)

    @cached_property
    def starts(self) -> np.ndarray:
        """The first row of each sequence, (B,)."""
        return np.cumsum([0, *self.lengths[:-1]]) if self.lengths else np.zeros(0, int)

    @cached_property
    def sizes(self) -> torch.Tensor:
        """The lengths as a tensor (B,) on the device."""
        return to_device(np.array(self.lengths, dtype=np.int64), self.device)

    @cached_property
    def inside(self) -> torch.Tensor:
        """Which places of the padded arrangement hold a row, (B, T)."""
        return torch.arange(self.longest, device=self.device) < self.sizes[:, None]

    def split(self, rows: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """The rows (T_i, ...) of each sequence."""
        return rows.split(self.lengths)

    def spread(self, of_sequences: torch.Tensor) -> torch.Tensor:
        """What each sequence has, (B, ...), for each of its rows, (N, ...). It has no gradient."""
        return of_sequences.index_select(0, self._sequence)

    @cached_property
    def _sequence(self) -> torch.Tensor:
        return to_device(np.repeat(np.arange(len(self)), self.lengths), self.device)

    # Padded: sequences side by side.

    def pad(self, rows: torch.Tensor, value: float = 0.0, time_first: bool = False) -> torch.Tensor:
        """Rows (N, ...) -> (B, T, ...), or (T, B, ...), with `value` behind the end of a sequence."""
        order = self._padded_in_time if time_first else self._padded
        return order(rows, value).unflatten(0, (self.longest, len(self)) if time_first else (len(self), self.longest))

    def unpad(self, padded: torch.Tensor) -> torch.Tensor:
        """The inverse of `pad`: (B, T, ...) -> (N, ...)."""
        return self._unpadded(padded.flatten(0, 1))

    @cached_property
    def _places_in_padded(self) -> np.ndarray:
        time = np.arange(self.longest)
        inside = time < np.array(self.lengths, dtype=np.int64)[:, None]
        return np.where(inside, self.starts[:, None] + time, self.count)

    @cached_property
    def _padded(self) -> Gather:
        return self._gather(self._places_in_padded.ravel())

    @cached_property
    def _padded_in_time(self) -> Gather:
        return self._gather(self._places_in_padded.T.ravel())

    @cached_property
    def _unpadded(self) -> Gather:
        size = self._places_in_padded.size
        return Gather(np.flatnonzero(self._places_in_padded.ravel() < self.count), size, self.device)

    # Packed: step by step, of each step the sequences that last so long, the longest first.

    def pack(self, rows: torch.Tensor) -> PackedSequence:
        """Rows (N, ...) as PyTorch's recurrent networks take them; every sequence needs a row.

        The sequences are in the order `ranked`, and PyTorch is told nothing of the order that they had: what it gives
        for the sequences is in that order, too.
        """
        return PackedSequence(self._packed(rows), self.batch_sizes)

    def unpack(self, packed: torch.Tensor) -> torch.Tensor:
        """The inverse of `pack`, for the data of a `PackedSequence`: (N, ...) -> (N, ...)."""
        return self._unpacked(packed)

    def unrank(self, ranked: torch.Tensor) -> torch.Tensor:
        """What the sequences have in the order `ranked`, (B, ...), in the order of the batch."""
        return self._unranked(ranked)

    @cached_property
    def ranked(self) -> np.ndarray:
        """The sequences by length, the longest first, (B,)."""
        return torch.tensor(self.lengths).sort(descending=True)[1].numpy()

    @cached_property
    def batch_sizes(self) -> torch.Tensor:
        """How many sequences each step has, (T,), on the CPU."""
        ascending = np.sort(self.lengths)
        return torch.from_numpy(len(self) - np.searchsorted(ascending, np.arange(self.longest), side="right"))

    @cached_property
    def _order_of_packed(self) -> np.ndarray:
        sizes = self.batch_sizes.numpy()
        time = np.repeat(np.arange(self.longest), sizes)
        rank = np.arange(self.count) - (sizes.cumsum() - sizes)[time]
        return self.starts[self.ranked][rank] + time

    @cached_property
    def _packed(self) -> Gather:
        return self._gather(self._order_of_packed)

    @cached_property
    def _unpacked(self) -> Gather:
        return self._gather(np.argsort(self._order_of_packed))

    @cached_property
    def _unranked(self) -> Gather:
        return Gather(np.argsort(self.ranked), len(self), self.device)

    # With gaps: one after another, kept apart by rows of zeros.

    def set_apart(self, rows: torch.Tensor, gap: int) -> torch.Tensor:
        """Rows (N, ...) -> (N + B gap, ...): `gap` rows of zeros behind each sequence."""
        order = np.full(self.count + len(self) * gap, self.count)
        order[self._apart(gap)] = np.arange(self.count)
        return self._gather(order)(rows)

    def join(self, apart: torch.Tensor, gap: int) -> torch.Tensor:
        """The inverse of `set_apart`: (N + B gap, ...) -> (N, ...)."""
        return Gather(self._apart(gap), len(apart), self.device)(apart)

    def _apart(self, gap: int) -> np.ndarray:
        return np.arange(self.count) + gap * np.repeat(np.arange(len(self)), self.lengths)

    def _gather(self, order: np.ndarray) -> Gather:
        return Gather(order, self.count, self.device)


class Ragged(NamedTuple):
    """B sequences: their rows (N, ...), one after another, and their layout."""

    rows: torch.Tensor
    layout: Layout

    @classmethod
    def of(cls, sequences, together: bool | None = None) -> "Ragged":
        """From a list of B tensors or arrays (T_i, ...); a `Ragged` stays what it is.

        >>> Ragged.of([torch.ones(2, 3), torch.ones(1, 3)]).layout.lengths
        [2, 1]
        """
        if isinstance(sequences, Ragged):
            return sequences
        tensors = [torch.as_tensor(sequence) for sequence in sequences]
        rows = torch.cat(tensors)
        return cls(rows, Layout([len(tensor) for tensor in tensors], rows.device, together))

    def split(self) -> tuple[torch.Tensor, ...]:
        """The rows (T_i, ...) of each sequence."""
        return self.layout.split(self.rows)

    def pad(self, time_first: bool = False) -> torch.Tensor:
        """The rows padded with zeros, see `Layout.pad`."""
        return self.layout.pad(self.rows, time_first=time_first)

    def pack(self) -> PackedSequence:
        """The rows packed, see `Layout.pack`."""
        return self.layout.pack(self.rows)

    def to(self, device: torch.device) -> "Ragged":
        """The same on a device; `Layout` says what the default `together` is there."""
        return Ragged(to_device(self.rows, device), Layout(self.layout.lengths, device))

    def take(self, indices) -> "Ragged":
        """The sequences at `indices`, one or more, in that order."""
        # By slices: an index of all rows, as of a batch's samples, would take longer to make than a step of training.
        lengths, starts = (
            [values[i] for i in indices] for values in (self.layout.lengths, self.layout.starts.tolist())
        )
        rows = [self.rows[start : start + length] for start, length in zip(starts, lengths, strict=True)]
        return Ragged(torch.cat(rows), self.layout.like(lengths))
