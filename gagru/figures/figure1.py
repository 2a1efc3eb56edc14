"""Figure 1: the architecture of GA-GRU, with the shapes and parameter counts of a constructed model.

All places are in inches from the lower left corner of the drawing.
"""

import numpy as np
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.path import Path

from gagru.analysis.architecture import STATIC, architecture
from gagru.figures.style import BLUE, DOUBLE, YELLOW, figure

HEIGHT = 3.3
LEADING = 0.135  # from one line of text to the next
LEARNED, FIXED = "#D9E5F3", "#F4F4F4"
METHODS = {"speaker": "z-score per speaker,", "training_speakers": "z-score as trained,", "none": "no z-score,"}
NORMALISED = {"row": "rows sum to 1", "column": "columns sum to 1", "symmetric": r"$D^{-1/2} R\,D^{-1/2}$"}
PROPAGATED = {"frames": r"$a′_j = \alpha_j\,\Sigma_t\,G_{tj}$", "attention": r"$a′_j = \Sigma_t\,\alpha_t\,G_{tj}$"}


def draw_figure1(settings: dict, normalisation: dict, out_pdf, out_png, note: str = "") -> None:
    """Draw GA-GRU as it is with `settings`, the system's block of the configuration.

    normalisation : `method` of the normalisation, and the block of the feature set that GA-GRU hears
    """
    model = architecture(settings, normalisation)
    with figure(DOUBLE, HEIGHT, out_pdf, out_png, note) as drawing:
        drawing.get_layout_engine().set(w_pad=0, h_pad=0)
        axes = drawing.add_subplot()
        axes.set(xlim=(0, DOUBLE), ylim=(0, HEIGHT), aspect="equal")
        axes.axis("off")
        draw_input(axes, model, settings["features"], normalisation)
        draw_gru(axes, model, settings["dropout"])
        draw_states(axes, model)
        draw_attention(axes, model, settings["graph"])
        draw_output(axes, model)
        draw_key(axes, model)


def draw_input(axes, model, features: str, normalisation: dict) -> None:
    """From speech to normalised features, downwards."""
    described = ["Features", features, f"{model.inputs} values a frame"]
    if features == "lld":
        described = ["Descriptors", f"{STATIC} emobase, Δ, ΔΔ", "every 10 ms"]
    mean = f"mean of {normalisation['downsample']} frames"
    time = np.linspace(0, 1, 45)
    height = 0.26 * np.abs(np.sin(3.2 * np.pi * time) * np.cos(1.3 * np.pi * time - 0.6)) + 0.015
    axes.vlines(0.1 + time, 2.85 - height, 2.85 + height, color="0.35", linewidth=0.9)
    write(axes, 0.6, 2.48, "speech, 16 kHz")
    arrow(axes, (0.6, 2.38), (0.6, 2.1))
    box(axes, 0.03, 1.4, 1.14, 0.7, described)
    arrow(axes, (0.6, 1.4), (0.6, 1.1))
    box(axes, 0.03, 0.4, 1.14, 0.7, ["Normalisation", METHODS[normalisation["method"]], mean])


def draw_gru(axes, model, dropout: float) -> None:
    """The recurrent layers, upwards, and the sum of their directions."""
    box(axes, 1.66, 0.2, 1.24, 3.0, [], "white", linestyle="--")
    write(axes, 2.28, 3.07, "Bidirectional GRU", weight="bold")
    write(axes, 2.28, 2.93, f"{model.hidden} units a direction,")
    write(axes, 2.28, 2.80, f"dropout {dropout:g}")
    gap = 0.27
    height = (2.2 - 0.3) / len(model.gru_parameters) - gap
    for layer, parameters in enumerate(model.gru_parameters):
        y = 0.3 + layer * (height + gap)
        box(axes, 1.7, y, 1.16, height, [f"Layer {layer + 1} (eq. 1)", f"{parameters:,} parameters"], LEARNED)
        arrow(axes, (2.28, y + height), (2.28, y + height + gap))
        write(axes, 2.34, y + height + gap / 2, f"T × {2 * model.hidden}", ha="left")
    box(axes, 1.7, 2.2, 1.16, 0.44, ["Sum (eq. 2)", "of both directions"])
    entry = 0.3 + height / 2
    arrow(axes, (1.17, entry), (1.7, entry))
    write(axes, 1.41, entry + 0.1, "$x$")
    write(axes, 1.41, entry - 0.1, f"T × {model.inputs}")


def draw_states(axes, model) -> None:
    """The states h, on their way to the attention, the graph and the weighted sum."""
    write(axes, 3.18, 2.52, "$h$")
    write(axes, 3.18, 2.32, f"T × {model.hidden}")
    arrow(axes, (2.86, 2.42), (3.62, 2.42))
    arrow(axes, (3.47, 2.42), (3.47, 0.95), (3.62, 0.95))
    arrow(axes, (3.47, 0.95), (3.47, 0.07), (6.67, 0.07), (6.67, 1.4))
    axes.plot([3.47, 3.47], [2.42, 0.95], "o", color="black", markersize=2.5)


