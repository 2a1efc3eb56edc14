import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gagru.data.folds import (
    VALIDATION,
    check_folds,
    check_protocol,
    is_whole,
    make_folds,
    partner,
    read_folds,
    stratified_share,
    validation_speaker,
    write_folds,
)
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError

PAIRS = {"A": "1", "B": "1", "C": "2", "D": "2"}


def table(counts):
    """Rows of the utterance table from speaker -> utterances of each of the four emotions and outside them."""
    return [
        {"utterance": f"{speaker}-{emotion}-{i}", "speaker": speaker, "emotion": emotion}
        for speaker, numbers in counts.items()
        for emotion, number in zip((*EMOTIONS, None), numbers, strict=True)
        for i in range(number)
    ]


def parts(folds):
    """(fold, utterance, role) -> fold -> role -> set of utterances."""
    found = {}
    for fold, utterance, role in folds:
        found.setdefault(fold, {"train": set(), "validation": set(), "test": set()})[role].add(utterance)
    return found


def speakers(utterances):
    return {utterance.split("-")[0] for utterance in utterances}


ROWS = table(dict.fromkeys("ABCD", (3, 2, 4, 2, 3)))


def folds_of(validation, rows=ROWS, sessions=PAIRS, share=0.25, seed=0):
    return make_folds(rows, sessions, validation, share, seed)


@pytest.mark.parametrize(
    ("validation", "expected"),
    [
        ("partner", {"A": ("B", "CD"), "B": ("A", "CD"), "C": ("D", "AB"), "D": ("C", "AB")}),
        ("rotate", {"A": ("B", "CD"), "B": ("C", "AD"), "C": ("D", "AB"), "D": ("A", "BC")}),
        ("oracle", {"A": ("A", "BCD"), "B": ("B", "ACD"), "C": ("C", "ABD"), "D": ("D", "ABC")}),
    ],
)
def test_who_validates_and_who_is_trained_on(validation, expected):
    found = parts(folds_of(validation))
    assert {
        fold: ("".join(speakers(roles["validation"])), "".join(sorted(speakers(roles["train"]))))
        for fold, roles in found.items()
    } == expected
    for fold, roles in found.items():
        assert roles["test"] == {row["utterance"] for row in ROWS if row["speaker"] == fold and row["emotion"]}


@pytest.mark.parametrize("validation", VALIDATION)
def test_every_utterance_of_the_task_is_tested_once_and_none_outside_it_is_used(validation):
    folds = folds_of(validation)
    task = sorted(row["utterance"] for row in ROWS if row["emotion"])
    assert sorted(utterance for _, utterance, role in folds if role == "test") == task
    assert not any("None" in utterance for _, utterance, _ in folds)


def test_oracle_repeats_the_test_rows_and_trains_on_everyone_else():
    for roles in parts(folds_of("oracle")).values():
        assert roles["validation"] == roles["test"]
        assert len(roles["train"]) == 3 * 11


def test_oracle_holds_out_the_session_where_its_names_are_the_same_persons():
    """As Ses01F and Ses01M are under `speaker_rule: dialog`: A and B, C and D here."""
    folds = make_folds(ROWS, PAIRS, "oracle", 0.25, 0, hold_out_session=True)
    found = parts(folds)
    assert {fold: "".join(sorted(speakers(roles["validation"]))) for fold, roles in found.items()} == {
        **dict.fromkeys("AB", "AB"),
        **dict.fromkeys("CD", "CD"),
    }
    sizes = {tuple(len(roles[role]) for role in ("train", "validation", "test")) for roles in found.values()}
    assert sizes == {(22, 22, 11)}
    task = {row["utterance"]: row["speaker"] for row in ROWS if row["emotion"]}
    listed = {fold: {role: sorted(utterances) for role, utterances in roles.items()} for fold, roles in found.items()}
    assert all(is_whole(fold, roles, task) for fold, roles in listed.items())
    for lost in (0, -1):  # one that is tested, too, and one that is not
        validation = list(listed["A"]["validation"])
        del validation[lost]
        assert not is_whole("A", listed["A"] | {"validation": validation}, task)
    alone = dict.fromkeys("ABCD")  # without sessions nobody shares a voice
    assert make_folds(ROWS, alone, "oracle", 0.25, 0, hold_out_session=True) == folds_of("oracle")


