"""The graph over an utterance's frames, and the attention modulated by it (GA-GRU, section 2.2.3).

For an utterance with states h (T, D): R = relu(h h^T) and a graph G = R normalised. The paper's
H = sum_t (G (alpha * h))_t (eq. 6) equals a' h with weights a'_j = alpha_j sum_t G_tj, so that only R and its sums are
needed, never a product of a T x T matrix with h.

`edge_weights` and `plain_modulated_attention` are the equations as they stand. The networks use `modulated_attention`,
which gives the same values and gradients and has a backward of its own, for memory: R is never held whole. A process
that passes ten minutes of speech (12,000 steps of 50 ms) through it takes 0.6 GB, through the plain form 2.4 GB. At the
lengths of IEMOCAP it is 1.2 to 1.7 times as fast. `benchmarks/graph_attention.py` measures both. It has two forms, one
utterance after another and all utterances together, padded (`gagru.layers.ragged` says when).
"""

import torch
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from gagru.layers.ragged import Layout

NORMALISE = ("row", "column", "symmetric")
PROPAGATE = ("frames", "attention")

# G_ij = R_ij / (c_i^p c_j^(1 - p)), where c is R's sum over either index (R is symmetric) plus epsilon: this is p.
_ROW_POWER = {"row": 1.0, "column": 0.0, "symmetric": 0.5}
# R is made in blocks of rows of at most this many entries, of one utterance or of all together: 16 and 128 MB.
_BLOCK = 2**22
_BLOCK_TOGETHER = 2**25


def edge_weights(h: torch.Tensor, normalise: str, epsilon: float = 1e-15) -> torch.Tensor:
    """The graph G (T, T) of one utterance's states h (T, D) (eq. 5).

    `normalise`: `row` makes each row sum to 1 (the paper's text), `column` each column (eq. 5 as printed), `symmetric`
    is D^-1/2 R D^-1/2.
    """
    r = torch.relu(h @ h.t())
    c = r.sum(1) + epsilon
    p = _ROW_POWER[normalise]
    return r * c.pow(-p)[:, None] * c.pow(p - 1)


def plain_modulated_attention(
    h: torch.Tensor, alpha: torch.Tensor, layout: Layout, normalise: str, propagate: str, epsilon: float = 1e-15
) -> torch.Tensor:
    """`modulated_attention` as the equations stand, from the whole of G; PyTorch derives the gradients."""
    modulated = []
    for h_i, alpha_i in _utterances(layout.lengths, h, alpha):
        g = edge_weights(h_i, normalise, epsilon)
        modulated.append(alpha_i * g.sum(0) if propagate == "frames" else g.t() @ alpha_i)
    return torch.cat(modulated)


def modulated_attention(
    h: torch.Tensor, alpha: torch.Tensor, layout: Layout, normalise: str, propagate: str, epsilon: float = 1e-15
) -> torch.Tensor:
    """The attention after the graph, for a batch of utterances laid out one after another.

    h (N, D), alpha (N,) -> a' (N,). For each utterance, with G = `edge_weights(h, normalise)`, `propagate` is
    `frames`: a'_j = alpha_j sum_t G_tj (eq. 6), or `attention`: a' = G^T alpha.

    Differentiable once in h and alpha. Time grows with the sum of T^2 D; memory with T only, beside one block of R.
    """
    options = _ROW_POWER[normalise], PROPAGATE.index(propagate), epsilon
    if layout.together:
        padded = _ModulatedTogether.apply(layout.pad(h), layout.pad(alpha), layout.inside, *options)
        return layout.unpad(padded)
    return _ModulatedAttention.apply(h, alpha, layout.lengths, *options)


