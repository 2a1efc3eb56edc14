"""A bidirectional GRU over packed utterances that wastes no work on padding, on a CPU.

The frames of a batch lie as in PyTorch's `PackedSequence`: time-major, the utterances in order of descending length, so
that the frames of step t are `batch_sizes[t]` consecutive rows, those of the utterances still active. The backward
direction runs over the same layout with each utterance reversed in time: it then has the same active rows at every
step, and one step serves both directions.
"""

from typing import NamedTuple

import torch
from torch import nn
from torch.autograd import Function
from torch.autograd.function import once_differentiable
from torch.backends import cudnn
from torch.backends.cudnn.rnn import get_cudnn_mode as cudnn_mode
from torch.nn.functional import dropout, pad
from torch.nn.utils.rnn import PackedSequence

from gagru.layers.rows import works_together

# Gates are made and stored in blocks of steps of about this many numbers: large enough for fast matrix products,
# small enough for the last cache and for an allocator that keeps freed memory.
_BLOCK = 2**22


class PackedBiGRU(nn.GRU):
    """`torch.nn.GRU(bidirectional=True)` from a `PackedSequence` to a `PackedSequence`, from initial states of zero.

    Parameters, their initialisation and the state dict are those of `nn.GRU`; so are the results, up to rounding, and
    dropout (between the layers) draws the same units. On a CPU the work is done by `_Layer`. On a GPU it is done by
    cuDNN, a layer at a time: dropout between the layers is PyTorch's, whose state a checkpoint can keep.

    Input: data (N, input_size), N frames in all. Output: data (N, 2 * hidden_size), the forward direction's state
    followed by the backward direction's. Differentiable once.
    """

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, dropout: float = 0.0, **factory):
        super().__init__(input_size, hidden_size, num_layers, dropout=dropout, bidirectional=True, **factory)

    def forward(self, packed: PackedSequence, together: bool | None = None) -> PackedSequence:
        """`together`: whether PyTorch's own layers do the work; default: `works_together`."""
        together = works_together(packed.data.device) if together is None else together
        steps = None if together else _Steps(packed.batch_sizes)
        x = packed.data
        for layer in range(self.num_layers):
            if layer > 0:
                x = dropout(x, self.dropout, self.training)
            weights = self._weights(layer)
            x = (
                self._run_layer(x, packed.batch_sizes, weights)
                if together
                else _Layer.apply(x, *weights, steps, torch.is_grad_enabled())
            )
        return packed._replace(data=x)

    def _weights(self, layer: int) -> list[nn.Parameter]:
        """The eight parameters of a layer, the forward direction's and the backward direction's."""
        return [weight for direction in self.all_weights[2 * layer : 2 * layer + 2] for weight in direction]

    def _run_layer(self, x: torch.Tensor, batch_sizes: torch.Tensor, weights: list[nn.Parameter]) -> torch.Tensor:
        """One layer by what `nn.GRU` calls for all of them at once."""
        start = x.new_zeros(2, int(batch_sizes[0]), self.hidden_size)
        return torch.gru(x, batch_sizes, start, weights, True, 1, 0.0, self.training, True)[0]

    def flatten_parameters(self) -> None:
        """Put the parameters of each layer into one piece of a GPU's memory, as cuDNN wants them for a call.

        `nn.GRU` calls this when its parameters have moved. Its own way is one piece for all layers together.
        """
        weights = getattr(self, "_flat_weights", [])
        for layer in range(self.num_layers):
            own = weights[8 * layer : 8 * layer + 8]
            if len(own) == 8 and all(isinstance(w, torch.Tensor) and cudnn.is_acceptable(w) for w in own):
                with torch.no_grad():
                    torch._cudnn_rnn_flatten_weight(
                        own, 4, own[0].shape[1], cudnn_mode(self.mode), self.hidden_size, 0, 1, False, True
                    )


class _Block(NamedTuple):
    """Consecutive steps: which frames they are, how many at each step, and how many at the step before them.

    `states` are the states from the step before on, in a list that begins with the utterances' initial states.
    """

    frames: slice
    states: slice
    sizes: list[int]
    before: int


