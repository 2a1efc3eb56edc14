"""What the graph costs beside the GRU: forward and backward of both, at the paper's sizes and IEMOCAP's lengths.

python -m benchmarks.graph_attention [--runs 9]
"""

import torch
from torch.nn.utils.rnn import pack_sequence

from benchmarks.lengths import lengths
from benchmarks.measure import Measure, hand_over, medians, parser, table
from benchmarks.packed_gru import BATCH, INPUTS, LAYERS, both_ways
from gagru.layers.attention import segment_softmax
from gagru.layers.graph import modulated_attention
from gagru.layers.packed_gru import PackedBiGRU

LONGEST = 12_000  # steps: ten minutes


def graph(states: list[torch.Tensor], normalise: str, propagate: str):
    """A function that runs the graph forward and backward over a batch of utterances' states."""
    steps = [len(h) for h in states]
    h = torch.cat(states).requires_grad_()
    alpha = segment_softmax(torch.randn(len(h)), steps).requires_grad_()
    return lambda: modulated_attention(h, alpha, steps, normalise, propagate).sum().backward()


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--runs", type=int, default=9)
    args = options.parse_args()
    torch.set_num_threads(1)
    hidden, longest, runs = (8, 300, 1) if args.tiny else (256, LONGEST, args.runs)
    steps = lengths(BATCH, seed=0)
    batch = [torch.randn(length, INPUTS) for length in steps]
    states = [torch.randn(length, hidden) for length in steps]
    alternatives = {
        "GRU": both_ways(PackedBiGRU(INPUTS, hidden, LAYERS), [pack_sequence(batch, enforce_sorted=False)]),
        "graph, row and frames": graph(states, "row", "frames"),
        "graph, symmetric and attention": graph(states, "symmetric", "attention"),
    }
    gru, default, *_ = alternatives
    median = medians(runs, alternatives)
    long = medians(1, {"graph": graph([torch.randn(longest, hidden)], "row", "frames")})["graph"]
    print(f"A batch of {BATCH}, hidden {hidden}, forward and backward, medians of {runs} runs\n")
    rows = [(name, f"{1000 * s:.1f}", f"{100 * s / median[gru]:.1f} %") for name, s in median.items()]
    print(table("|ms|of the GRU's time", rows))
    print(f"\nThe graph of one utterance of {longest} steps takes {long:.1f} s.")
    share = 100 * median[default] / median[gru]
    hand_over([Measure("graph attention, of the GRU's time", share, "%", at_most=8)], args.json)


if __name__ == "__main__":
    main()
