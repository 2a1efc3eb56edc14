"""What the graph costs beside the GRU: forward and backward of both, at the paper's sizes and IEMOCAP's lengths.

The graph's attention is also computed as its equations stand, with the gradients that PyTorch derives.

python -m benchmarks.graph_attention [--runs 9]
"""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import torch
from torch.nn.utils.rnn import pack_sequence

from benchmarks.lengths import lengths
from benchmarks.measure import Measure, hand_over, medians, parser, table
from benchmarks.packed_gru import BATCH, INPUTS, LAYERS, both_ways
from gagru.experiment.provenance import peak_memory_mb
from gagru.layers.attention import segment_softmax
from gagru.layers.graph import modulated_attention, plain_modulated_attention
from gagru.layers.packed_gru import PackedBiGRU
from gagru.layers.ragged import Ragged

LONGEST = 12_000  # steps: ten minutes


def graph(form, states: list[torch.Tensor], normalise: str, propagate: str, together: bool = False):
    """A function that runs a form of the graph forward and backward over a batch of utterances' states.

    together : whether over all utterances at once, padded, as on a GPU
    """
    h, layout = Ragged.of(states, together)
    alpha = segment_softmax(torch.randn(len(h)), layout).requires_grad_()
    h.requires_grad_()
    return lambda: form(h, alpha, layout, normalise, propagate).sum().backward()


def peak_mb(form, steps: int, hidden: int) -> float:
    """The largest memory (MB) of a process that runs a form of the graph over one utterance of so many steps."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        process.submit(run_once, form, steps, hidden).result()
        return process.submit(peak_memory_mb).result()


def run_once(form, steps: int, hidden: int) -> None:
    """Forward and backward over one utterance of so many steps."""
    torch.set_num_threads(1)
    graph(form, [torch.randn(steps, hidden)], "row", "frames")()


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
        "graph, row and frames": graph(modulated_attention, states, "row", "frames"),
        "graph, symmetric and attention": graph(modulated_attention, states, "symmetric", "attention"),
        "graph, row and frames, padded": graph(modulated_attention, states, "row", "frames", together=True),
        "graph, row and frames, plain": graph(plain_modulated_attention, states, "row", "frames"),
        "graph, symmetric and attention, plain": graph(plain_modulated_attention, states, "symmetric", "attention"),
    }
    gru, default, _, padded, plain, _ = alternatives
    median = medians(runs, alternatives)
    long = medians(1, {"graph": graph(modulated_attention, [torch.randn(longest, hidden)], "row", "frames")})["graph"]
    print(f"A batch of {BATCH}, hidden {hidden}, forward and backward, medians of {runs} runs\n")
    rows = [(name, f"{1000 * s:.1f}", f"{100 * s / median[gru]:.1f} %") for name, s in median.items()]
    print(table("|ms|of the GRU's time", rows))
    print(f"\nThe graph of one utterance of {longest} steps takes {long:.1f} s.")
    memory = {form: peak_mb(form, longest, hidden) for form in (modulated_attention, plain_modulated_attention)}
    print("A process that does so takes {:.0f} MB, with the plain form {:.0f} MB.".format(*memory.values()))
    share = 100 * median[default] / median[gru]
    measures = [
        Measure("graph attention, of the GRU's time", share, "%", at_most=8),
        Measure("graph attention, plain form against ours", median[plain] / median[default], "times"),
        Measure("graph attention, padded form (for a GPU) against ours", median[padded] / median[default], "times"),
        Measure("graph attention, memory of the process", memory[modulated_attention], "MB", note=f"{longest} steps"),
        Measure("the same, plain form", memory[plain_modulated_attention], "MB"),
    ]
    hand_over(measures, args.json)


if __name__ == "__main__":
    main()
