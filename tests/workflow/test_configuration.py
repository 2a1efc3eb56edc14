import copy

import pytest
import yaml
from snakemake.cli import parse_config
from snakemake.utils import update_config

from gagru.task.errors import InputError
from gagru.workflow.configuration import (
    SCHEMA,
    check_configuration,
    find_settings,
    is_demo,
    list_seeds,
    list_sessions,
    read_configuration,
    read_written,
    write_note,
)
from gagru.workflow.sources import ROOT

DEFAULTS = yaml.safe_load((ROOT / "config.yaml").read_text())
DOCUMENT = yaml.safe_load(SCHEMA.read_text())


def configured(text=""):
    """What Snakemake makes of config.yaml and of a second file with this text."""
    config = {}
    update_config(config, DEFAULTS)
    update_config(config, yaml.safe_load(text) or {})
    return config


def checked(text=""):
    return check_configuration(configured(text))


def resolved(schema):
    """A schema with what its `$ref` names, as JSON Schema 2020-12 has it: keys beside a `$ref` hold too."""
    if "$ref" not in schema:
        return schema
    return {**resolved(DOCUMENT["$defs"][schema["$ref"].rsplit("/", 1)[1]]), **schema}


def keys(schema, path=()):
    """Every key that a configuration may hold, with its schema."""
    for name, child in schema.get("properties", {}).items():
        child = resolved(child)
        yield (*path, name), child
        yield from keys(child, (*path, name))


KEYS = dict(keys(DOCUMENT))
CORPUS_KEYS = dict(keys(DOCUMENT["properties"]["corpora"]["additionalProperties"], ("corpora", "NAME")))


def value(config, path):
    for step in path:
        config = config[step]
    return config


@pytest.mark.parametrize(
    "argument",
    [
        "run={seeds: [3, 4]}",
        "run='{seeds: [3]}'",
        "iemocap=/corpora/2024_08",
        "iemocap=0815",
        "systems={cnn_lstm_dnn: {widths: [1_000]}}",
        "training={device: cpu, per_gpu: 0x10}",
        "check={fail: true}",
        "selection={systems: null}",
    ],
)
def test_arguments_are_read_as_snakemake_reads_them(argument):
    def attempt(read):
        try:
            return read()
        except InputError as error:
            return str(error)

    def by_snakemake():
        config = configured()
        update_config(config, parse_config([argument]))
        return check_configuration(config, read_written([ROOT / "config.yaml"], [argument]))

    assert attempt(lambda: read_configuration([], [argument])) == attempt(by_snakemake)


# The schema itself.


@pytest.mark.parametrize("path", [*KEYS, *CORPUS_KEYS], ids=".".join)
def test_every_key_has_a_description_and_a_default(path):
    schema = {**KEYS, **CORPUS_KEYS}[path]
    assert len(schema["description"]) > 10
    assert "default" in schema
    if schema.get("type") == "object" and path not in (("corpora",), ("external",)):
        assert schema["additionalProperties"] is False


LEAVES = [path for path, schema in KEYS.items() if "properties" not in schema and path[0] != "demo"]


@pytest.mark.parametrize("path", LEAVES, ids=".".join)
def test_the_schema_has_the_defaults_of_config_yaml(path):
    found, default = value(DEFAULTS, path), KEYS[path]["default"]
    assert (found, type(found)) == (default, type(default))


def test_config_yaml_holds_every_key_and_no_other():
    def leaves(config, path=()):
        for name, child in config.items():
            if isinstance(child, dict) and (*path, name) not in (("corpora",), ("external",)):
                yield from leaves(child, (*path, name))
            else:
                yield (*path, name)

    assert {path for path in leaves(DEFAULTS) if path[0] != "demo"} == set(LEAVES)


def test_the_demo_may_override_every_setting_of_every_system():
    below = {path[1:] for path in KEYS if path[:2] == ("demo", "systems")}
    assert below == {path for path in KEYS if path[0] == "systems"}


# The settings.


def test_the_defaults_are_valid_and_corpora_are_completed():
    config = checked()
    assert config["corpora"]["iemocap"] == {
        "reader": "iemocap",
        "root": "demo",
        "validation": "partner",
        "upsample": [],
        "speakers": None,
        "part": "all",
        "speaker_rule": "actor",
        "expected_counts": True,
        "own_features": None,
        "filenames": None,
        "audformat": None,
    }
    assert config["corpora"]["msp_improv"]["upsample"] == ["sadness", "anger"]
    assert {name: block for name, block in config.items() if name != "corpora"} == {
        name: block for name, block in DEFAULTS.items() if name != "corpora"
    }


