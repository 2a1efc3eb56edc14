"""Bad input, through the workflow as a user gives it: one clear message, a non-zero exit, nothing half-made."""

import random
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from running import ROOT

EMOTIONS = ["happiness", "neutrality", "sadness", "anger"]


def wav(samples: bytes, rate: int = 16000) -> bytes:
    form = struct.pack("<HHIIHH", 1, 1, rate, 2 * rate, 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body


class Corpus:
    """A manifest of three speakers with two utterances of 0.5 s an emotion, to be spoiled."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.manifest = folder / "manifest.csv"
        self.rows = []
        noise = random.Random(0)
        for speaker in ("A", "B", "C"):
            for emotion in EMOTIONS:
                for take in (1, 2):
                    path = folder / f"{speaker}_{emotion}_{take}.wav"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(wav(noise.randbytes(16000)))
                    self.rows.append([path.name, speaker, emotion])
        self.columns = ["path", "speaker", "emotion"]
        corpus = f"mine: {{reader: manifest, root: '{self.manifest}', validation: rotate}}"
        self.configuration = f"run: {{corpora: [mine], systems: [svm]}}\ncorpora:\n  {corpus}\n"

    def audio(self) -> Path:
        return self.folder / "B_sadness_1.wav"

    def write(self) -> None:
        lines = [self.columns, *self.rows]
        self.manifest.write_text("".join(",".join(line) + "\n" for line in lines), encoding="utf-8")


def cut_short(corpus):
    corpus.audio().write_bytes(corpus.audio().read_bytes()[:4000])


def drop_emotion_column(corpus):
    corpus.columns = corpus.columns[:2]
    corpus.rows = [row[:2] for row in corpus.rows]


def name_utterances_alike(corpus):
    corpus.columns.append("utterance")
    corpus.rows = [[*row, f"u{n // 2}"] for n, row in enumerate(corpus.rows)]


def configure(old, new):
    def spoil(corpus):
        assert old in corpus.configuration
        corpus.configuration = corpus.configuration.replace(old, new)

    return spoil


DEMO_OF_MANIFEST = "run: {corpora: [mine]}\ncorpora: {mine: {reader: manifest, root: demo}}\n"
CASES = {
    "missing manifest": (configure("manifest.csv", "manifest2.csv"), ["manifest2.csv"]),
    "missing column": (drop_emotion_column, ["manifest.csv", "emotion"]),
    "path outside": (
        lambda c: c.rows.append(["../other.wav", "A", "anger"]),
        ["manifest.csv", "manifest.csv:26", "../other.wav"],
    ),
    "duplicated id": (name_utterances_alike, ["manifest.csv:2", "manifest.csv:3", "u0"]),
    "missing audio": (lambda c: c.audio().unlink(), ["B_sadness_1.wav (manifest.csv:14)"]),
    "empty audio": (lambda c: c.audio().write_bytes(b""), ["B_sadness_1.wav"]),
    "no samples": (lambda c: c.audio().write_bytes(wav(b"")), ["B_sadness_1.wav", "0 samples"]),
    "truncated audio": (cut_short, ["B_sadness_1.wav", "truncated"]),
    "unreadable audio": (lambda c: c.audio().write_bytes(b"this is no audio" * 100), ["B_sadness_1.wav"]),
    "silent audio": (lambda c: c.audio().write_bytes(wav(bytes(16000))), ["B_sadness_1.wav", "silent"]),
    "30 ms": (lambda c: c.audio().write_bytes(wav(random.Random(1).randbytes(960))), ["B_sadness_1.wav", "30 ms"]),
    "speakers differ": (configure("validation:", "speakers: [A, B, D], validation:"), ["C", "D", "speakers"]),
    "unknown key": (configure("validation:", "valdiation:"), ["corpora.mine", "valdiation", "config/schema.yaml"]),
    "lr as text": (
        lambda c: setattr(c, "configuration", c.configuration + "systems: {dnn: {lr: 1e-3}}\n"),
        ["systems.dnn.lr", "1.0e-3"],
    ),
    "unknown reader": (configure("reader: manifest", "reader: csv"), ["corpora.mine.reader", "manifest"]),
    "no partner": (configure("validation: rotate", "validation: partner"), ["corpora.mine", "partner", "rotate"]),
    "unknown corpus": (configure("[mine]", "[yours]"), ["run.corpora", "yours", "mine"]),
    "no demo of it": (lambda c: setattr(c, "configuration", DEMO_OF_MANIFEST), ["corpora.mine", "demo", "root"]),
    "a speaker with one emotion": (
        lambda c: setattr(c, "rows", [row for row in c.rows if row[1] == "A" or row[2] == "anger"]),
        ["fold A", "happiness", "train"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_says_what_is_wrong_and_leaves_nothing(case, workflow, tmp_path):
    spoil, words = CASES[case]
    corpus = Corpus(tmp_path / "corpus")
    spoil(corpus)
    corpus.write()
    run = workflow("--configfile", workflow.configure(corpus.configuration))
    assert run.returncode != 0
    said = run.stdout + run.stderr
    assert [word for word in words if word not in said] == []
    assert "Traceback" not in said
    results = workflow.folder / "results"
    made = [p.relative_to(results).as_posix() for p in results.rglob("*") if p.is_file()]
    broken = [name for name in made if name.startswith("table") or "/." in f"/{name}" or "train" in name]
    assert [name for name in broken if not name.startswith(("logs/", "benchmarks/"))] == []


def test_several_problems_are_listed_at_once(workflow, tmp_path):
    corpus = Corpus(tmp_path / "corpus")
    corpus.audio().unlink()
    (corpus.folder / "C_anger_2.wav").write_bytes(b"")
    corpus.write()
    run = workflow("--configfile", workflow.configure(corpus.configuration))
    said = run.stdout + run.stderr
    assert "2 problems" in said
    assert "B_sadness_1.wav" in said
    assert "C_anger_2.wav" in said
    assert not (workflow.folder / "results/mine/index.parquet").exists()


@pytest.mark.parametrize("name", ["iemocap", "msp_improv"])
def test_a_missing_licensed_corpus_is_named(name, workflow):
    paper = str(ROOT / "config/paper.yaml")
    run = workflow(f"results/{name}/index.parquet", "--configfile", paper, "--config", f"{name}=/nowhere/corpus")
    assert run.returncode != 0
    assert "/nowhere/corpus" in run.stdout + run.stderr
    assert not (workflow.folder / f"results/{name}/index.parquet").exists()


def test_the_manifest_that_was_not_spoiled_gives_its_table(workflow, tmp_path):
    corpus = Corpus(tmp_path / "corpus")
    corpus.write()
    run = workflow("--configfile", workflow.configure(corpus.configuration))
    assert run.returncode == 0, run.stdout + run.stderr
    assert (workflow.folder / "results/table_mine.csv").is_file()


def test_a_program_run_by_hand_says_the_same(tmp_path):
    command = [sys.executable, ROOT / "workflow_scripts/make_folds.py", "--index", tmp_path / "none.parquet"]
    command += ["--sessions", '[["A", null]]', "--validation", "rotate", "--share", "0.1", "--seed", "0"]
    run = subprocess.run(
        [*map(str, command), "--out", str(tmp_path / "folds.csv")],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert run.returncode == 1
    assert run.stderr.startswith("Error: ")
    assert "none.parquet" in run.stderr
    assert not (tmp_path / "folds.csv").exists()
