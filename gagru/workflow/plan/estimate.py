"""What jobs will cost, from what was measured, and how long they take on several cores."""

import heapq
import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gagru.task.errors import InputError
from gagru.task.features import FEATURE_SETS, is_own
from gagru.task.systems import SYSTEMS
from gagru.workflow import jobs
from gagru.workflow.configuration import find_feature_set, find_settings
from gagru.workflow.inputs import Inputs
from gagru.workflow.places import Places
from gagru.workflow.plan.jobs import PlannedJob
from gagru.workflow.plan.speech import Speech, divide, measure_speech, upsample
from gagru.workflow.plan.throughput import UTTERANCES, name_key

# Epochs after which a training is at its best. The averages over the folds, at the paper's settings: on EMO-DB 12 of
# GA-GRU and CMN, 14 of DNN and BiGRU+Att, 19 of CVAE-LSTM, 22 of MDNN; on nEMO 10 of DNN and 13 of MDNN.
BEST = 13
# Core seconds of Snakemake itself: its start, and for each job.
SNAKEMAKE, EACH = 3.0, 0.15
SHORT = 1.0  # core seconds that jobs other than extractions and trainings work after their start
LOGS = 20_000  # bytes that a job leaves beside its results
# What a rule's program imports, by which its start is measured.
STARTS = {
    "features": ("numpy", "pyarrow.parquet", "soundfile"),
    "training": ("numpy", "pyarrow.parquet", "torch"),
    "reporting": ("pandas", "pyarrow.parquet", "scipy.stats", "matplotlib.pyplot"),
}
STAGES = (
    ("make_demo_corpus",),
    ("index_corpus", "index_speaker", "make_folds"),
    ("extract_features",),
    ("normalise_features", "training_statistics"),
    ("train_fold",),
    ("select_candidate",),
    ("refit_chosen",),
)
TRAININGS = ("train_fold", "refit_chosen")


class Cost(NamedTuple):
    """Of a job: core seconds, and at most; of these on a GPU; bytes on disk; MB of memory."""

    seconds: float
    at_most: float
    gpu_seconds: float = 0.0
    gpu_at_most: float = 0.0
    disk: float = 0.0
    memory_mb: float = 0.0