def test_what_is_given_is_left_as_it_was():
    config = configured("iemocap: /corpora/IEMOCAP")
    before = copy.deepcopy(config)
    check_configuration(config)
    assert config == before


def test_the_recurrent_systems_share_every_setting_but_the_graph():
    systems = copy.deepcopy(DEFAULTS["systems"])
    assert systems["ga_gru"].pop("graph")
    assert systems["ga_gru"] == systems["bigru_att"]
    assert DEFAULTS["demo"]["systems"]["ga_gru"] == DEFAULTS["demo"]["systems"]["bigru_att"]


@pytest.mark.parametrize("file", ["paper.yaml", "emodb.yaml"])
def test_real_corpora_have_the_settings_of_the_paper(file):
    config = checked((ROOT / "config" / file).read_text())
    for corpus in config["run"]["corpora"]:
        assert not is_demo(config["corpora"][corpus])
        found = find_settings(config, corpus, "ga_gru")
        # Sections 2.2.3 and 3.1 of the paper.
        assert (found["layers"], found["hidden"], found["dropout"]) == (2, 256, 0.1)
        assert (found["attention"]["size"], found["graph"]["epsilon"]) == (16, 1e-15)
        assert (found["lr"], found["batch_size"]) == (2e-4, 64)
        assert find_settings(config, corpus, "bigru_att") == {k: v for k, v in found.items() if k != "graph"}
        machine = {"features": "egemaps", "C": 1.0, "class_weight": "balanced", "train_on": "both"}
        assert find_settings(config, corpus, "svm") == machine
        assert len(find_settings(config, corpus, "dnn")["hidden"]) == 3
    assert config["features"]["lld"]["downsample"] == 5
    assert config["normalisation"]["method"] == "speaker"


def test_the_corpora_of_the_paper():
    config = checked((ROOT / "config" / "paper.yaml").read_text())
    assert config["run"]["corpora"] == ["iemocap", "msp_improv"]
    assert [len(list_sessions(config["corpora"][name])) for name in ("iemocap", "msp_improv")] == [10, 12]
    assert [config["corpora"][name]["upsample"] for name in ("iemocap", "msp_improv")] == [[], ["sadness", "anger"]]


def test_emodb_has_ten_speakers_who_validate_in_turn():
    config = checked((ROOT / "config" / "emodb.yaml").read_text())
    assert config["run"]["corpora"] == ["emodb"]
    assert config["corpora"]["emodb"]["validation"] == "rotate"
    assert "".join(list_sessions(config["corpora"]["emodb"])) == "03080910111213141516"


def test_demo_overrides_touch_demo_corpora_only():
    config = checked("corpora: {msp_improv: {root: /corpora/MSP}}")
    demo, real = (find_settings(config, corpus, "ga_gru") for corpus in ("iemocap", "msp_improv"))
    assert real == DEFAULTS["systems"]["ga_gru"]
    assert demo == {**real, **DEFAULTS["demo"]["systems"]["ga_gru"]}
    assert demo != real
    assert find_settings(config, "iemocap", "svm") == DEFAULTS["systems"]["svm"]


def test_demo_overrides_merge_into_nested_settings():
    config = checked("demo: {systems: {ga_gru: {attention: {size: 4}}}}")
    assert find_settings(config, "iemocap", "ga_gru")["attention"] == {"size": 4, "init_std": 0.1}
    assert config["systems"]["ga_gru"]["attention"]["size"] == 16


def test_a_changed_setting_of_one_system_is_not_the_others():
    config = checked("systems: {ga_gru: {lr: 1.0e-3}}\ncorpora: {iemocap: {root: /corpora/IEMOCAP}}")
    assert find_settings(config, "iemocap", "ga_gru")["lr"] == 1e-3
    assert find_settings(config, "iemocap", "bigru_att")["lr"] == 2e-4


def test_a_system_without_random_draws_runs_for_the_first_seed():
    config = checked("run: {seeds: [3, 1]}")
    networks = DEFAULTS["systems"].keys() - {"svm"}
    assert len(networks) >= 3
    assert all(list_seeds(config, name) == [3, 1] for name in networks)
    assert list_seeds(config, "svm") == [3]