def draw_attention(axes, model, graph: dict) -> None:
    """The attention (above) and the graph (below), which meet in the modulated attention."""
    scores, softmax = r"$s_t = u \cdot \tanh(W h_t + b)$", r"$\alpha = \mathrm{softmax}(s)$"
    sizes = f"$W$: {model.hidden} → {model.attention}"
    parameters = f"{model.attention_parameters:,} parameters"
    box(axes, 3.62, 1.8, 1.24, 1.4, [], LEARNED)
    lines(axes, 4.24, 3.07, ["Attention (eq. 3–4)", sizes, scores, softmax, parameters])
    bars(axes, 3.91, 1.88, model.alpha, BLUE)
    box(axes, 3.62, 0.2, 1.24, 1.4, [])
    gram = r"$R_{ij} = \mathrm{relu}(h_i \cdot h_j)$"
    lines(axes, 4.24, 1.47, ["Graph (eq. 5)", gram, NORMALISED[graph["normalise"]]])
    matrix(axes, 3.91, 0.3, model.edges)
    box(axes, 5.0, 1.2, 1.1, 1.14, [])
    lines(axes, 5.55, 2.2, ["Modulation (eq. 6)", PROPAGATED[graph["propagate"]]])
    bars(axes, 5.22, 1.29, model.modulated, YELLOW)
    arrow(axes, (4.86, 2.72), (5.55, 2.72), (5.55, 2.34))
    write(axes, 5.2, 2.8, r"$\alpha$:  T")
    arrow(axes, (4.86, 0.87), (5.55, 0.87), (5.55, 1.2))
    write(axes, 5.2, 0.96, "$G$:  T × T")


def draw_output(axes, model) -> None:
    """The weighted sum of the states and the classifier."""
    arrow(axes, (6.1, 1.72), (6.25, 1.72))
    write(axes, 6.175, 1.83, "$a′$")
    box(axes, 6.25, 1.4, 0.88, 0.64, ["Weighted sum", r"$H = \Sigma_j\,a′_j\,h_j$"])
    arrow(axes, (6.67, 2.04), (6.67, 2.36))
    write(axes, 6.73, 2.19, f"{model.hidden}", ha="left")
    parameters = [f"{model.classifier_parameters:,}", "parameters"]
    text = ["Linear (eq. 7)", "softmax over", f"{model.classes} emotions", *parameters]
    box(axes, 6.25, 2.36, 0.88, 0.84, text, LEARNED)


def draw_key(axes, model) -> None:
    """What the fills mean, that the bars and squares are an example, and the number of all parameters."""
    for y, fill, meaning in ((0.63, LEARNED, "with parameters"), (0.48, FIXED, "without parameters")):
        box(axes, 5.0, y - 0.05, 0.16, 0.1, [], fill)
        write(axes, 5.22, y, meaning, ha="left")
    write(axes, 5.0, 0.33, f"{model.parameters:,} parameters in all", ha="left")
    write(axes, 5.0, 0.19, "Bars, squares: an example", ha="left", style="italic")


def box(axes, x, y, width, height, text: list[str], fill=FIXED, linestyle="-") -> None:
    """A box with its lower left corner at x, y and lines of text in its middle, the first of them bold."""
    shape = "round,pad=0,rounding_size=0.04"
    look = {"facecolor": fill, "edgecolor": "0.35", "linewidth": 0.6, "linestyle": linestyle}
    axes.add_patch(FancyBboxPatch((x, y), width, height, shape, **look))
    lines(axes, x + width / 2, y + height / 2 + (len(text) - 1) / 2 * LEADING, text)


def lines(axes, x, top, text: list[str]) -> None:
    """Lines of text below one another, the first of them, whose middle is at `top`, bold."""
    for number, line in enumerate(text):
        write(axes, x, top - number * LEADING, line, weight="normal" if number else "bold")


def write(axes, x, y, text, **look) -> None:
    """Text, in its middle at x, y."""
    axes.text(x, y, text, **{"ha": "center", "va": "center", "fontsize": 7, **look})


def arrow(axes, *points) -> None:
    """An arrow along straight pieces from the first to the last of `points`."""
    look = {"arrowstyle": "-|>,head_length=2.2,head_width=1.3", "color": "black", "linewidth": 0.7}
    axes.add_patch(FancyArrowPatch(path=Path(points), shrinkA=0, shrinkB=0, joinstyle="miter", **look))


def bars(axes, x, y, weights, colour) -> None:
    """Weights of a few steps as bars, from x, y."""
    axes.bar(x + 0.073 * (np.arange(len(weights)) + 0.5), 0.5 * weights / weights.max(), 0.052, y, color=colour)


def matrix(axes, x, y, edges) -> None:
    """Edges of a few steps as a field of squares, from x, y; the darker the stronger."""
    side = 0.073
    for (row, column), weight in np.ndenumerate(edges / edges.max()):
        place = (x + column * side, y + (len(edges) - 1 - row) * side)
        axes.add_patch(Rectangle(place, side, side, facecolor=str(1 - 0.8 * weight), edgecolor="white", linewidth=0.4))
