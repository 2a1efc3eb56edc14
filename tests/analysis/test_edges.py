import numpy as np
import pytest

from gagru.analysis.edges import CHANCE, edge_shares, parts


def shares(**given):
    return pytest.approx({"FF": 0, "MM": 0, "BB": 0, "FM": 0, "FB": 0, "MB": 0} | given)


# Three steps, one a part. Edges FM: 6, 3; FB: 2, 5; MB: 4, 1; the 9s join a step to itself.
THREE = np.array([[9, 6, 2], [3, 9, 4], [5, 1, 9]])


@pytest.mark.parametrize(
    ("steps", "expected"),
    [(1, [1]), (2, [0, 2]), (3, [0, 1, 2]), (4, [0, 1, 1, 2]), (5, [0, 0, 1, 2, 2]), (7, [0, 0, 1, 1, 1, 2, 2])],
)
def test_thirds(steps, expected):
    assert parts(steps).tolist() == expected


def test_chance_is_a_ninth_or_two():
    assert [CHANCE[pair] for pair in ("FF", "MM", "BB")] == pytest.approx([1 / 9] * 3)
    assert [CHANCE[pair] for pair in ("FM", "FB", "MB")] == pytest.approx([2 / 9] * 3)


def test_upper_half_of_three_steps():
    # of 1 2 3 4 5 6 the median is 3.5: 6 (FM), 5 (FB) and 4 (MB) stay
    assert edge_shares(THREE) == shares(FM=1 / 3, FB=1 / 3, MB=1 / 3)


def test_another_percentile():
    # the 75th is 4.75: 6 and 5 stay
    assert edge_shares(THREE, percentile=75) == shares(FM=0.5, FB=0.5)


def test_an_edge_at_the_percentile_stays():
    # 1 2 2 2 3 3: the median is 2
    weights = np.array([[0, 2, 3], [2, 0, 1], [3, 2, 0]])
    assert edge_shares(weights) == shares(FM=2 / 5, FB=2 / 5, MB=1 / 5)


@pytest.mark.parametrize(
    ("steps", "counts"),
    [
        (4, {"MM": 2, "FM": 4, "FB": 2, "MB": 4}),
        (7, {"FF": 2, "MM": 6, "BB": 2, "FM": 12, "FB": 8, "MB": 12}),
    ],
)
def test_equal_weights_all_stay(steps, counts):
    edges = steps * (steps - 1)
    assert edge_shares(np.full((steps, steps), 0.1)) == shares(**{pair: n / edges for pair, n in counts.items()})


def test_what_the_relu_cut_is_no_edge():
    weights = np.array([[0, 0, 0], [0, 0, 8], [2, 0, 0]])
    assert edge_shares(weights) == shares(MB=1)  # the median of 2 and 8 is 5
    assert edge_shares(weights, zero_edges=True) == shares(FM=1 / 3, FB=1 / 3, MB=1 / 3)  # the median of all is 0


def test_directions():
    # [i, j] is taken by i from j: forward from the earlier (3, 5, 1), backward from the later (6, 2, 4)
    assert edge_shares(THREE, percentile=100, directions="forward") == shares(FB=1)
    assert edge_shares(THREE, percentile=100, directions="backward") == shares(FM=1)


def test_with_self_edges_equal_weights_are_at_chance():
    assert edge_shares(np.ones((9, 9)), self_edges=True) == pytest.approx(CHANCE)
    assert edge_shares(THREE, percentile=100, self_edges=True) == shares(FF=1 / 3, MM=1 / 3, BB=1 / 3)


@pytest.mark.parametrize("weights", [np.ones((1, 1)), np.zeros((5, 5)), np.eye(5)])
def test_no_edges(weights):
    assert edge_shares(weights) is None


@pytest.mark.parametrize("steps", [2, 3, 8, 20, 31])
def test_turned_round_in_time_front_and_back_change_places(steps):
    weights = np.random.default_rng(steps).random((steps, steps), dtype=np.float32)
    found, turned = edge_shares(weights), edge_shares(weights[::-1, ::-1])
    assert sum(found.values()) == pytest.approx(1)
    swapped = {"FF": "BB", "BB": "FF", "MM": "MM", "FM": "MB", "MB": "FM", "FB": "FB"}
    assert turned == pytest.approx({swapped[pair]: share for pair, share in found.items()})