def test_demo_and_oracle_are_said_in_words():
    text = "corpora: {iemocap: {root: /corpora/IEMOCAP, validation: oracle}}"
    config = checked(text)
    assert "Synthetic" in write_note(config, ["msp_improv"])
    both, oracle = write_note(config, ["iemocap", "msp_improv"]), write_note(config, ["iemocap"])
    assert "in place of MSP-IMPROV, " in both
    assert "validation on IEMOCAP: " in both
    assert "Oracle" in oracle
    assert "Synthetic" not in oracle
    assert write_note(checked((ROOT / "config" / "paper.yaml").read_text()), ["iemocap", "msp_improv"]) == ""


# The corpora.


@pytest.mark.parametrize("path", ["/corpora/IEMOCAP_full_release", "relative/with spaces"])
def test_a_corpus_is_given_in_short_as_name_and_path(path):
    config = check_configuration({**configured(), "iemocap": path})
    assert config["corpora"]["iemocap"]["root"] == path
    assert config["corpora"]["msp_improv"]["root"] == "demo"
    assert "iemocap" not in config
    assert list(list_sessions(config["corpora"]["iemocap"]))[-1] == "Ses05M"


def test_speakers_of_ones_own_keep_their_order_and_their_sessions():
    config = checked("corpora: {iemocap: {root: /corpora/part, speakers: [Ses02M, Ses02F, Ses01F, Ses01M]}}")
    found = list_sessions(config["corpora"]["iemocap"])
    assert list(found.items()) == [("Ses02M", "Ses02"), ("Ses02F", "Ses02"), ("Ses01F", "Ses01"), ("Ses01M", "Ses01")]


def test_a_manifest_is_described_in_a_line_and_its_speakers_are_read_from_it(tmp_path):
    manifest = tmp_path / "manifest.csv"
    rows = ("1.wav,b,anger", "2.wav,a,sadness", "3.wav,c,happiness", "4.wav,c,neutrality")
    manifest.write_text("\n".join(["path,speaker,emotion", *rows]))
    config = checked(f"corpora: {{urdu: {{reader: manifest, root: {manifest}, validation: random}}}}")
    assert list_sessions(config["corpora"]["urdu"]) == {"a": None, "b": None, "c": None}
    assert config["corpora"]["urdu"]["expected_counts"] is True


# Mistakes.