def test_random_draws_a_share_of_each_emotion_from_all_training_speakers():
    # 9, 6, 12 and 6 utterances a class in training; a quarter: 2.25, 1.5, 3, 1.5, rounded to even at the half.
    for fold, roles in parts(folds_of("random")).items():
        drawn = [sum(f"-{emotion}-" in u for u in roles["validation"]) for emotion in EMOTIONS]
        assert drawn == [2, 2, 3, 2]
        assert not roles["validation"] & roles["train"]
        assert len(roles["validation"] | roles["train"]) == 33
        assert fold not in speakers(roles["validation"] | roles["train"])
        assert speakers(roles["validation"]) & speakers(roles["train"])


def test_random_is_seeded_and_does_not_depend_on_the_order_of_the_rows():
    assert folds_of("random") == folds_of("random", rows=ROWS[::-1])
    assert folds_of("random") != folds_of("random", seed=1)


@pytest.mark.parametrize(
    ("size", "share", "expected"), [(1, 0.5, 0), (2, 0.1, 1), (2, 0.9, 1), (10, 0.1, 1), (10, 0.33, 3), (3, 1.0, 2)]
)
def test_a_share_is_at_least_one_and_never_all(size, share, expected):
    assert len(stratified_share([(f"u{i}", "anger") for i in range(size)], share, "0")) == expected


def test_folds_are_ordered_by_speaker_role_and_utterance():
    folds = folds_of("partner", rows=ROWS[::-1])
    role = ("train", "validation", "test").index
    assert folds == sorted(folds, key=lambda row: (row[0], role(row[2]), row[1]))


@pytest.mark.parametrize(
    "sessions",
    [
        {"A": "1", "B": "2", "C": "2"},
        {"A": "1", "B": "1", "C": "1"},
        {"A": None, "B": None, "C": "1", "D": "1"},
    ],
    ids=["one speaker", "three speakers", "no sessions"],
)
def test_partner_needs_sessions_of_two(sessions):
    with pytest.raises(InputError, match=r"(?s)speaker A .*'rotate' or 'random'"):
        partner("A", sessions)
    with pytest.raises(InputError, match=r"corpora\.mine: .*exactly two speakers"):
        check_protocol("mine", sessions, "partner")
    with pytest.raises(InputError, match="exactly two speakers"):
        folds_of("partner", sessions=sessions)
    check_protocol("mine", sessions, "rotate")


@pytest.mark.parametrize(("validation", "fewest"), [("partner", 4), ("rotate", 3), ("random", 2), ("oracle", 2)])
def test_too_few_speakers_leave_nothing_to_train_on(validation, fewest):
    check_protocol("mine", dict(list(PAIRS.items())[:fewest]), validation)
    with pytest.raises(InputError, match=r"corpora\.mine: "):
        check_protocol("mine", dict(list(PAIRS.items())[: 2 if validation == "partner" else fewest - 1]), validation)


def test_no_single_speaker_validates_under_random_and_oracle():
    assert validation_speaker("A", PAIRS, "random") is None
    assert validation_speaker("A", PAIRS, "oracle") is None


def moved(folds, fold, role, to, speaker=None):
    """`folds` with the first row of `fold` and `role` (of `speaker`) given another role."""
    at = next(i for i, row in enumerate(folds) if row[::2] == (fold, role) and (speaker or "") in row[1][:1])
    return [*folds[:at], (fold, folds[at][1], to), *folds[at + 1 :]]


def without(folds, fold, *roles):
    return [row for row in folds if not (row[0] == fold and row[2] in roles)]


