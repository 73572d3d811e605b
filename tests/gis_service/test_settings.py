"""Settings: read once, typed, refused in words."""

from datetime import date
from pathlib import Path

import pytest

from gis_service.settings import BadSetting, Settings


def test_nothing_set_gives_the_defaults_and_an_empty_value_counts_as_unset():
    assert Settings.from_env({}) == Settings() == Settings.from_env({"NMIS_BIND": ""})


def test_values_are_read_as_their_kind():
    read = Settings.from_env(
        {
            "NMIS_WORKERS": "5",
            "NMIS_VAR": "elsewhere",
            "NMIS_SUNSET": "2021-03-31",
            "NMIS_YES": "1",
            "NMIS_AADHAAR": "last4",
        }
    )
    assert (read.workers, read.var) == (5, Path("elsewhere"))
    assert (read.sunset, read.yes, read.aadhaar) == (date(2021, 3, 31), True, "last4")


def test_an_epidemic_has_a_reference_and_an_end():
    told = {"NMIS_EPIDEMIC": "S.O. 1", "NMIS_EPIDEMIC_UNTIL": "2020-08-31"}
    read = Settings.from_env(told)
    assert (read.epidemic, read.epidemic_until) == ("S.O. 1", date(2020, 8, 31))
    for name, value in told.items():
        (missing,) = told.keys() - {name}
        with pytest.raises(BadSetting, match=f"{missing} is not set"):
            Settings.from_env({name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NMIS_WORKERS", "many"),
        ("NMIS_SUNSET", "soon"),
        ("NMIS_AADHAAR", "all"),
        ("NMIS_EPIDEMIC_UNTIL", "later"),
        ("NMIS_TRACE_QUOTA", "-1"),
        ("NMIS_TRACE_QUOTA", "1001"),
        ("NMIS_EPIDEMIC", " "),
        ("NMIS_EPIDEMIC_UNTIL", "9999-12-31"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_its_name(name, value):
    with pytest.raises(BadSetting, match=f"{name} is '{value}'"):
        Settings.from_env({name: value})