MISTAKES = {
    "an unknown block": ("rum: {}", ["'rum'", "config/schema.yaml"]),
    "an unknown key": ("systems: {ga_gru: {hiden: 32}}", ["systems.ga_gru: ", "'hiden'", "write hidden"]),
    "an unknown nested key": (
        "systems: {ga_gru: {graph: {normalize: row}}}",
        ["systems.ga_gru.graph: ", "'normalize'"],
    ),
    "a graph for the system without": ("systems: {bigru_att: {graph: {normalise: row}}}", ["bigru_att: ", "'graph'"]),
    "an unknown key of a corpus": ("corpora: {iemocap: {upsampling: []}}", ["corpora.iemocap: ", "'upsampling'"]),
    "an unknown key of the demo": ("demo: {systems: {ga_gru: {epochs: 3}}}", ["demo.systems.ga_gru: ", "'epochs'"]),
    "a number with a comma": ('systems: {ga_gru: {lr: "0,1"}}', ["systems.ga_gru.lr: '0,1' is not a number", "0.001"]),
    "no whole number": ("training: {threads: 1.5}", ["training.threads: '1.5' is not a whole number"]),
    "not a number": ("systems: {ga_gru: {lr: .nan}}", ["systems.ga_gru.lr: not a finite number"]),
    "an infinite number": ("demo: {systems: {dnn: {lr: .inf}}}", ["demo.systems.dnn.lr: not a finite number"]),
    "a number in place of a list": ("run: {seeds: 0}", ["run.seeds: '0' is not a list; write [0]"]),
    "a name in place of a list": ("run: {corpora: iemocap}", ["run.corpora: ", "write [iemocap]"]),
    "text for true or false": ("check: {fail: maybe}", ["check.fail: 'maybe' is not true or false"]),
    "a number for true or false": ("check: {fail: 1}", ["check.fail: '1' is not true or false"]),
    "nothing": ("run: {seeds: }", ["run.seeds: nothing is given; write a list, or leave the key out"]),
    "nothing where one of some is wanted": (
        "training: {device: }",
        ["training.device: nothing is given; write one of"],
    ),
    "per cent": ("evaluation: {level: 95}", ["evaluation.level: 95 is", "0.95"]),
    "a choice in capitals": ("training: {device: CPU}", ["training.device: 'CPU'", "write cpu"]),
    "no space after a colon": ("run: {'seeds:[0]': }", ["run: ", "a space after the colon"]),
    "a choice that there is not": ("normalisation: {method: spaeker}", ["normalisation.method: ", "training_speakers"]),
    "a system that there is not": ("run: {systems: [svm, hmm]}", ["run.systems.1: 'hmm'", "ga_gru"]),
    "a corpus that is not described": ("run: {corpora: [iemocap, urdu]}", ["run.corpora: 'urdu'", "msp_improv"]),
    "no corpus": ("run: {corpora: []}", ["run.corpora: "]),
    "a seed twice": ("run: {seeds: [1, 1]}", ["run.seeds: "]),
    "a share of more than half": ("folds: {random_share: 0.6}", ["folds.random_share: 0.6"]),
    "a learning rate of 0": ("systems: {dnn: {lr: 0}}", ["systems.dnn.lr: 0"]),
    "true for a number": ("training: {threads: true}", ["training.threads: 'True' is not a whole number"]),
    "an unknown reader": ("corpora: {urdu: {reader: csv, root: x}}", ["corpora.urdu.reader: 'csv'", "manifest"]),
    "a corpus without a root": ("corpora: {urdu: {reader: manifest}}", ["corpora.urdu: 'root'"]),
    "a corpus's name that is a path's": ("corpora: {logs: {reader: emodb, root: x}}", ["corpora: 'logs'"]),
    "a corpus's name with capitals": ("corpora: {Urdu: {reader: emodb, root: x}}", ["corpora: 'Urdu'"]),
    "no demo of EMO-DB": (
        "corpora: {emodb: {reader: emodb, root: demo, validation: rotate}}",
        ["corpora.emodb: ", "no demo corpus", "`root`"],
    ),
    "no demo of a manifest": ("corpora: {urdu: {reader: manifest, root: demo}}", ["corpora.urdu: ", "no demo corpus"]),
    "no partners in EMO-DB": (
        "corpora: {emodb: {reader: emodb, root: x}}",
        ["corpora.emodb: ", "'partner'", "'rotate'"],
    ),
    "a manifest that is missing": ("corpora: {urdu: {reader: manifest, root: no/such.csv}}", ["no/such.csv"]),
    "one speaker": ("corpora: {iemocap: {root: x, speakers: [Ses01F]}}", ["corpora.iemocap.speakers: "]),
    "two speakers": ("corpora: {iemocap: {root: x, speakers: [Ses01F, Ses01M]}}", ["corpora.iemocap: 2 speakers"]),
    "a speaker without a partner": (
        "corpora: {iemocap: {root: x, speakers: [Ses01F, Ses02F, Ses02M]}}",
        ["corpora.iemocap: ", "speaker Ses01F", "'partner'"],
    ),
    "a speaker with a stroke": ("corpora: {iemocap: {root: x, speakers: [a/b, c]}}", ["corpora.iemocap.speakers.0: "]),
    "corpora that are no mapping": ("corpora: [iemocap]", ["corpora: "]),
    "a corpus that is its path": ("corpora: {iemocap: /corpora/IEMOCAP}", ["corpora.iemocap: "]),
    "a corpus that is its path, and its path": (
        "corpora: {iemocap: /corpora/IEMOCAP}\niemocap: /corpora/IEMOCAP",
        ["corpora.iemocap: "],
    ),
    "an empty block": ("systems:", ["systems: "]),
    "no corpora": ("corpora:", ["corpora: "]),
    "a corpus left empty": ("corpora: {iemocap: }\niemocap: x", ["corpora.iemocap: "]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_key_and_a_remedy(mistake):
    text, expected = MISTAKES[mistake]
    with pytest.raises(InputError) as error:
        checked(text)
    message = str(error.value)
    assert message.startswith("The configuration cannot be used: 1 problem\n")
    assert [part for part in expected if part not in message] == []


def test_everything_wrong_is_listed_at_once():
    text = "rum: {}\nsystems: {ga_gru: {lr: fast, layers: 0}}\ncorpora: {iemocap: {validation: none}}"
    with pytest.raises(InputError) as error:
        checked(text)
    message = str(error.value)
    assert "4 problems" in message
    assert [part for part in ("'rum'", "ga_gru.lr", "ga_gru.layers", "iemocap.validation") if part not in message] == []


def test_everything_wrong_with_the_corpora_is_listed_at_once():
    corpora = "{emodb: {reader: emodb, root: demo}, berlin: {reader: emodb, root: x}}"
    text = f"run: {{corpora: [iemocap, urdu, hindi]}}\ncorpora: {corpora}"
    with pytest.raises(InputError, match=r"(?s)4 problems.*'urdu'.*'hindi'.*corpora\.emodb.*corpora\.berlin"):
        checked(text)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("reader: emodb, root: x, validation: rotate, part: scripted", "`part` can be all, not scripted"),
        ("reader: msp_improv, root: x, speaker_rule: dialog", "`speaker_rule` can be actor, not dialog"),
        ("reader: manifest, root: x.csv, validation: rotate, part: improvised", "reader 'manifest' its `part`"),
    ],
)
def test_what_a_reader_cannot_tell_is_refused(entry, message):
    with pytest.raises(InputError, match=message):
        checked(f"corpora: {{mine: {{{entry}}}}}")


