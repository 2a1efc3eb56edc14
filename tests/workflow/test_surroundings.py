"""The environment variables of a run."""

import getpass
import os
import pwd

import pytest

from gagru.workflow.surroundings import set_variables


@pytest.fixture(autouse=True)
def variables(monkeypatch):
    """None that names the user; what the test sets is taken back."""
    monkeypatch.setattr(os, "environ", os.environ.copy())
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        os.environ.pop(name, None)


def test_packages_of_the_user_are_left_out():
    set_variables()
    assert os.environ["PYTHONNOUSERSITE"] == "1"


def test_a_user_without_a_name_is_called_by_the_number(monkeypatch):
    def unknown(number):
        raise KeyError(f"getpwuid(): uid not found: {number}")

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    with pytest.raises((KeyError, OSError)):
        getpass.getuser()
    set_variables()
    assert getpass.getuser() == str(os.getuid())


def test_a_user_with_a_name_keeps_it():
    name = getpass.getuser()
    set_variables()
    assert "LOGNAME" not in os.environ
    assert getpass.getuser() == name
