from gagru.paper.repairs import candidates, repairs

SIZES = (2644, 3477, 885, 792)


def test_candidates_by_hand():
    """11.11 and 12.00 have few different repairs: the count of each kind can be written down."""
    found = {repair.recalls: repair.steps for repair in candidates((11.11, 11.11, 11.11, 12.0))}
    assert found[(11.11, 11.11, 12.0, 11.11)] == ("sadness and anger exchanged",)
    assert found[(11.11, 11.11, 11.11, 21.0)] == ("anger 21.00 printed as 12.00",)
    assert found[(11.11, 11.11, 11.11, 10.2)] == ("anger 10.20 printed as 12.00",)
    assert found[(21.0, 11.11, 11.11, 11.11)] == ("happiness and anger exchanged", "happiness 21.00 printed as 12.00")
    # 12.00 at each of four places, whole or with one of its two different pairs turned, less what is printed
    assert len(found) == 4 * 3 - 1


def test_what_is_printed_is_no_candidate_and_none_comes_twice():
    recalls = (52.43, 59.83, 52.54, 65.15)
    found = [repair.recalls for repair in candidates(recalls)]
    assert recalls not in found
    assert len(found) == len(set(found))


def column(correct):
    """Printed recalls, WA and UA of whole counts."""
    exact = [100 * k / n for k, n in zip(correct, SIZES, strict=True)]
    return [round(r, 2) for r in exact], round(100 * sum(correct) / sum(SIZES), 2), round(sum(exact) / 4, 2)


def test_a_planted_exchange_is_undone():
    recalls, wa, ua = column((1300, 2000, 500, 480))
    swapped = [recalls[0], recalls[3], recalls[2], recalls[1]]
    assert [(r.steps, list(r.recalls)) for r in repairs(swapped, wa, ua, SIZES)] == [
        (("neutrality and anger exchanged",), recalls)
    ]


def test_a_planted_transposition_is_undone():
    recalls, wa, ua = column((1300, 2000, 501, 480))
    assert recalls[2] == 56.61
    assert [list(r.recalls) for r in repairs([*recalls[:2], 65.61, recalls[3]], wa, ua, SIZES)] == [recalls]


def test_no_repair_for_what_is_off_otherwise():
    recalls, wa, ua = column((1300, 2000, 500, 480))
    assert repairs(recalls, wa + 0.5, ua, SIZES) == []
