"""The steps of a bidirectional GRU, and where their frames lie: see `gagru.layers.packed_gru`."""

from collections.abc import Iterator
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np
import torch

from gagru.layers.replay import Replay
from gagru.layers.rows import Gather, to_device

# On a CPU gates are made and stored in blocks of steps of about this many numbers: large enough for fast matrix
# products, small enough for the last cache and for an allocator that keeps freed memory.
BLOCK = 2**22
# On a GPU so many steps are replayed at once. The longest utterance is filled up to a multiple of them.
REPLAYED = 16


class Block(NamedTuple):
    """Consecutive steps: which frames they are, how many at each step, and how many at the step before them.

    `states` are the states from the step before on, in a list that begins with the utterances' initial states.
    """

    frames: slice
    states: slice
    sizes: list[int]
    before: int


@torch.inference_mode()  # fewer layers of dispatch
def take_steps(gates, states, w_state, sizes: list[int], before: int):
    """Turn `gates`, on entry the input's part and biases, into m, r, z, n, and write the states after each step.

    gates (2, N, 4H), states (2, before + N, H), of which those of the step before are there, w_state (2, H, 3H);
    sizes : how many of the N frames each step has
    before : how many the step before has
    """
    hidden = w_state.shape[1]
    m, r, z, n = (gate.split(sizes, 1) for gate in gates.chunk(4, 2))
    rz = gates[:, :, hidden : 3 * hidden].split(sizes, 1)
    products = gates[:, :, : 3 * hidden].split(sizes, 1)
    h, *after = states.split([before, *sizes], 1)
    active = before
    for t, size in enumerate(sizes):
        if size < active:
            h, active = h[:, :size], size
        products[t].baddbmm_(h, w_state)
        rz[t].sigmoid_()
        n[t].addcmul_(r[t], m[t]).tanh_()
        h = torch.lerp(n[t], h, z[t], out=after[t])


@torch.inference_mode()
def take_steps_back(d_states, d_gates, z, w_state, sizes: list[int], before: int):
    """Complete `d_states`, on entry the output's gradient, and turn `d_gates` from derivatives into gradients.

    d_states (2, before + N, H), d_gates (2, N, 4H), z (2, N, H), w_state (2, 3H, H); the rest as for `take_steps`.
    """
    hidden = w_state.shape[2]
    of_steps = [before, *sizes]
    d_h = d_states.split(of_steps, 1)
    factors = d_states[:, before:, None].split(sizes, 1)
    z = z.split(sizes, 1)
    steps = d_gates.unflatten(2, (4, hidden)).split(sizes, 1)
    recurrent = d_gates[:, :, : 3 * hidden].split(sizes, 1)
    for t in reversed(range(len(sizes))):
        steps[t].mul_(factors[t])
        earlier = d_h[t] if of_steps[t] == of_steps[t + 1] else d_h[t][:, : of_steps[t + 1]]
        earlier.addcmul_(d_h[t + 1], z[t])
        earlier.baddbmm_(recurrent[t], w_state)


class Steps:
    """Where the frames of each step lie in the packed layout."""

    def __init__(self, batch_sizes: torch.Tensor, device: torch.device):
        self.sizes: list[int] = batch_sizes.tolist()
        start = batch_sizes.cumsum(0) - batch_sizes
        # The step of each frame, and its utterance's rank by length.
        time = torch.repeat_interleave(batch_sizes)
        row = torch.arange(len(time)) - start[time]
        # The frame that lies as far from its utterance's end as this one from its start: an involution.
        last = torch.bincount(row) - 1
        self.reversed = to_device(start[last[row] - time] + row, device)
        # The state that each frame starts from, among the utterances' initial states followed by those of all frames.
        before = torch.cat([start[:1], start[:-1] + batch_sizes[0]])
        self._previous = to_device(before[time] + row, device)

    def enter(self, packed: torch.Tensor) -> torch.Tensor:
        """The frames (N, ...) of a `PackedSequence` in the layout of the steps."""
        return packed

    def leave(self, frames: torch.Tensor) -> torch.Tensor:
        """The inverse of `enter`."""
        return frames

    def blocks(self, hidden: int) -> list[Block]:
        """Cut the steps into blocks, of at most `BLOCK` numbers or of one step."""
        limit = BLOCK // (8 * hidden)
        first = before = self.sizes[0]
        blocks, sizes, start, end = [], [], 0, 0
        for size in [*self.sizes, limit + 1]:
            if sizes and end + size - start > limit:
                blocks.append(Block(slice(start, end), slice(first + start - before, first + end), sizes, before))
                start, before, sizes = end, sizes[-1], []
            sizes.append(size)
            end += size
        return blocks

    def states_before(self, states: torch.Tensor, block: Block) -> torch.Tensor:
        """Of one direction, the state that each frame of a block starts from."""
        return states.index_select(0, self._previous[block.frames])

    def take(self, gates, states, w_state, block: Block) -> None:
        """`take_steps` of a block."""
        take_steps(gates, states, w_state, block.sizes, block.before)

    def take_back(self, d_states, d_gates, z, w_state, block: Block) -> None:
        """`take_steps_back` of a block."""
        take_steps_back(d_states, d_gates, z, w_state, block.sizes, block.before)


