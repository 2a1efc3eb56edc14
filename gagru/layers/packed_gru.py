"""A bidirectional GRU over packed utterances that wastes no work on padding, on a CPU.

The frames of a batch lie as in PyTorch's `PackedSequence`: time-major, the utterances in order of descending length, so
that the frames of step t are `batch_sizes[t]` consecutive rows, those of the utterances still active. The backward
direction runs over the same layout with each utterance reversed in time: it then has the same active rows at every
step, and one step serves both directions.
"""

import torch
from torch import nn
from torch.autograd import Function
from torch.autograd.function import once_differentiable
from torch.nn.utils.rnn import PackedSequence


class PackedBiGRU(nn.GRU):
    """`torch.nn.GRU(bidirectional=True)` from a `PackedSequence` to a `PackedSequence`, from initial states of zero.

    Parameters, their initialisation and the state dict are those of `nn.GRU`; so are the results, up to rounding, and
    dropout (between the layers) draws the same units. On a CPU the work is done by `_Layer`, elsewhere by `nn.GRU`
    itself, which has cuDNN's packed algorithm on a GPU.

    Input: data (N, input_size), N frames in all. Output: data (N, 2 * hidden_size), the forward direction's state
    followed by the backward direction's.
    """

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, dropout: float = 0.0, **factory):
        super().__init__(input_size, hidden_size, num_layers, dropout=dropout, bidirectional=True, **factory)

    def forward(self, packed: PackedSequence) -> PackedSequence:
        if packed.data.device.type != "cpu":
            return super().forward(packed)[0]
        steps = _Steps(packed.batch_sizes)
        x = packed.data
        weights = self.all_weights  # of each layer, the forward direction's and the backward direction's
        for layer in range(self.num_layers):
            if layer > 0:
                x = nn.functional.dropout(x, self.dropout, self.training)
            x = _Layer.apply(x, *weights[2 * layer], *weights[2 * layer + 1], steps, torch.is_grad_enabled())
        return packed._replace(data=x)


def to_utterances(packed: PackedSequence) -> tuple[torch.Tensor, list[int]]:
    """Lay packed frames (N, D) out utterance by utterance, in the order the utterances had before packing.

    Returns the frames (N, D) and the utterances' lengths, which sum to N.
    """
    steps = _Steps(packed.batch_sizes)
    row, time = steps.row, steps.time
    if packed.sorted_indices is not None:
        row = packed.sorted_indices.cpu()[row]
    order = torch.argsort(row * (len(packed.batch_sizes) + 1) + time).to(packed.data.device)
    return _Rearrange.apply(packed.data, order), torch.bincount(row).tolist()


class _Steps:
    """Where the frames of each step lie in the packed layout (everything on the CPU)."""

    def __init__(self, batch_sizes: torch.Tensor):
        self.sizes: list[int] = batch_sizes.tolist()
        start = batch_sizes.cumsum(0) - batch_sizes
        frames = int(batch_sizes.sum())
        # The step and the rank by length of each frame's utterance, (N,).
        self.time = torch.repeat_interleave(batch_sizes)
        self.row = torch.arange(frames) - start[self.time]
        length = torch.bincount(self.row)
        # The frame that lies as far from its utterance's end as this one from its start: an involution.
        self.reversed = start[length[self.row] - 1 - self.time] + self.row
        # The frame one step earlier, for all frames but those of the first step.
        self.previous = (start[self.time - 1] + self.row)[self.sizes[0] :]


