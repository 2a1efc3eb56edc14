import numpy as np
import pytest
from pandas.testing import assert_frame_equal

from gagru.analysis.averages import EDGE_FORMATS, PROFILE_FORMATS, average_edges, average_profiles
from gagru.storage.tables import write_csv
from gagru.task.errors import InputError
from gagru.task.runs import Run, parse_run


def sources(files):
    return [parse_run(text) for text in files]


def test_edges_are_averaged_over_seeds_then_over_utterances(edge_files, tmp_path):
    write_csv(tmp_path / "figure2.csv", average_edges(sources(edge_files)), EDGE_FORMATS)
    # u1: FF 1/4, FB 1/4, MB 1/2 over its two seeds; u2: FF 1 in its only one
    assert (tmp_path / "figure2.csv").read_bytes().decode() == (
        "corpus,emotion,pair,share,chance,utterances\n"
        "msp_improv,happiness,FF,0.000000,0.111111,1\n"
        "msp_improv,happiness,MM,0.000000,0.111111,1\n"
        "msp_improv,happiness,BB,0.250000,0.111111,1\n"
        "msp_improv,happiness,FM,0.750000,0.222222,1\n"
        "msp_improv,happiness,FB,0.000000,0.222222,1\n"
        "msp_improv,happiness,MB,0.000000,0.222222,1\n"
        "iemocap,sadness,FF,0.625000,0.111111,2\n"
        "iemocap,sadness,MM,0.000000,0.111111,2\n"
        "iemocap,sadness,BB,0.000000,0.111111,2\n"
        "iemocap,sadness,FM,0.000000,0.222222,2\n"
        "iemocap,sadness,FB,0.125000,0.222222,2\n"
        "iemocap,sadness,MB,0.250000,0.222222,2\n"
        "iemocap,anger,FF,0.000000,0.111111,1\n"
        "iemocap,anger,MM,1.000000,0.111111,1\n"
        "iemocap,anger,BB,0.000000,0.111111,1\n"
        "iemocap,anger,FM,0.000000,0.222222,1\n"
        "iemocap,anger,FB,0.000000,0.222222,1\n"
        "iemocap,anger,MB,0.000000,0.222222,1\n"
    )


def test_profiles_are_averaged_over_seeds_then_over_utterances(profile_files, tmp_path):
    write_csv(tmp_path / "figure3.csv", average_profiles(sources(profile_files)), PROFILE_FORMATS)
    # u1: 0, 1/4, 1/2, 1/4 and 1/4, 0, 0, 1/4 over its two seeds
    assert (tmp_path / "figure3.csv").read_bytes().decode() == (
        "corpus,emotion,weights,time,weight\n"
        "iemocap,anger,original,0.125,0.50000000\n"
        "iemocap,anger,original,0.375,0.12500000\n"
        "iemocap,anger,original,0.625,0.25000000\n"
        "iemocap,anger,original,0.875,0.12500000\n"
        "iemocap,anger,graph,0.125,0.37500000\n"
        "iemocap,anger,graph,0.375,0.00000000\n"
        "iemocap,anger,graph,0.625,0.00000000\n"
        "iemocap,anger,graph,0.875,0.37500000\n"
        "msp_improv,neutrality,original,0.125,0.00000000\n"
        "msp_improv,neutrality,original,0.375,0.00000000\n"
        "msp_improv,neutrality,original,0.625,0.00000000\n"
        "msp_improv,neutrality,original,0.875,1.00000000\n"
        "msp_improv,neutrality,graph,0.125,0.00000000\n"
        "msp_improv,neutrality,graph,0.375,0.00000000\n"
        "msp_improv,neutrality,graph,0.625,1.00000000\n"
        "msp_improv,neutrality,graph,0.875,0.00000000\n"
    )


def test_profiles_can_be_summed_over_utterances(profile_files):
    runs = sources(profile_files)
    means, sums = average_profiles(runs), average_profiles(runs, "sum")
    assert_frame_equal(means.drop(columns="weight"), sums.drop(columns="weight"))
    of_anger = means["emotion"] == "anger"  # two utterances; of neutrality one
    expected = np.where(of_anger, 2, 1) * means["weight"]
    np.testing.assert_allclose(sums["weight"], expected, rtol=1e-12)


def test_the_order_of_seeds_changes_nothing(edge_files, profile_files):
    for average, files, other in (
        (average_edges, edge_files, [edge_files[i] for i in (0, 2, 1)]),
        (average_profiles, profile_files, [profile_files[i] for i in (1, 0, 2)]),
    ):
        assert_frame_equal(average(sources(files)), average(sources(other)), check_exact=True)


@pytest.mark.parametrize("content", [None, b"PAR1 and then nothing"])
def test_a_missing_or_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "edges.parquet"
    if content:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"edges\.parquet.*run snakemake again"):
        average_edges([Run("iemocap", "ga_gru", 0, path)])


def test_a_file_without_the_columns_is_named(write_attention):
    path = write_attention("profiles.parquet", [{"utterance": "u1", "emotion": "anger"}])
    with pytest.raises(InputError, match=r"profiles\.parquet"):
        average_profiles([Run("iemocap", "ga_gru", 0, path)])
