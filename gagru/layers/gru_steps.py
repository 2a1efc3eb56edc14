"""The steps of a bidirectional GRU, and where their frames lie: see `gagru.layers.packed_gru`."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch

from gagru.layers.recording import Recording
from gagru.layers.rows import Gather, to_device

# On a CPU gates are made and stored in blocks of steps of about this many numbers: large enough for fast matrix
# products, small enough for the last cache and for an allocator that keeps freed memory.
BLOCK = 2**22
# So many steps are recorded. The batch is filled up to a multiple of them.
RECORDED = 16


class Block(NamedTuple):
    """Consecutive steps: which frames they are, how many at each step, and how many at the step before them.

    `states` are the states from the step before on, in a list that begins with the utterances' initial states.
    """

    frames: slice
    states: slice
    sizes: list[int]
    before: int


@torch.inference_mode()  # fewer layers of dispatch
def run(gates, states, w_state, block):
    """Turn `gates`, on entry the input's part and biases, into m, r, z, n, and write the states after each step."""
    hidden = w_state.shape[1]
    m, r, z, n = (gate.split(block.sizes, 1) for gate in gates.chunk(4, 2))
    rz = gates[:, :, hidden : 3 * hidden].split(block.sizes, 1)
    products = gates[:, :, : 3 * hidden].split(block.sizes, 1)
    h, *after = states.split([block.before, *block.sizes], 1)
    active = block.before
    for t, size in enumerate(block.sizes):
        if size < active:
            h, active = h[:, :size], size
        products[t].baddbmm_(h, w_state)
        rz[t].sigmoid_()
        n[t].addcmul_(r[t], m[t]).tanh_()
        h = torch.lerp(n[t], h, z[t], out=after[t])


@torch.inference_mode()
def run_back(d_states, d_gates, z, w_state, block):
    """Complete `d_states`, on entry the output's gradient, and turn `d_gates` from derivatives into gradients."""
    hidden = w_state.shape[2]
    sizes = [block.before, *block.sizes]
    d_h = d_states.split(sizes, 1)
    factors = d_states[:, block.before :, None].split(block.sizes, 1)
    z = z.split(block.sizes, 1)
    steps = d_gates.unflatten(2, (4, hidden)).split(block.sizes, 1)
    recurrent = d_gates[:, :, : 3 * hidden].split(block.sizes, 1)
    for t in reversed(range(len(block.sizes))):
        steps[t].mul_(factors[t])
        before = d_h[t] if sizes[t] == sizes[t + 1] else d_h[t][:, : sizes[t + 1]]
        before.addcmul_(d_h[t + 1], z[t])
        before.baddbmm_(recurrent[t], w_state)


class Steps:
    """Where the frames of each step lie in the packed layout."""

    def __init__(self, batch_sizes: torch.Tensor, device: torch.device):
        self.sizes: list[int] = batch_sizes.tolist()
        start = batch_sizes.cumsum(0) - batch_sizes
        # The step of each frame, and its utterance's rank by length.
        self.time = torch.repeat_interleave(batch_sizes)
        self.row = torch.arange(len(self.time)) - start[self.time]
        # The frame that lies as far from its utterance's end as this one from its start: an involution.
        last = torch.bincount(self.row) - 1
        self.reversed = start[last[self.row] - self.time] + self.row
        # The state that each frame starts from, among the utterances' initial states followed by those of all frames.
        before = torch.cat([start[:1], start[:-1] + batch_sizes[0]])
        self.previous = before[self.time] + self.row

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
        return states.index_select(0, self.previous[block.frames])

    run, run_back = staticmethod(run), staticmethod(run_back)


class PaddedSteps:
    """`Steps` of which each has all B utterances: frame b of step t is row t B + b, filled up to recorded steps."""

    def __init__(self, batch_sizes: torch.Tensor, device: torch.device):
        sizes = batch_sizes.numpy()
        batch, count, longest = int(sizes[0]), int(sizes.sum()), -(-len(sizes) // RECORDED) * RECORDED
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

    @staticmethod
    @torch.inference_mode()
    def run(gates, states, w_state, block):
        """`run` by recorded steps."""
        recording = record_steps(run, block.before, w_state.shape[1], w_state.dtype, w_state.device)
        its_gates, its_states, its_weights = recording.tensors
        its_weights.copy_(w_state)
        its_states[:, : block.before].copy_(states[:, : block.before])
        for now, around in cut_as_recorded(block):
            its_gates.copy_(gates[:, now])
            recording()
            gates[:, now].copy_(its_gates)
            states[:, around].copy_(its_states)
            its_states[:, : block.before].copy_(its_states[:, -block.before :])

    @staticmethod
    @torch.inference_mode()
    def run_back(d_states, d_gates, z, w_state, block):
        """`run_back` by recorded steps."""
        recording = record_steps(run_back, block.before, w_state.shape[2], w_state.dtype, w_state.device)
        its_d_states, its_d_gates, its_z, its_weights = recording.tensors
        its_weights.copy_(w_state)
        for now, around in reversed(list(cut_as_recorded(block))):
            its_d_states.copy_(d_states[:, around])
            its_d_gates.copy_(d_gates[:, now])
            its_z.copy_(z[:, now])
            recording()
            d_gates[:, now].copy_(its_d_gates)
            d_states[:, around].copy_(its_d_states)


def cut_as_recorded(block: Block) -> Iterator[tuple[slice, slice]]:
    """The frames of so many steps as are recorded, and those of the states from the step before on."""
    batch = block.before
    for start in range(0, batch * len(block.sizes), batch * RECORDED):
        end = start + batch * RECORDED
        yield slice(start, end), slice(start, end + batch)


@lru_cache(maxsize=16)
def record_steps(work, batch: int, hidden: int, dtype: torch.dtype, device: torch.device) -> Recording:
    """`run` or `run_back` of as many steps as are recorded, for a batch of utterances; kept for the next call."""
    block, frames = Block(slice(0), slice(0), [batch] * RECORDED, batch), batch * RECORDED
    states, gates, z = (2, batch + frames, hidden), (2, frames, 4 * hidden), (2, frames, hidden)
    shapes = {
        run: [gates, states, (2, hidden, 3 * hidden)],
        run_back: [states, gates, z, (2, 3 * hidden, hidden)],
    }
    return Recording(lambda *tensors: work(*tensors, block), shapes[work], torch.empty(0, dtype=dtype, device=device))
