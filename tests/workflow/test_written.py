"""Settings as people write them, in files and after `--config`: read by the schema's types, or refused with a place."""

import json
from pathlib import Path

import pytest
import yaml
from running import ROOT

from gagru.task.errors import InputError
from gagru.workflow.configuration import check_configuration, merge, read_written
from gagru.workflow.typed import typed

DEFAULTS = (ROOT / "config.yaml").read_text()
FOLDER = "corpora: {mine: {reader: emodb, root: x, validation: rotate}}\n"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def given(*texts: str, arguments=(), command=()):
    """The configuration of settings files with these texts (Snakemake keeps the last of two keys, too)."""
    config, files = yaml.safe_load(DEFAULTS), []
    for number, text in enumerate(texts):
        files.append(Path(f"{number}.yaml"))
        files[-1].write_text(text, encoding="utf-8", newline="")
        merge(config, yaml.safe_load(text) or {})
    return check_configuration(config, read_written(files, arguments, command))


def refused(*texts: str, **how) -> str:
    with pytest.raises(InputError) as error:
        given(*texts, **how)
    return str(error.value)


@pytest.mark.parametrize(
    ("part", "text", "value"),
    [
        ({"type": "number"}, "1e-3", 0.001),
        ({"type": "number"}, "1E-3", 0.001),
        ({"type": "number"}, ".5", 0.5),
        ({"type": "number"}, "-2", -2.0),
        ({"type": "number"}, "1,5", "1,5"),
        ({"type": "number"}, "nan", "nan"),
        ({"type": "number"}, "1_0", "1_0"),
        ({"type": "integer"}, "12", 12),
        ({"type": "integer"}, "1e2", 100),
        ({"type": "integer"}, "2.0", 2),
        ({"type": "integer"}, 2.0, 2),
        ({"type": "integer"}, "2.5", "2.5"),
        ({"type": "integer"}, "010", "010"),
        ({"type": "boolean"}, "true", True),
        ({"type": "boolean"}, "No", False),
        ({"type": "boolean"}, "1", "1"),
        ({"type": "string"}, "1", "1"),
        ({"type": "string"}, "yes", "yes"),
        ({"enum": ["none", "all"]}, "none", "none"),
        ({"enum": ["balanced", None]}, "null", None),
        ({"type": ["array", "null"], "items": {"type": "string"}}, "~", None),
        ({"type": "array", "items": {"type": "integer"}}, ["0", "x"], [0, "x"]),
    ],
)
def test_text_is_read_as_the_type_that_is_wanted_or_left(part, text, value):
    found = typed({}, part, text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "path", ["2024_08", "0815", "1e3", "yes", "True", "2024-08-01", "nan", "/a: b #2", "[x]", "12:30"]
)
def test_a_path_on_the_command_line_is_its_text(path):
    # What Snakemake makes of it: a number, a list, true; or cut off at the #.
    config = yaml.safe_load(DEFAULTS) | {"iemocap": 815}
    written = read_written([], [f"iemocap={path}"])
    assert check_configuration(config, written)["corpora"]["iemocap"]["root"] == path
    quoted = read_written([], [f"iemocap='{path}'"])
    assert check_configuration(config, quoted)["corpora"]["iemocap"]["root"] == path