class _ModulatedAttention(Function):
    """a' = u * (R v), where c = R 1 + epsilon and, with p from `normalise` and q = 0 for `frames`, 1 for `attention`,

    v = alpha^q c^-p,   u = alpha^(1 - q) c^(p - 1).
    """

    @staticmethod
    def forward(ctx, h, alpha, lengths, p, q, epsilon):
        modulated, cs, ys = torch.empty_like(alpha), torch.empty_like(alpha), torch.empty_like(alpha)
        for h_i, alpha_i, out, c, y in _utterances(lengths, h, alpha, modulated, cs, ys):
            rows = _Relations(h_i)
            for at, r in rows:
                torch.sum(r, 1, out=c[at])
            c.add_(epsilon)
            v, u = _factors(alpha_i, c, p, q)
            for at, r in rows:
                torch.mv(r, v, out=y[at])
            torch.mul(u, y, out=out)
        ctx.save_for_backward(h, alpha, cs, ys)
        ctx.options = lengths, p, q
        return modulated

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        h, alpha, cs, ys = ctx.saved_tensors
        lengths, p, q = ctx.options
        grad_h, grad_alpha = torch.empty_like(h), torch.empty_like(alpha)
        for h_i, alpha_i, c, y, g, g_h, g_alpha in _utterances(lengths, h, alpha, cs, ys, grad, grad_h, grad_alpha):
            v, u = _factors(alpha_i, c, p, q)
            d_y, d_u, d_v = g * u, g * y, torch.empty_like(y)
            rows = _Relations(h_i)
            for at, r in rows:
                torch.mv(r, d_y, out=d_v[at])
            d_c = ((p - 1) * u * d_u - p * v * d_v) / c
            torch.mul(*((d_v, c.pow(-p)) if q else (d_u, c.pow(p - 1))), out=g_alpha)
            # dR = d_y v^T + d_c 1^T where R > 0; h_i meets R as row and as column, hence dR + dR^T.
            one = torch.ones_like(v)
            left, right = torch.stack([d_y, v, d_c, one], 1), torch.stack([v, d_y, one, d_c])
            for at, r in rows:
                torch.mm((left[at] @ right).mul_(r > 0), h_i, out=g_h[at])
        return grad_h, grad_alpha, None, None, None, None


class _ModulatedTogether(Function):
    """`_ModulatedAttention` of B utterances at once, padded: h (B, T, D), alpha (B, T), inside (B, T) -> a' (B, T).

    The padding has h = 0, hence R = 0 there. Its c, which would be epsilon alone, is 1: so nothing of it is infinite.
    """

    @staticmethod
    def forward(ctx, h, alpha, inside, p, q, epsilon):
        c, y = torch.empty_like(alpha), torch.empty_like(alpha)
        rows = _Relations(h)
        for at, r in rows:
            torch.sum(r, 2, out=c[:, at])
        c = torch.where(inside, c + epsilon, 1)
        v, u = _factors(alpha, c, p, q)
        for at, r in rows:
            y[:, at] = (r @ v[:, :, None])[:, :, 0]
        ctx.save_for_backward(h, alpha, c, y)
        ctx.options = p, q
        return u * y

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        h, alpha, c, y = ctx.saved_tensors
        p, q = ctx.options
        v, u = _factors(alpha, c, p, q)
        d_y, d_u, d_v, d_h = grad * u, grad * y, torch.empty_like(y), torch.empty_like(h)
        rows = _Relations(h)
        for at, r in rows:
            d_v[:, at] = (r @ d_y[:, :, None])[:, :, 0]
        d_c = ((p - 1) * u * d_u - p * v * d_v) / c
        d_alpha = d_v * c.pow(-p) if q else d_u * c.pow(p - 1)
        one = torch.ones_like(v)
        left, right = torch.stack([d_y, v, d_c, one], 2), torch.stack([v, d_y, one, d_c], 1)
        for at, r in rows:
            d_h[:, at] = (left[:, at] @ right).mul_(r > 0) @ h
        return d_h, d_alpha, None, None, None, None


def _factors(alpha, c, p, q):
    """v and u of `_ModulatedAttention`, of the shape of alpha each."""
    v, u = c.pow(-p), c.pow(p - 1)
    return (v * alpha, u) if q else (v, u * alpha)


class _Relations:
    """R = relu(h h^T) of one utterance (T, D), or of B padded ones (B, T, D), as (slice of rows, those rows).

    The rows are made anew at each pass unless all are one block.
    """

    def __init__(self, h):
        self.h = h
        self.count = h.shape[-2]
        self.size = max(1, _BLOCK // self.count if h.dim() == 2 else _BLOCK_TOGETHER // (len(h) * self.count))
        self.only = self._block(slice(None)) if self.size >= self.count else None

    def _block(self, at):
        return at, (self.h[..., at, :] @ self.h.mT).relu_()

    def __iter__(self):
        if self.only:
            return iter([self.only])
        return (self._block(slice(start, start + self.size)) for start in range(0, self.count, self.size))


def _utterances(lengths, *tensors):
    """The rows of each tensor that belong to an utterance, utterance by utterance."""
    return zip(*(tensor.split(lengths) for tensor in tensors), strict=True)