VIOLATIONS = {
    "an utterance tested twice": (
        lambda folds: [*folds, next(row for row in folds if row[::2] == ("A", "test"))],
        "tested exactly once",
    ),
    "an utterance never tested": (
        lambda folds: (
            folds[: folds.index(("B", "B-anger-0", "test"))] + folds[folds.index(("B", "B-anger-1", "test")) :]
        ),
        "tested exactly once",
    ),
    "a fold is missing": (lambda folds: [row for row in folds if row[0] != "D"], "tested exactly once"),
    "the test speaker trained on": (
        lambda folds: moved(folds, "A", "test", "train"),
        "fold A: utterances of the test speaker",
    ),
    "the test speaker validates": (
        lambda folds: moved(folds, "A", "test", "validation"),
        "fold A: utterances of the test speaker",
    ),
    "another speaker tested": (
        lambda folds: [
            *without(folds, "A", "test"),
            *(("A", u, "test") for _, u, r in folds if r == "test" and u[0] == "B"),
        ],
        "fold A: tests speakers B",
    ),
    "a speaker trained on and validated on": (
        lambda folds: moved(folds, "C", "train", "validation"),
        "fold C: a speaker is both",
    ),
    "an utterance trained on and validated on": (
        lambda folds: [*folds, next(("C", u, "validation") for f, u, r in folds if (f, r) == ("C", "train"))],
        "fold C: an utterance is both",
    ),
    "nothing to validate on": (lambda folds: without(folds, "B", "validation"), "fold B: no validation utterance"),
    "nothing to train on": (lambda folds: without(folds, "B", "train"), "fold B: no train utterance"),
    "no anger to train on": (
        lambda folds: [row for row in folds if not (row[::2] == ("D", "train") and "anger" in row[1])],
        "fold D: no anger to train on",
    ),
}


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_broken_rule_is_found(violation):
    spoil, message = VIOLATIONS[violation]
    folds = folds_of("partner")
    check_folds(folds, ROWS, "partner")
    with pytest.raises(InputError, match=message):
        check_folds(spoil(folds), ROWS, "partner")


def test_an_utterance_outside_the_task_is_found():
    with pytest.raises(InputError, match="A-None-0"):
        check_folds([*folds_of("partner"), ("C", "A-None-0", "train")], ROWS, "partner")


def test_only_oracle_validates_on_the_test_speaker_and_only_random_shares_speakers():
    with pytest.raises(InputError, match="'partner' has none"):
        check_folds(folds_of("oracle"), ROWS, "partner")
    with pytest.raises(InputError, match="a speaker is both"):
        check_folds(folds_of("random"), ROWS, "rotate")
    with pytest.raises(InputError, match="an utterance is both"):
        check_folds(
            [
                *folds_of("random"),
                *(("A", u, "train") for f, u, r in folds_of("random") if r == "validation" and f == "A"),
            ],
            ROWS,
            "random",
        )


def test_every_broken_rule_is_listed():
    folds = without(moved(folds_of("partner"), "A", "test", "train"), "B", "validation")
    with pytest.raises(InputError, match=r"(?s)3 problems.*exactly once.*fold A.*fold B"):
        check_folds(folds, ROWS, "partner")


def test_speakers_of_the_table_and_of_the_corpus_must_agree():
    with pytest.raises(InputError, match="tested exactly once"):
        folds_of("rotate", sessions={"A": None, "B": None, "C": None})
    with pytest.raises(InputError, match="fold E: no test utterance"):
        folds_of("rotate", sessions={**PAIRS, "E": None})


def test_a_corpus_without_utterances_of_the_task_has_no_folds():
    with pytest.raises(InputError, match="tested exactly once"):
        folds_of("rotate", rows=table(dict.fromkeys("ABCD", (0, 0, 0, 0, 5))))


def test_an_emotion_that_only_the_test_speaker_has_cannot_be_learned():
    rows = table({"A": (1, 1, 1, 1, 0), "B": (1, 1, 1, 0, 0), "C": (1, 1, 1, 0, 0)})
    with pytest.raises(InputError, match="fold A: no anger to train on"):
        folds_of("rotate", rows=rows, sessions=dict.fromkeys("ABC"))