def test_home_and_variables_are_put_into_a_root(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("SPEECH", "/speech")
    for root, found in {
        "~/c": "/home/me/c", "$HOME/c": "/home/me/c", "${SPEECH}/c": "/speech/c", "a$b~c": None, "/x/~": "/x/~",
    }.items():  # fmt: skip
        text = f"corpora: {{iemocap: {{root: {json.dumps(root)}}}}}"
        if found is None:
            assert "corpora.iemocap: the path a$b~c names the environment variable b: set it" in refused(text)
            Path(root).mkdir()
            assert given(text)["corpora"]["iemocap"]["root"] == root  # it is there, with the dollar in its name
        else:
            assert given(text)["corpora"]["iemocap"]["root"] == found
    assert "names a user that there is not" in refused("corpora: {iemocap: {root: ~nobody-of-this-name/c}}")


YAML_TAKES = {
    "speakers: [03, 08]": ("corpora.mine.speakers.0", "03", "a number"),
    "root: 2024_08": ("corpora.mine.root", "2024_08", "a number"),
    "root: 2024-08-01": ("corpora.mine.root", "2024-08-01", "a date"),
    "root: no": ("corpora.mine.root", "no", "true or false"),
    "root: 12:30": ("corpora.mine.root", "12:30", "a number"),
}


@pytest.mark.parametrize("text", YAML_TAKES)
def test_text_that_yaml_takes_for_something_else_is_to_be_quoted(text):
    key, word, kind = YAML_TAKES[text]
    assert yaml.safe_load(text) != {key.split(".")[2]: word}
    said = refused(FOLDER, f"corpora:\n  mine:\n    {text}\n")
    assert f'{key} (1.yaml:3): YAML reads {word} as {kind}, and this is text; quote it: "{word}"' in said


def test_quoted_text_is_what_it_says():
    found = given(FOLDER, 'corpora: {mine: {root: "0815", speakers: ["03", "08", "09"]}}')["corpora"]["mine"]
    assert (found["root"], found["speakers"]) == ("0815", ["03", "08", "09"])


def test_a_corpus_may_be_named_no_in_quotes():
    text = "run: {{corpora: [{0}]}}\ncorpora: {{{0}: {{reader: emodb, root: x, validation: rotate}}}}"
    said = refused(text.format("no"))
    assert '0.yaml:2: YAML reads the key no as true or false; quote it: "no"' in said
    assert 'run.corpora.0 (0.yaml:1): YAML reads no as true or false, and this is text; quote it: "no"' in said
    assert given(text.format('"no"'))["run"]["corpora"] == ["no"]


@pytest.mark.parametrize(("word", "yamls"), [("010", 8), ("1:30", 90)])
def test_a_number_that_yaml_counts_in_another_base_is_refused(word, yamls):
    text = f"systems: {{dnn: {{batch_size: {word}}}}}"
    assert yaml.safe_load(text)["systems"]["dnn"]["batch_size"] == yamls
    assert f"systems.dnn.batch_size (0.yaml:1): YAML reads {word} as a number in base 8 or 60" in refused(text)


def test_a_later_file_has_the_last_word_on_what_was_odd():
    first = "systems: {dnn: {batch_size: 010, hidden: [010, 010]}}"
    found = given(first, "systems: {dnn: {batch_size: 10, hidden: [10]}}")["systems"]["dnn"]
    assert (found["batch_size"], found["hidden"]) == (10, [10])


# A key given twice.


def test_a_key_given_twice_is_named_with_file_and_both_lines():
    text = "run: {seeds: [1]}\ncorpora:\n  iemocap: {root: a}\n  msp_improv: {root: b, root: c}\nrun:\n  seeds: [2]\n"
    assert yaml.safe_load(text)["run"] == {"seeds": [2]}  # as YAML's readers have it
    said = refused(text)
    assert "2 problems" in said
    assert "0.yaml:5: the key `run` is there already in line 1" in said
    assert "0.yaml:4: the key `corpora.msp_improv.root` is there already in line 4" in said


@pytest.mark.parametrize("text", ['run: {seeds: [0]}\n"run": {seeds: [1]}', '{"run": {"seeds": [0],\n\t"seeds": [1]}}'])
def test_quotes_and_json_make_no_difference(text):
    path = Path("mine.json" if text.startswith("{") else "mine.yaml")
    path.write_text(text)
    with pytest.raises(InputError, match=rf"{path}:2: the key .* is there already in line 1"):
        check_configuration(yaml.safe_load(DEFAULTS), read_written([path]))


def test_one_key_in_two_files_and_merged_keys_are_no_mistake():
    first = "systems:\n  bigru_att: &both {lr: 1.0e-3}\n  ga_gru: {<<: *both, lr: 2.0e-3, layers: 1}\n"
    found = given(first, "systems: {ga_gru: {lr: 3e-3}}\n")["systems"]
    assert (found["ga_gru"]["lr"], found["ga_gru"]["layers"], found["bigru_att"]["lr"]) == (0.003, 1, 0.001)


@pytest.mark.parametrize("file", ["config.yaml", "config/paper.yaml", "config/emodb.yaml", "config/demo_full.yaml"])
def test_the_files_of_the_workflow_have_nothing_to_complain_of(file):
    written = read_written([ROOT / file])
    assert (written.problems, written.odd) == ([], set())


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm():
    text = "\ufeffrun:\r\n  seeds: [3]\r\n"
    assert given(text)["run"]["seeds"] == [3]
    assert "0.yaml:3: the key `run.seeds`" in refused(text + "  seeds: [4]\r\n")


def test_a_file_that_cannot_be_read_is_named():
    with pytest.raises(InputError, match=r"missing\.yaml: cannot be read \(No such file or directory\)"):
        read_written([Path("missing.yaml")])
    Path("latin.yaml").write_bytes("run: {seeds: [0]} # é".encode("latin-1"))
    with pytest.raises(InputError, match=r"latin\.yaml: cannot be read \(not UTF-8 text"):
        read_written([Path("latin.yaml")])


# The command line.


def test_what_the_command_line_gives_twice_is_refused():
    config = yaml.safe_load(DEFAULTS)
    arguments = ["iemocap=/a", "iemocap=/b", "run={seeds: [0], seeds: [1]}"]
    written = read_written([], arguments, ["snakemake", "--config", "iemocap=/a", "--config=msp_improv=/b"])
    with pytest.raises(InputError) as error:
        check_configuration(config, written)
    said = str(error.value)
    assert "--config: `iemocap` is given twice" in said
    assert "--config run: the key `run.seeds` is there already" in said
    assert "`--config` is given twice, and the first would be lost; name all after one" in said


@pytest.mark.parametrize(
    ("words", "seeds", "fail", "counts"),
    [
        (["run={seeds: [0, 1]}", "check={fail: true}", "corpora={iemocap: {expected_counts: false}}"], 2, True, False),
        (["run={seeds: ['4', 1e0, 2.0]}", "check={'fail': False}"], 3, False, True),
    ],
)
def test_blocks_are_given_to_snakemake_as_the_readme_does(workflow, words, seeds, fail, counts):
    from snakemake.cli import parse_config
    from snakemake.utils import update_config

    config = yaml.safe_load(DEFAULTS)
    update_config(config, parse_config(words))
    found = check_configuration(config, read_written([], words))
    assert len(found["run"]["seeds"]) == seeds
    assert all(type(seed) is int for seed in found["run"]["seeds"])
    assert (found["check"]["fail"], found["corpora"]["iemocap"]["expected_counts"]) == (fail, counts)
    assert found["run"]["systems"] == yaml.safe_load(DEFAULTS)["run"]["systems"]


def test_snakemake_plans_with_what_the_command_line_says(workflow):
    mine = workflow.configure("corpora: {emodb: {reader: emodb, root: corpora/emodb, validation: rotate}}\n")
    words = [
        "--config",
        "emodb=2024_08",
        "run={seeds: [0, 7], systems: [dnn]}",
        "corpora={emodb: {expected_counts: false}}",
    ]
    done = workflow("results/table_emodb.csv", "--dry-run", "--printshellcmds", "--configfile", mine, *words)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "index_corpus --root 2024_08 " in said
    assert "--expected-counts false" in said
    assert "--system dnn --seed 7 " in said


def test_snakemake_shows_a_key_given_twice_with_its_file_and_line(workflow):
    mine = workflow.configure("run: {corpora: [iemocap]}\nrun: {seeds: [1]}\n")
    done = workflow("--dry-run", "--configfile", mine)
    assert done.returncode != 0
    assert "mine.yaml:2: the key `run` is there already in line 1" in done.stdout + done.stderr
