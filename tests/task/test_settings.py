from gagru.task.settings import OPEN, OURS, PAPER, Group, change, default_settings, setting

DECLARED = {
    "lr": setting(0.1, "Learning rate", type="number"),
    "attention": Group("Attention", {"size": setting(16, "Units", OPEN, type="integer")}),
}


def test_defaults_have_the_form_of_the_configuration():
    assert default_settings(DECLARED) == {"lr": 0.1, "attention": {"size": 16}}


def test_a_change_of_defaults_leaves_what_was_declared():
    changed = change(DECLARED, OURS, lr=0.5)
    assert (changed["lr"].default, changed["lr"].whose, changed["lr"].meaning) == (0.5, OURS, "Learning rate")
    assert (DECLARED["lr"].default, DECLARED["lr"].whose) == (0.1, PAPER)
    assert change(DECLARED, lr=0.5)["lr"].whose == PAPER
    assert changed["attention"] is DECLARED["attention"]