SESSIONS = st.one_of(
    st.lists(st.sampled_from([None, "1", "2", "3"]), min_size=2, max_size=6),
    st.integers(2, 3).map(lambda n: [str(i // 2) for i in range(2 * n)]),
).map(lambda names: {f"S{i}": name for i, name in enumerate(names)})


@st.composite
def corpora(draw, fewest):
    """Sessions of some speakers, and a table of their utterances, in any order."""
    sessions = draw(SESSIONS)
    number = st.integers(fewest, 4)
    rows = table({speaker: draw(st.tuples(number, number, number, number, st.integers(0, 2))) for speaker in sessions})
    return sessions, draw(st.permutations(rows))


def broken_rules(folds, rows, sessions, validation):
    """An independent reading of the protocol, from the table alone."""
    of = {row["utterance"]: row["speaker"] for row in rows if row["emotion"]}
    emotion = {row["utterance"]: row["emotion"] for row in rows}
    if len(folds) != len(set(folds)) or {fold for fold, _, _ in folds} != set(sessions):
        yield "rows or folds"
    for fold, roles in parts(folds).items():
        train, held, test = roles["train"], roles["validation"], roles["test"]
        if test != {u for u in of if of[u] == fold} or not test:
            yield "test"
        if train | held | test != set(of) or train & test or train & held:
            yield "parts"
        if {emotion[u] for u in train} != set(EMOTIONS) or not held:
            yield "missing"
        who = {of[u] for u in held}
        order = list(sessions)
        allowed = {
            "partner": [{s for s in sessions if sessions[s] == sessions[fold]} - {fold}],
            "rotate": [{order[order.index(fold) - len(order) + 1]}],
            "oracle": [{fold}],
        }
        if who not in allowed.get(validation, [who - {fold}]):
            yield "validation"


@settings(deadline=None, derandomize=True, max_examples=60)
@pytest.mark.parametrize("validation", VALIDATION)
@given(corpus=corpora(fewest=0), share=st.floats(0.01, 0.5), seed=st.integers(0, 9))
def test_any_table_gives_folds_that_keep_the_protocol_or_a_clear_error(validation, corpus, share, seed):
    sessions, rows = corpus
    try:
        folds = make_folds(rows, sessions, validation, share, seed)
    except InputError:
        return
    assert not list(broken_rules(folds, rows, sessions, validation))


@settings(deadline=None, derandomize=True, max_examples=60)
@pytest.mark.parametrize("validation", VALIDATION)
@given(corpus=corpora(fewest=2))
def test_a_table_with_every_emotion_of_every_speaker_is_refused_for_its_speakers_only(validation, corpus):
    sessions, rows = corpus
    names = list(sessions.values())
    possible = {
        "partner": len(names) > 2 and all(name and names.count(name) == 2 for name in names),
        "rotate": len(names) > 2,
    }
    if possible.get(validation, True):
        folds = make_folds(rows, sessions, validation, 0.1, 0)
        assert not list(broken_rules(folds, rows, sessions, validation))
    else:
        with pytest.raises(InputError):
            make_folds(rows, sessions, validation, 0.1, 0)


def test_folds_file(tmp_path):
    path = tmp_path / "folds.csv"
    write_folds(path, [("A", "u1", "train"), ("A", "u2", "validation"), ("A", "u,3", "test")])
    assert path.read_bytes() == b'fold,utterance,role\nA,u1,train\nA,u2,validation\nA,"u,3",test\n'
    assert read_folds(path) == {"A": {"train": ["u1"], "validation": ["u2"], "test": ["u,3"]}}


@pytest.mark.parametrize(
    "content",
    [None, b"", b"fold,role\n", b"fold,utterance,role\nA,u1\n", b"fold,utterance,role\nA,u1,dev\n", b"\xff\xfe"],
)
def test_what_is_no_folds_file_is_named(tmp_path, content):
    path = tmp_path / "folds.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"folds\.csv.*run snakemake again"):
        read_folds(path)