class PaddedSteps:
    """`Steps` of which each has all B utterances: frame b of step t is row t B + b, filled up to replayed steps."""

    def __init__(self, batch_sizes: torch.Tensor, device: torch.device):
        sizes = batch_sizes.numpy()
        batch, count, longest = int(sizes[0]), int(sizes.sum()), -(-len(sizes) // REPLAYED) * REPLAYED
        self.sizes = [batch] * longest
        time, row = np.arange(longest)[:, None], np.arange(batch)
        lengths = (sizes[:, None] > row).sum(0)
        inside = time < lengths
        start = np.append(sizes.cumsum() - sizes, np.zeros(longest - len(sizes), int))
        self.enter = Gather(np.where(inside, start[:, None] + row, count).ravel(), count, device)
        self.leave = Gather(np.flatnonzero(inside), longest * batch, device)
        turned = np.where(inside, lengths - 1 - time, time) * batch + row
        self.reversed = to_device(turned.ravel(), device)

    def blocks(self, hidden: int) -> list[Block]:
        """All steps in one."""
        batch = self.sizes[0]
        frames = batch * len(self.sizes)
        return [Block(slice(0, frames), slice(0, batch + frames), self.sizes, batch)]

    def states_before(self, states: torch.Tensor, block: Block) -> torch.Tensor:
        """See `Steps`."""
        return states[: len(states) - block.before]

    @torch.inference_mode()
    def take(self, gates, states, w_state, block: Block) -> None:
        """`take_steps` by replays."""
        batch = block.before
        replay = find_replay(take_steps, batch, w_state.shape[1], w_state.dtype, w_state.device)
        its_gates, its_states, its_weights = replay.tensors
        its_weights.copy_(w_state)
        its_states[:, :batch].copy_(states[:, :batch])
        for now, around in cut_as_replayed(block):
            its_gates.copy_(gates[:, now])
            replay()
            gates[:, now].copy_(its_gates)
            states[:, around].copy_(its_states)
            its_states[:, :batch].copy_(its_states[:, -batch:])

    @torch.inference_mode()
    def take_back(self, d_states, d_gates, z, w_state, block: Block) -> None:
        """`take_steps_back` by replays."""
        replay = find_replay(take_steps_back, block.before, w_state.shape[2], w_state.dtype, w_state.device)
        its_d_states, its_d_gates, its_z, its_weights = replay.tensors
        its_weights.copy_(w_state)
        for now, around in reversed(list(cut_as_replayed(block))):
            its_d_states.copy_(d_states[:, around])
            its_d_gates.copy_(d_gates[:, now])
            its_z.copy_(z[:, now])
            replay()
            d_gates[:, now].copy_(its_d_gates)
            d_states[:, around].copy_(its_d_states)


def cut_as_replayed(block: Block) -> Iterator[tuple[slice, slice]]:
    """The frames of as many steps as are replayed, and those of the states from the step before on."""
    batch = block.before
    for start in range(0, batch * len(block.sizes), batch * REPLAYED):
        end = start + batch * REPLAYED
        yield slice(start, end), slice(start, end + batch)


# Training and prediction meet a few sizes of batches, and each takes tens of megabytes of a GPU.
@lru_cache(maxsize=16)
def find_replay(work, batch: int, hidden: int, dtype: torch.dtype, device: torch.device) -> Replay:
    """`take_steps` or `take_steps_back` of `REPLAYED` steps, each of `batch` utterances, kept for the next call."""
    frames = batch * REPLAYED
    states, gates, z = (2, batch + frames, hidden), (2, frames, 4 * hidden), (2, frames, hidden)
    shapes = {
        take_steps: [gates, states, (2, hidden, 3 * hidden)],
        take_steps_back: [states, gates, z, (2, 3 * hidden, hidden)],
    }
    steps = partial(work, sizes=[batch] * REPLAYED, before=batch)
    return Replay(steps, shapes[work], torch.empty(0, dtype=dtype, device=device))
