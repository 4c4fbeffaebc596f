"""Settings: read from the environment, or refused by name."""

import pytest

from api.config import Config
from api.errors import SettingError


@pytest.mark.parametrize(
    "name, value",
    [
        ("SOURCEBOOK_WORKERS", "0"),
        ("SOURCEBOOK_WORKERS", "-1"),
        ("SOURCEBOOK_WORKERS", "2.5"),
        ("SOURCEBOOK_BUSY_TIMEOUT_S", "nan"),
        ("SOURCEBOOK_BUSY_TIMEOUT_S", "inf"),
        ("SOURCEBOOK_MAX_DOCUMENT_MIB", "1" + "0" * 30),
        ("PORT", "http"),
    ],
)
def test_a_value_that_is_no_such_number_is_refused_by_name(name, value):
    with pytest.raises(SettingError, match=f"{name}.*{value[:5]}"):
        Config.read({name: value})


@pytest.mark.parametrize("name", ["SOURCEBOOK_WORKER", "SOURCEBOOK_", "SOURCEBOOK_DATABASE"])
def test_a_setting_that_does_not_exist_is_refused(name):
    with pytest.raises(SettingError, match=f"{name}: there is no such setting"):
        Config.read({name: "1"})


def test_an_empty_value_is_the_default():
    assert Config.read({"SOURCEBOOK_WORKERS": "", "PORT": ""}) == Config()


def test_the_setting_goes_before_the_bare_port():
    assert Config.read({"PORT": "9000"}).port == 9000
    assert Config.read({"PORT": "9000", "SOURCEBOOK_PORT": "9001"}).port == 9001


def test_other_variables_are_left_alone():
    assert Config.read({"HOME": "/", "WORKERS": "many"}) == Config()


def test_every_setting_can_be_set():
    defaults = Config()
    for name in Config.__slots__:
        value = "x" if isinstance(getattr(defaults, name), str) else "7"
        changed = Config.read({f"SOURCEBOOK_{name.upper()}": value})
        assert str(getattr(changed, name)).removesuffix(".0") == value
        assert changed != defaults
