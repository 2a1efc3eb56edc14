"""What GA-GRU attends to in every utterance of a corpus, each explained by the fold's model that was tested on it."""

import argparse
import json

from gagru.analysis.attention import AnalysisSettings, analyse, explain_folds, write_attention
from gagru.workflow.program import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", required=True, help="folders of trained GA-GRUs, each named by its fold")
    parser.add_argument("--index", required=True, help="the corpus's index.parquet")
    parser.add_argument("--folds", required=True, help="folds.csv")
    parser.add_argument("--features", required=True, help="folder of the normalised descriptors, a file a speaker")
    parser.add_argument(
        "--statistics", nargs="?", help="folder of training statistics, where features are normalised by them"
    )
    parser.add_argument("--settings", type=json.loads, default={}, help="JSON: the configuration's block `analysis`")
    parser.add_argument("--out-edges", required=True, help="edges.parquet: utterance, speaker, emotion, pair, share")
    parser.add_argument("--out-profiles", required=True, help="profiles.parquet: ..., weights, profile")
    options = parser.parse_args()

    explained = explain_folds(options.models, options.index, options.folds, options.features, options.statistics)
    edges, profiles = analyse(explained, AnalysisSettings(**options.settings))
    write_attention(edges, profiles, options.out_edges, options.out_profiles)


if __name__ == "__main__":
    run(main)