class _Steps:
    """Where the frames of each step lie in the packed layout (index tensors on the CPU)."""

    def __init__(self, batch_sizes: torch.Tensor):
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

    def blocks(self, limit: int) -> list[_Block]:
        """Cut the steps into blocks of at most `limit` frames, or of one step."""
        first = before = self.sizes[0]
        blocks, sizes, start, end = [], [], 0, 0
        for size in [*self.sizes, limit + 1]:
            if sizes and end + size - start > limit:
                blocks.append(_Block(slice(start, end), slice(first + start - before, first + end), sizes, before))
                start, before, sizes = end, sizes[-1], []
            sizes.append(size)
            end += size
        return blocks


class _Layer(Function):
    """One bidirectional layer: x (N, I) and `nn.GRU`'s eight parameters -> (N, 2H).

    A step makes of the state h (`nn.GRU`'s documentation):
        r = sigmoid(x W_ir + b_ir + h W_hr + b_hr)      z = sigmoid(x W_iz + b_iz + h W_hz + b_hz)
        n = tanh(x W_in + b_in + r * m)                 m = h W_hn + b_hn
        h' = (1 - z) n + z h
    Inside, tensors of frames are (2, N, ...), the second direction with its utterances reversed in time. Gates lie side
    by side as m, r, z, n: one product brings h into the first three, one brings x into the last three. The list of
    states (2, B + N, H) begins with the initial ones of the B utterances.
    """

    @staticmethod
    def forward(ctx, x, w_ih, w_hh, b_ih, b_hh, w_ih_back, w_hh_back, b_ih_back, b_hh_back, steps, keep):
        frames, hidden, first = len(x), w_hh.shape[1], steps.sizes[0]
        # A column of ones lets the products with x add the biases, too, all but that of m.
        x = pad(x, (0, 1), value=1.0)
        b_state, b_m = torch.stack([b_hh, b_hh_back]).split([2 * hidden, hidden], 1)
        bias = torch.stack([b_ih, b_ih_back]) + pad(b_state, (0, hidden))
        w_input = torch.cat([torch.stack([w_ih, w_ih_back]), bias[:, :, None]], 2).transpose(1, 2)  # (2, I + 1, 3H)
        w_state = _new_first(torch.stack([w_hh, w_hh_back])).transpose(1, 2).contiguous()  # (2, H, 3H)
        states = x.new_empty(2, first + frames, hidden)
        states[:, :first] = 0
        kept = []
        blocks = steps.blocks(_BLOCK // (8 * hidden))
        for block in blocks:
            gates = x.new_empty(2, sum(block.sizes), 4 * hidden)
            gates[:, :, :hidden] = b_m[:, None]
            for direction, frame in enumerate(_both_directions(x, steps, block)):
                torch.mm(frame, w_input[direction], out=gates[direction, :, hidden:])
            _run(gates, states[:, block.states], w_state, block)
            if keep:
                kept.append(gates)
        if keep:
            ctx.steps, ctx.blocks = steps, blocks
            ctx.save_for_backward(x, w_ih, w_hh, w_ih_back, w_hh_back, states, *kept)
        output = x.new_empty(frames, 2, hidden)
        output[:, 0] = states[0, first:]
        torch.index_select(states[1, first:], 0, steps.reversed, out=output[:, 1])
        return output.view(frames, 2 * hidden)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        x, w_ih, w_hh, w_ih_back, w_hh_back, states, *kept = ctx.saved_tensors
        steps, frames, hidden, first = ctx.steps, len(x), w_hh.shape[1], ctx.steps.sizes[0]
        w_state = _new_first(torch.stack([w_hh, w_hh_back]))
        d_states = x.new_empty(2, first + frames, hidden)
        d_states[:, :first] = 0
        d_states[0, first:] = grad[:, :hidden]
        torch.index_select(grad[:, hidden:], 0, steps.reversed, out=d_states[1, first:])
        # The weights' gradients are summed up transposed: their products are faster so.
        d_w_input = x.new_zeros(2, x.shape[1], 3 * hidden)
        d_w_state = x.new_zeros(2, hidden, 3 * hidden)
        d_b_m = x.new_zeros(2, hidden)
        d_x = x.new_empty(2, frames, x.shape[1] - 1) if ctx.needs_input_grad[0] else None

        space = torch.empty_like(max(kept, key=torch.numel))
        for block, gates in zip(reversed(ctx.blocks), reversed(kept), strict=True):
            d_gates = space[:, : gates.shape[1]]
            _derivatives(gates, states[:, block.states][:, block.before :], d_gates)
            _run_back(d_states[:, block.states], d_gates, gates, w_state, block)
            d_b_m += d_gates[:, :, :hidden].sum(1)
            for direction, frame in enumerate(_both_directions(x, steps, block)):
                d_state, d_input = d_gates[direction, :, : 3 * hidden], d_gates[direction, :, hidden:]
                before = states[direction].index_select(0, steps.previous[block.frames])
                d_w_state[direction].addmm_(before.t(), d_state)
                d_w_input[direction].addmm_(frame.t(), d_input)
                if d_x is not None:
                    torch.mm(d_input, (w_ih, w_ih_back)[direction], out=d_x[direction, block.frames])

        if d_x is not None:
            d_x = d_x[0].add_(d_x[1].index_select(0, steps.reversed))
        d_bias = d_w_input[:, -1]
        of_weights = (
            d_w_input[:, :-1].transpose(1, 2),
            _new_last(d_w_state.transpose(1, 2)),
            d_bias,
            torch.cat([d_bias[:, : 2 * hidden], d_b_m], 1),
        )
        return d_x, *(d[0] for d in of_weights), *(d[1] for d in of_weights), None, None


@torch.inference_mode()  # fewer layers of dispatch
def _run(gates, states, w_state, block):
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


def _derivatives(gates, states, out):
    """Derivatives of each state by m and by what r, z and n are made of, laid out as the gates (2, N, 4H)."""
    m, r, z, n = gates.chunk(4, 2)
    d_m, d_r, d_z, d_n = out.chunk(4, 2)
    torch.sub(1, z, out=d_r)
    torch.sub(states, n, out=d_z)
    d_z.mul_(d_r)  # states - n is already z (h - n)
    _tanh_backward(d_r, n, grad_input=d_n)
    torch.mul(d_n, r, out=d_m)
    torch.mul(d_n, m, out=d_r)
    _sigmoid_backward(d_r, r, grad_input=d_r)


# grad * (1 - y^2) and grad * y (1 - y) for an output y, in one pass.
_tanh_backward = torch.ops.aten.tanh_backward.grad_input
_sigmoid_backward = torch.ops.aten.sigmoid_backward.grad_input


@torch.inference_mode()
def _run_back(d_states, d_gates, gates, w_state, block):
    """Complete `d_states`, on entry the output's gradient, and turn `d_gates` from derivatives into gradients."""
    hidden = w_state.shape[2]
    sizes = [block.before, *block.sizes]
    d_h = d_states.split(sizes, 1)
    factors = d_states[:, block.before :, None].split(block.sizes, 1)
    z = gates[:, :, 2 * hidden : 3 * hidden].split(block.sizes, 1)
    steps = d_gates.unflatten(2, (4, hidden)).split(block.sizes, 1)
    recurrent = d_gates[:, :, : 3 * hidden].split(block.sizes, 1)
    for t in reversed(range(len(block.sizes))):
        steps[t].mul_(factors[t])
        before = d_h[t] if sizes[t] == sizes[t + 1] else d_h[t][:, : sizes[t + 1]]
        before.addcmul_(d_h[t + 1], z[t])
        before.baddbmm_(recurrent[t], w_state)


def _both_directions(x, steps, block):
    """A block's frames as the forward and as the backward direction meets them."""
    return x[block.frames], x.index_select(0, steps.reversed[block.frames])


def _new_first(weights):
    """Rows of `nn.GRU`'s recurrent parameters (2, 3H, ...) in the order n, r, z."""
    return weights.roll(weights.shape[1] // 3, 1)


def _new_last(weights):
    """The inverse of `_new_first`."""
    return weights.roll(-(weights.shape[1] // 3), 1)
