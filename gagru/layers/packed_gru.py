"""A bidirectional GRU over packed utterances.

The frames of a batch lie as in PyTorch's `PackedSequence`: time-major, the utterances in order of descending length, so
that the frames of step t are `batch_sizes[t]` consecutive rows, those of the utterances still active. The backward
direction runs over the same layout with each utterance reversed in time: it then has the same active rows at every
step, and one step serves both directions.

On a CPU no work is wasted on padding. On a GPU the number of operations takes time, and not their size: there every
step has all utterances, so that steps are alike and can be replayed (`gagru.layers.replay`).
"""

import torch
from torch import nn
from torch.autograd import Function
from torch.autograd.function import once_differentiable
from torch.nn.functional import dropout, pad
from torch.nn.utils.rnn import PackedSequence

from gagru.layers.gru_steps import PaddedSteps, Steps
from gagru.layers.rows import works_together


class PackedBiGRU(nn.GRU):
    """`torch.nn.GRU(bidirectional=True)` from a `PackedSequence` to a `PackedSequence`, from initial states of zero.

    Parameters, their initialisation and the state dict are those of `nn.GRU`; so are the results, up to rounding, and
    on a CPU dropout (between the layers) draws the same units.

    Input: data (N, input_size), N frames in all. Output: data (N, 2 * hidden_size), the forward direction's state
    followed by the backward direction's. Differentiable once.
    """

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, dropout: float = 0.0, **factory):
        super().__init__(input_size, hidden_size, num_layers, dropout=dropout, bidirectional=True, **factory)

    def forward(self, packed: PackedSequence, together: bool | None = None) -> PackedSequence:
        """`together`: whether every step has all utterances; default: `works_together`."""
        together = works_together(packed.data.device) if together is None else together
        steps = (PaddedSteps if together else Steps)(packed.batch_sizes, packed.data.device)
        x = steps.enter(packed.data)
        for layer in range(self.num_layers):
            if layer > 0:
                x = steps.enter(dropout(steps.leave(x), self.dropout, self.training))
            x = _Layer.apply(x, *self._weights(layer), steps, torch.is_grad_enabled())
        return packed._replace(data=steps.leave(x))

    def _weights(self, layer: int) -> list[nn.Parameter]:
        """The eight parameters of a layer, the forward direction's and the backward direction's."""
        return [weight for direction in self.all_weights[2 * layer : 2 * layer + 2] for weight in direction]


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
        blocks = steps.blocks(hidden)
        for block in blocks:
            gates = x.new_empty(2, sum(block.sizes), 4 * hidden)
            gates[:, :, :hidden] = b_m[:, None]
            for direction, frame in enumerate(_both_directions(x, steps, block)):
                torch.mm(frame, w_input[direction], out=gates[direction, :, hidden:])
            steps.take(gates, states[:, block.states], w_state, block)
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
            z = gates[:, :, 2 * hidden : 3 * hidden]
            steps.take_back(d_states[:, block.states], d_gates, z, w_state, block)
            d_b_m += d_gates[:, :, :hidden].sum(1)
            for direction, frame in enumerate(_both_directions(x, steps, block)):
                d_state, d_input = d_gates[direction, :, : 3 * hidden], d_gates[direction, :, hidden:]
                before = steps.states_before(states[direction], block)
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


def _both_directions(x, steps, block):
    """A block's frames as the forward and as the backward direction meets them."""
    return x[block.frames], x.index_select(0, steps.reversed[block.frames])


def _new_first(weights):
    """Rows of `nn.GRU`'s recurrent parameters (2, 3H, ...) in the order n, r, z."""
    return weights.roll(weights.shape[1] // 3, 1)


def _new_last(weights):
    """The inverse of `_new_first`."""
    return weights.roll(-(weights.shape[1] // 3), 1)