def test_what_the_papers_readers_can_tell_is_accepted():
    config = checked("corpora: {iemocap: {part: scripted, speaker_rule: dialog}, msp_improv: {part: improvised}}")
    assert config["corpora"]["iemocap"]["part"] == "scripted"


# Corpora whose file names are described, and those that are not there.


def described(tmp_path, filenames, reader="filenames"):
    for speaker in ("anna", "bert", "cleo"):
        for code in "HNSA":
            (tmp_path / f"{speaker}_{code}.wav").write_bytes(b"-")
    return checked(
        f"corpora: {{mine: {{reader: {reader}, root: '{tmp_path}', validation: rotate, filenames: {filenames}}}}}"
    )


CODES = "emotions: {happiness: [H], neutrality: ['N'], sadness: [S], anger: [A]}"


def test_the_speakers_of_a_corpus_are_found_by_its_pattern(tmp_path):
    config = described(tmp_path, f"{{pattern: '(?P<speaker>[a-z]+)_(?P<emotion>.)', {CODES}}}")
    assert list_sessions(config["corpora"]["mine"]) == {"anna": None, "bert": None, "cleo": None}


@pytest.mark.parametrize(
    ("filenames", "message"),
    [
        ("{}", "corpora.mine: `filenames.pattern` says where"),
        ("{pattern: '(?P<speaker>'}", "corpora.mine: `filenames.pattern` .* is no regular expression"),
        ("{pattern: '(?P<speaker>.)'}", "corpora.mine: .*has no group"),
        ("{pattern: x, emotions: {joy: [H]}}", "corpora.mine.filenames.emotions: .*'joy' was unexpected"),
        (
            "{pattern: x, emotions: {anger: A}}",
            r"corpora.mine.filenames.emotions.anger: 'A' is not a list; write \[A\]",
        ),
    ],
)
def test_a_wrong_description_is_refused_when_it_is_planned(tmp_path, filenames, message):
    with pytest.raises(InputError, match=message):
        described(tmp_path, filenames)


def test_a_description_for_another_reader_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"corpora.mine: `filenames` describes a corpus for the reader 'filenames'"):
        described(tmp_path, "{pattern: x}", reader="emodb")


OPEN = """
run: {{corpora: [emodb, tess, iemocap], missing: {missing}}}
corpora:
  emodb: {{reader: emodb, root: '{root}', validation: rotate}}
  tess: {{reader: tess, root: /nowhere/tess, validation: random}}
"""


def test_corpora_that_are_not_there_are_skipped_and_named_if_that_is_asked_for(tmp_path):
    config = checked(OPEN.format(root=tmp_path, missing="skip"))
    assert config["run"]["corpora"] == ["emodb", "iemocap"]
    assert config["run"]["skipped"] == "tess at /nowhere/tess"
    assert "tess" not in config["corpora"]
    config = checked(OPEN.format(root=tmp_path, missing="error"))
    assert config["run"]["corpora"] == ["emodb", "tess", "iemocap"]


def test_none_of_the_corpora_is_there():
    text = OPEN.format(root="/nowhere/emodb", missing="skip").replace(", iemocap", "")
    with pytest.raises(InputError, match=r"none of the corpora is there.*emodb at /nowhere/emodb, tess at /now"):
        checked(text)
