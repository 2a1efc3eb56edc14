"""Every path below `results/` as the rules write it, with wildcards in braces to be formatted.

`{place}` is where the files of a corpus lie, see `gagru.workflow.places`.
"""

DEMO = "results/{corpus}/demo"
INDEX = "results/{place}/index.parquet"
LEFT_OUT = "results/{place}/left_out.csv"
OWN_FEATURES = "results/{place}/own_features.csv"
SPEAKER_INDEX = "results/{place}/index/{speaker}.parquet"
FOLDS = "results/{place}/folds.csv"
FEATURES = "results/{place}/features/{feature_set}/{speaker}.parquet"
NORMALISED = "results/{place}/normalised/{feature_set}/{speaker}.parquet"
STATISTICS = "results/{place}/normalised/{feature_set}/statistics/{fold}.json"

# A system with a seed, over all folds, and one fold of it.
RUN = "results/{place}/{system}/seed{seed}"
METRICS, CONFUSION = f"{RUN}/metrics.json", f"{RUN}/confusion.csv"
FOLD = f"{RUN}/{{fold}}"
EXPORTED, MODELS = "results/{place}/models/{system}/seed{seed}", "results/{corpus}/models/README.md"
PREDICTIONS, HISTORY = f"{FOLD}/predictions.parquet", f"{FOLD}/history.csv"
WEIGHTS, MODEL = f"{FOLD}/model.safetensors", f"{FOLD}/model.json"
PROVENANCE = f"{FOLD}/provenance.json"
# Of a fold whose validation part chose among several configurations, see `gagru.workflow.candidates`.
SELECTION = f"{FOLD}/selection.json"
# Of a system that was trained elsewhere.
EXTERNAL_PREDICTIONS, EXTERNAL_DESCRIPTION = f"{RUN}/external.parquet", f"{RUN}/external.json"
# What is analysed of GA-GRU.
EDGES, PROFILES = (f"results/{{place}}/ga_gru/seed{{seed}}/{analysis}.parquet" for analysis in ("edges", "profiles"))

# What is made of several runs: by its name, without a suffix. `{figure_of}` is nothing, or `_emodb`.
RESULT, LONG_TABLE = "results/{name}", "results/long/{table}.csv"
COMPARISONS, CHOICES = "comparisons_{corpus}", "choices_{corpus}"
FIGURE1, FIGURE2, FIGURE3 = "figure1", "figure2{figure_of}", "figure3{figure_of}"
