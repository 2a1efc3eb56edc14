"""What the jobs at a place read, and what they depend on besides."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from gagru.task.errors import InputError
from gagru.task.features import is_own
from gagru.task.runs import Run
from gagru.workflow import jobs, paths
from gagru.workflow.candidates import list_candidates
from gagru.workflow.configuration import find_feature_set, is_demo, list_sessions
from gagru.workflow.places import Places


class Inputs:
    """The files that jobs read: each lies at the place that makes it, see `Places`.

    config : the checked configuration
    """

    def __init__(self, config: dict, places: Places):
        self._places = places
        self.find_candidates = cache(self._find_candidates)  # asked for by every job of every fold
        self._sessions = {corpus: list_sessions(entry) for corpus, entry in config["corpora"].items()}

    def describe(self, kind: Callable, place: str, *item: str) -> dict:
        """What `kind`, a function of `gagru.workflow.jobs`, says of a job at a place."""
        return kind(self._places.configure(place), self._places.find_corpus(place), *item)

    def find_entry(self, place: str) -> dict:
        """What the configuration says of the corpus at a place."""
        return self._places.configure(place)["corpora"][self._places.find_corpus(place)]

    def list_sessions(self, place: str) -> dict[str, str | None]:
        """The speakers at a place, in order, and their sessions."""
        return self._sessions[self._places.find_corpus(place)]

    def list_speakers(self, place: str) -> list[str]:
        """The speakers at a place, in order; the folds are named by them."""
        return list(self.list_sessions(place))

    def write_speaker_pattern(self) -> str:
        """A regular expression of the speakers of all corpora."""
        return "|".join(sorted({speaker for speakers in self._sessions.values() for speaker in speakers}))

    def find_demo(self, place: str) -> list[str]:
        """The corpus's folder, where the workflow makes it."""
        demo = is_demo(self.find_entry(place))
        return [paths.DEMO.format(corpus=self._places.find_corpus(place))] if demo else []

    def find_root(self, place: str) -> str:
        """Where the corpus's reader looks: the folder, or the manifest."""
        return next(iter(self.find_demo(place)), self.find_entry(place)["root"])

    def find_index(self, place: str) -> str:
        """The utterance table."""
        return paths.INDEX.format(place=self._places.locate(place, "index"))

    def find_speaker_index(self, place: str, speaker: str) -> str:
        """The part of one speaker."""
        return paths.SPEAKER_INDEX.format(place=self._places.locate(place, "index"), speaker=speaker)

    def find_folds(self, place: str) -> str:
        """The folds."""
        return paths.FOLDS.format(place=self._places.locate(place, "folds"))

    def find_run(self, place: str, system: str, seed: str) -> Run:
        """A run on the corpus at a place, with its folder."""
        folder = Path(paths.RUN.format(place=place, system=system, seed=seed))
        return Run(self._places.find_corpus(place), system, int(seed), folder)

    def find_own_folder(self, place: str) -> str:
        """The folder with the user's own features; `InputError` where the corpus names none."""
        folder = self.find_entry(place)["own_features"]
        if not folder:
            name = self._places.find_corpus(place)
            raise InputError(f"corpora.{name}.own_features: say which folder holds the .npy files of `own`")
        return folder

    def describe_own(self, place: str, feature_set: str) -> dict[str, str]:
        """Where the user's own features lie, and the table of them, for a feature set that is made of them."""
        tables = self.find_own_table(place, feature_set)
        return {"own_table": tables[0], "own_folder": self.find_own_folder(place)} if tables else {}

    def find_own_table(self, place: str, feature_set: str) -> list[str]:
        """The table of the user's own features, for a feature set that is made of them."""
        return [paths.OWN_FEATURES.format(place=self._places.locate(place, "index"))] if is_own(feature_set) else []

    def find_features(self, place: str, feature_set: str) -> dict[str, str]:
        """The features as extracted: speaker -> file."""
        made, files = self._places.locate(place, "features", feature_set), {}
        for speaker in self.list_speakers(place):
            files[speaker] = paths.FEATURES.format(place=made, feature_set=feature_set, speaker=speaker)
        return files

    def find_fold_files(self, path: str, place: str, system: str, seed: str) -> list[str]:
        """A file of every fold of a run; `path` is one of `gagru.workflow.paths`."""
        return [path.format(place=place, system=system, seed=seed, fold=fold) for fold in self.list_speakers(place)]

    def _find_candidates(self, place: str, system: str) -> dict[str, dict]:
        """The candidates among which a fold's validation part chooses: where each is trained -> its settings."""
        candidates = self.describe(list_candidates, place, system)
        return {self._places.name_candidate(place, system, candidate): candidate for candidate in candidates}

    def find_candidate_files(self, path: str, place: str, system: str, seed: str, fold: str) -> list[str]:
        """A file of a fold of every candidate; `path` is one of `gagru.workflow.paths`."""
        places = self.find_candidates(place, system)
        return [path.format(place=trained, system=system, seed=seed, fold=fold) for trained in places]

    def describe_candidates(self, place: str, system: str) -> list[dict]:
        """The jobs that train the candidates."""
        return [
            self.describe(jobs.describe_training, trained, system) for trained in self.find_candidates(place, system)
        ]

    def find_normalised(self, place: str, system: str) -> list[str]:
        """The normalised features of every speaker that a system is trained or tested on."""
        feature_set = self.describe(find_feature_set, place, system)
        made = self._places.locate(place, "normalised", feature_set)
        return [
            paths.NORMALISED.format(place=made, feature_set=feature_set, speaker=speaker)
            for speaker in self.list_speakers(place)
        ]

    def find_statistics(self, place: str, system: str, folds: list[str]) -> list[str]:
        """The statistics of the folds' training parts, where features are normalised by them."""
        if self._places.configure(place)["normalisation"]["method"] != "training_speakers":
            return []
        feature_set = self.describe(find_feature_set, place, system)
        made = self._places.locate(place, "statistics", feature_set)
        return [paths.STATISTICS.format(place=made, feature_set=feature_set, fold=fold) for fold in folds]
