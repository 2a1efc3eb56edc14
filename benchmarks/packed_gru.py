"""Useful GFLOP/s of the packed bidirectional GRU, forward and backward, beside a large matrix product's.

Two layers of 256 at the paper's sizes; batches of 64 drawn at random from utterances of IEMOCAP's lengths. Useful are
the floating-point operations of the matrix products that serve real frames; the gradient of the first layer's input,
which training does not need, is neither computed nor counted.

    python -m benchmarks.packed_gru [--runs 9]
"""

import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_sequence, pad_packed_sequence

from benchmarks.lengths import lengths
from benchmarks.measure import Measure, hand_over, medians, parser, table
from gagru.layers.packed_gru import PackedBiGRU

INPUTS, LAYERS, BATCH = 78, 2, 64
BATCHES = 2


def packed(steps: list[int]) -> PackedSequence:
    """Random frames of utterances of so many steps."""
    return pack_sequence([torch.randn(length, INPUTS) for length in steps], enforce_sorted=False)


def operations(batches: list[PackedSequence], hidden: int) -> float:
    """Useful GFLOP of a forward and backward pass over the batches."""
    total = 0
    for layer in range(LAYERS):
        inputs, passes = (INPUTS, 2) if layer == 0 else (2 * hidden, 3)  # passes: outputs, weights, and inputs
        total += passes * inputs + 3 * hidden
    frames = sum(len(batch.data) for batch in batches)
    return frames * 2 * 3 * hidden * 2 * total / 1e9  # two directions of three gates; a product and a sum


def both_ways(network: nn.Module, batches: list):
    """A function that runs `network` forward and backward over the batches."""

    def run():
        for batch in batches:
            output = network(batch)
            output = output if isinstance(network, PackedBiGRU) else output[0]
            network.zero_grad()
            (output.data if isinstance(output, PackedSequence) else output).sum().backward()

    return run


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--runs", type=int, default=9)
    args = options.parse_args()
    torch.set_num_threads(1)
    hidden, side, runs = (8, 64, 1) if args.tiny else (256, 2048, args.runs)
    ours = PackedBiGRU(INPUTS, hidden, LAYERS)
    theirs = nn.GRU(INPUTS, hidden, LAYERS, bidirectional=True)
    batches = [packed(lengths(BATCH, seed)) for seed in range(BATCHES)]
    equal = [packed([len(batch.data) // BATCH] * BATCH) for batch in batches]
    matrix, product = torch.randn(side, side), torch.empty(side, side)
    useful = operations(batches, hidden)
    work = {
        "large matrix product": (lambda: torch.mm(matrix, matrix, out=product), 2 * side**3 / 1e9),
        "`PackedBiGRU`, random batches": (both_ways(ours, batches), useful),
        "`nn.GRU`, padded": (both_ways(theirs, [pad_packed_sequence(batch)[0] for batch in batches]), useful),
        "`nn.GRU` on a PackedSequence": (both_ways(theirs, batches), useful),
        "`PackedBiGRU`, equal lengths": (both_ways(ours, equal), operations(equal, hidden)),
        "`nn.GRU`, equal lengths": (
            both_ways(theirs, [pad_packed_sequence(batch)[0] for batch in equal]),
            operations(equal, hidden),
        ),
    }
    ceiling, packed_gru, *_ = work
    median = medians(runs, {name: function for name, (function, _) in work.items()})
    rate = {name: gflop / median[name] for name, (_, gflop) in work.items()}
    print(f"{LAYERS} layers of {hidden}, batches of {BATCH}, forward and backward, medians of {runs} runs\n")
    rows = [(name, f"{value:.1f}", f"{100 * value / rate[ceiling]:.0f} %") for name, value in rate.items()]
    print(table(f"|useful GFLOP/s|of a product of {side} x {side} matrices", rows))
    share = 100 * rate[packed_gru] / rate[ceiling]
    measures = [
        Measure("packed GRU, useful GFLOP/s against a large matrix product's", share, "%", at_least=70),
        Measure("packed GRU", rate[packed_gru], "GFLOP/s"),
    ]
    hand_over(measures, args.json)


if __name__ == "__main__":
    main()
