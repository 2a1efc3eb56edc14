"""How numbers and the head of a page are written on all pages. Metrics are fractions; what is missing is empty."""

import pandas as pd


def write_head(title: str, notes: list[str]) -> list[str]:
    """The title of a page and its notes, such as "Synthetic ...", which must not be overlooked."""
    return [f"# {title}\n", *(f"> **{note}**\n" for note in notes)]


def in_per_cent(value: float) -> str:
    """As `63.80`."""
    return "" if pd.isna(value) else f"{100 * value:.2f}"


def points_interval(low: float, high: float) -> str:
    """As `-0.5 to +3.2`; empty where there is none."""
    return "" if pd.isna(low) else f"{100 * low:+.1f} to {100 * high:+.1f}"


def p_value(p: float) -> str:
    """As `0.0312`; empty where nothing was tested."""
    if pd.isna(p):
        return ""
    return f"{p:.4f}" if p >= 1e-4 else "< 0.0001"


def level_in_words(level: float) -> str:
    """As `95 %`."""
    return f"{100 * level:g} %"