class _Layer(Function):
    """One bidirectional layer: x (N, I) and `nn.GRU`'s eight parameters -> (N, 2H).

    Of a step's gates, with the state h of the step before (`nn.GRU`'s documentation):
        r = sigmoid(x W_ir + b_ir + h W_hr + b_hr)      z = sigmoid(x W_iz + b_iz + h W_hz + b_hz)
        n = tanh(x W_in + b_in + r * (h W_hn + b_hn))   h' = (1 - z) n + z h
    Inside, tensors are (N, 2, ...): frame, direction; the second direction has each utterance reversed in time.
    """

    @staticmethod
    def forward(ctx, x, w_ih, w_hh, b_ih, b_hh, w_ih_back, w_hh_back, b_ih_back, b_hh_back, steps, keep):
        frames, hidden = len(x), w_hh.shape[1]
        x_back = x[steps.reversed]
        gates = x.new_empty(frames, 2, 3 * hidden)
        for direction, (inputs, w, b_i, b_h) in enumerate(
            ((x, w_ih, b_ih, b_hh), (x_back, w_ih_back, b_ih_back, b_hh_back))
        ):
            bias = torch.cat([b_i[: 2 * hidden] + b_h[: 2 * hidden], b_i[2 * hidden :]])
            torch.addmm(bias, inputs, w.t(), out=gates[:, direction])
        recurrent = torch.stack([w_hh.t(), w_hh_back.t()])  # (2, H, 3H)
        new_bias = torch.stack([b_hh[2 * hidden :], b_hh_back[2 * hidden :]])
        states, news = _step_forward(gates, recurrent, new_bias, steps.sizes, keep)
        if keep:
            ctx.steps = steps
            ctx.save_for_backward(x, x_back, w_ih, w_hh, w_ih_back, w_hh_back, gates, news, states)
        output = torch.empty_like(states)
        output[:, 0] = states[:, 0]
        torch.index_select(states[:, 1], 0, steps.reversed, out=output[:, 1])
        return output.view(frames, 2 * hidden)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        x, x_back, w_ih, w_hh, w_ih_back, w_hh_back, gates, news, states = ctx.saved_tensors
        steps, hidden = ctx.steps, w_hh.shape[1]
        first = steps.sizes[0]
        grad = grad.reshape(len(x), 2, hidden)
        grad = torch.stack([grad[:, 0], grad[:, 1][steps.reversed]], 1)
        before = torch.cat([torch.zeros_like(states[:first]), states[steps.previous]])

        r, z, n = gates.split(hidden, dim=2)
        # d gate / d h' of (W_hn h + b_hn), r, z, and the input's n, side by side: (N, 2, 4, H).
        factors = x.new_empty(len(x), 2, 4, hidden)
        factors[:, :, 3] = (1 - z) * (1 - n * n)
        factors[:, :, 0] = factors[:, :, 3] * r
        factors[:, :, 1] = factors[:, :, 0] * (1 - r) * news
        factors[:, :, 2] = (before - n) * z * (1 - z)
        recurrent = torch.stack([w_hh, w_hh_back]).roll(hidden, 1)  # rows in the order n, r, z
        _step_backward(grad, factors, z, recurrent, steps.sizes)

        gradients = [None] * 9
        for direction, (inputs, w) in enumerate(((x, w_ih), (x_back, w_ih_back))):
            gate = factors[:, direction].reshape(len(x), 4 * hidden)
            to_state, to_input = gate[:, : 3 * hidden], gate[:, hidden:]
            d_w_ih = to_input.t() @ inputs
            d_w_hh = (to_state.t() @ before[:, direction]).roll(-hidden, 0)
            sums = gate.sum(0)
            gradients[1 + 4 * direction] = d_w_ih
            gradients[2 + 4 * direction] = d_w_hh
            gradients[3 + 4 * direction] = sums[hidden:]
            gradients[4 + 4 * direction] = sums[: 3 * hidden].roll(-hidden)
            if ctx.needs_input_grad[0]:
                d_x = to_input @ w
                gradients[0] = d_x if direction == 0 else gradients[0] + d_x[steps.reversed]
        return *gradients, None, None


def _step_forward(gates, recurrent, new_bias, sizes, keep):
    """Turn `gates`, on entry the input's part, into r, z, n in place; return all states and, if kept, W_hn h + b_hn."""
    hidden = recurrent.shape[1]
    states = gates.new_empty(len(gates), 2, hidden)
    news = gates.new_empty(len(gates) if keep else sizes[0], 2, hidden)
    h = gates.new_zeros(sizes[0], 2, hidden)
    for t, (gate, state) in enumerate(zip(gates.split(sizes), states.split(sizes), strict=True)):
        active = sizes[t]
        product = torch.bmm(h[:active].transpose(0, 1), recurrent).transpose(0, 1)
        rz, n = gate[:, :, : 2 * hidden], gate[:, :, 2 * hidden :]
        rz.add_(product[:, :, : 2 * hidden]).sigmoid_()
        start = sum(sizes[:t]) if keep else 0
        new = torch.add(product[:, :, 2 * hidden :], new_bias, out=news[start : start + active])
        n.addcmul_(rz[:, :, :hidden], new).tanh_()
        h = torch.lerp(n, h[:active], rz[:, :, hidden:], out=state)
    return states, news


def _step_backward(grad, factors, z, recurrent, sizes):
    """Complete `grad`, on entry the output's gradient, to each state's in place, and multiply `factors` by it."""
    grads, zs, blocks = grad.split(sizes), z.split(sizes), factors.split(sizes)
    hidden = grad.shape[2]
    for t in reversed(range(len(sizes))):
        blocks[t].mul_(grads[t][:, :, None])
        if t > 0:
            earlier = grads[t - 1][: sizes[t]]
            earlier.addcmul_(grads[t], zs[t])
            gate = blocks[t].view(sizes[t], 2, 4 * hidden)[:, :, : 3 * hidden]
            earlier.add_(torch.bmm(gate.transpose(0, 1), recurrent).transpose(0, 1))


class _Rearrange(Function):
    """`rows[order]` for a permutation `order`; its gradient is a gather too, not a scatter."""

    @staticmethod
    def forward(ctx, rows, order):
        ctx.order = order
        return rows[order]

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        return grad[torch.argsort(ctx.order)], None