class Forecast:
    """What the jobs of a configuration cost.

    Parameters
    ----------
    config : the checked configuration
    """

    def __init__(self, config: dict):
        self.config = config
        self.places = Places(config)
        self.inputs = Inputs(config, self.places)
        self._speech: dict[str, dict[str, Speech]] = {}

    def find_speech(self, place: str) -> dict[str, Speech]:
        """Speaker -> speech at a place, measured once for each index."""
        made = self.places.locate(place, "index")
        if made not in self._speech:
            self._speech[made] = measure_speech(self.inputs, made)
        return self._speech[made]

    def list_tasks(self, planned: Iterable[PlannedJob]) -> dict[str, dict]:
        """What has to be measured for these jobs: key -> what `gagru.workflow.plan.throughput` takes."""
        tasks: dict[str, dict] = {
            name_key("start", name, {}): {"kind": "start", "modules": modules} for name, modules in STARTS.items()
        }
        for job in planned:
            place = job.wildcards.get("place")
            self._refuse_own(place, job)
            if job.rule in ("extract_features", "normalise_features"):
                tasks |= self._describe_features(place, job.wildcards["feature_set"])
            elif job.rule in (*TRAININGS, "analyse_attention"):
                system = job.wildcards.get("system", "ga_gru")
                tasks |= self._describe_features(place, self._hears(place, system))
                tasks |= self._describe_system(place, system)
        return tasks

    def _refuse_own(self, place: str | None, job: PlannedJob) -> None:
        """Raise `InputError` for features that were made elsewhere."""
        names = [job.wildcards.get("feature_set")]
        names += [self._hears(place, job.wildcards["system"])] if job.rule in TRAININGS else []
        if any(name and is_own(name) for name in names):
            raise InputError(
                "features that were made elsewhere cannot be planned for: how many they are is known when the run has "
                "indexed them; leave the systems that hear `own` out of a copy of the settings"
            )

    def _hears(self, place: str, system: str) -> str:
        return self.inputs.describe(find_feature_set, place, system)

    def _settings(self, place: str, system: str) -> dict:
        return self.inputs.describe(find_settings, place, system)

    def _describe_features(self, place: str, name: str) -> dict[str, dict]:
        extraction = self.inputs.describe(jobs.describe_extraction, place, name)
        settings = {key: value for key, value in extraction.items() if key != "utterances"}
        given = self.places.configure(place)["features"].get(name, {})
        averaged = {"downsample": given.get("downsample", 1), "remainder": given.get("remainder", "average")}
        root = self.inputs.find_entry(place)["root"]
        files = sum(self.find_speech(place).values(), Speech()).files
        key = name_key("features", name, {**settings, **averaged, "root": root})
        spread = files[:: max(1, len(files) // UTTERANCES)]
        return {key: {"kind": "features", "name": name, "settings": settings, "files": spread, **averaged}}

    def _describe_system(self, place: str, name: str) -> dict[str, dict]:
        settings, features = self._settings(place, name), self._hears(place, name)
        everybody = sum(self.find_speech(place).values(), Speech())
        lengths = [duration for _, _, duration in everybody.files]
        lengths = lengths[:: max(1, len(lengths) // UTTERANCES)][:UTTERANCES]
        mean = everybody.task_seconds / max(1, everybody.task_utterances)
        device = self.config["training"]["device"] if SYSTEMS[name].network else "cpu"
        ((key, described),) = self._describe_features(place, features).items()
        task = {
            "kind": "system",
            "name": name,
            "settings": settings,
            "heard": {part: described[part] for part in ("name", "settings", "downsample")},
            "lengths": lengths or UTTERANCES * [mean],
            "device": device,
            "dialogs": everybody.dialogs,
        }
        depends = {**settings, "device": device, "dialogs": everybody.dialogs, "heard": key}
        return {name_key("system", name, depends): task}

    def estimate(self, job: PlannedJob, measured: Mapping[str, dict]) -> Cost:
        """What a job costs."""
        if job.rule in TRAININGS:
            return self._estimate_training(job, measured)
        if job.rule in ("extract_features", "normalise_features"):
            return self._estimate_features(job, measured)
        of_features = job.rule in ("index_corpus", "index_speaker", "make_folds", "make_demo_corpus")
        start = measured[name_key("start", "features" if of_features else "reporting", {})]
        seconds = start["start"] + (0.0 if of_features else SHORT)
        if job.rule == "make_demo_corpus":
            seconds += 3.0
        if job.rule == "analyse_attention":
            place = job.wildcards["place"]
            seconds += self._predict(place, "ga_gru", sum(self.find_speech(place).values(), Speech()), measured)
        return Cost(seconds + EACH, seconds + EACH, disk=LOGS, memory_mb=start["memory_mb"])

    def _estimate_features(self, job: PlannedJob, measured: Mapping[str, dict]) -> Cost:
        place, name = job.wildcards["place"], job.wildcards["feature_set"]
        (key,) = self._describe_features(place, name)
        rates, own = measured[key], self.find_speech(place)[job.wildcards["speaker"]]
        everything = FEATURE_SETS[name].rows == "utterance"
        everything |= self.inputs.describe(jobs.describe_extraction, place, name).get("utterances") == "all"
        speech = own.seconds if everything else own.task_seconds
        start = measured[name_key("start", "features", {})]["start"]
        if job.rule == "normalise_features":
            return Cost(start + EACH, start + EACH, disk=LOGS, memory_mb=rates["memory_mb"])
        seconds = start + EACH + rates["seconds"] * speech
        return Cost(seconds, seconds, disk=rates["bytes"] * speech + LOGS, memory_mb=rates["memory_mb"])

    def _rates(self, place: str, system: str, measured: Mapping[str, dict]) -> dict:
        (key,) = self._describe_system(place, system)
        return measured[key]

    def _units(self, place: str, system: str, speech: Speech) -> float:
        """What a system's costs are counted in: utterances of functionals, or seconds of speech."""
        by_utterance = FEATURE_SETS[self._hears(place, system)].rows == "utterance"
        return speech.task_utterances if by_utterance else speech.task_seconds

    def _predict(self, place: str, system: str, speech: Speech, measured: Mapping[str, dict]) -> float:
        return self._rates(place, system, measured)["predict"] * self._units(place, system, speech)

    def _estimate_training(self, job: PlannedJob, measured: Mapping[str, dict]) -> Cost:
        place, system, fold = (job.wildcards[name] for name in ("place", "system", "fold"))
        entry, settings = self.inputs.find_entry(place), self._settings(place, system)
        share = self.config["folds"]["random_share"]
        speech = self.find_speech(place)
        train, validation, test = divide(speech, fold, self.inputs.list_sessions(place), entry["validation"], share)
        rates, start = self._rates(place, system, measured), measured[name_key("start", "training", {})]
        ends = self._predict(place, system, test, measured)
        if "max_epochs" in settings:
            train = upsample(train, entry["upsample"])
            epoch = rates["train"] * self._units(place, system, train)
            epoch += self._predict(place, system, validation, measured)
            usual, most = count_epochs(settings, train.task_utterances)
        else:
            epoch, usual, most = rates["train"] * self._units(place, system, train + validation), 1, 1
        seconds, at_most = ends + usual * epoch, ends + most * epoch
        on_gpu = rates["device"].startswith("cuda")
        (heard,) = self._describe_features(place, self._hears(place, system))
        arrays = sum(speech.values(), Speech()).task_seconds * measured[heard]["rows"] * measured[heard]["columns"] * 4
        return Cost(
            start["start"] + EACH + seconds,
            start["start"] + EACH + at_most,
            seconds if on_gpu else 0.0,
            at_most if on_gpu else 0.0,
            rates["bytes"] + LOGS,
            rates["memory_mb"] + arrays / 2**20,
        )


def count_epochs(settings: Mapping, utterances: int) -> tuple[int, int]:
    """How many epochs a training on `utterances` may be expected to run, and at most.

    It is at its best after `BEST` of them, or after `min_steps` if that is later, and waits for its patience then.
    """
    steps = math.ceil(max(1, utterances) / settings["batch_size"])
    patience = max(settings["patience"], math.ceil(settings.get("patience_steps", 0) / steps))
    best = max(BEST, math.ceil(settings.get("min_steps", 0) / steps))
    return min(settings["max_epochs"], best + patience), settings["max_epochs"]


def add_up(costs: Iterable[Cost]) -> Cost:
    """The costs of jobs together; of their memory, the largest."""
    costs = list(costs)
    sums = Cost(*map(sum, zip(*costs, strict=True)))
    return sums._replace(memory_mb=max(cost.memory_mb for cost in costs))


def schedule(costs: Iterable[tuple[PlannedJob, Cost]], cores: int, gpus: int) -> tuple[float, float]:
    """Seconds from start to end, and at most, stage after stage, the longest jobs of a stage first.

    cores, gpus : how many jobs run at a time, and how many of them on a GPU
    """
    stages: dict[int, list[Cost]] = {}
    for job, cost in costs:
        stage = next((number for number, rules in enumerate(STAGES) if job.rule in rules), len(STAGES))
        stages.setdefault(stage, []).append(cost)
    usual, most = SNAKEMAKE, SNAKEMAKE
    for found in stages.values():
        on_gpu = [cost for cost in found if cost.gpu_seconds]
        usual += max(_spread([c.seconds for c in found], cores), _spread([c.seconds for c in on_gpu], min(cores, gpus)))
        most += max(_spread([c.at_most for c in found], cores), _spread([c.at_most for c in on_gpu], min(cores, gpus)))
    return usual, most


def _spread(seconds: list[float], lanes: int) -> float:
    """When the last of these jobs ends, if each goes to the lane that is free first."""
    free = [0.0] * lanes
    for each in sorted(seconds, reverse=True):
        heapq.heapreplace(free, free[0] + each)
    return max(free)
