"""Points in and out of the districts they are said to lie in."""

from time import perf_counter

import numpy as np
import pytest

from boundaries.locate import inside
from boundaries.lookup import gazetteer


def test_every_inner_point_is_inside_its_own_and_outside_the_next(db):
    known = gazetteer(db)
    assert inside(db, known.district_codes, known.lon, known.lat).all()
    others = np.roll(known.district_codes, 1)
    assert not inside(db, others, known.lon, known.lat).any()


def test_unknown_codes_and_missing_coordinates_are_outside(db):
    codes = np.array([9999, 212, 212], dtype=np.int16)
    lon = np.array([85.1, np.nan, 85.1])
    lat = np.array([25.6, 25.6, np.nan])
    assert inside(db, codes, lon, lat, tolerance_deg=0.1).tolist() == [False] * 3


def test_a_tolerance_lets_near_points_in(db):
    codes = np.array([463], dtype=np.int16)  # Daman; the point lies in the sea
    lon, lat = np.array([72.80]), np.array([20.42])
    assert inside(db, codes, lon, lat).tolist() == [False]
    assert inside(db, codes, lon, lat, tolerance_deg=0.1).tolist() == [True]


def test_no_points_no_answers(db):
    none = np.array([])
    assert inside(db, none.astype(np.int16), none, none).shape == (0,)


@pytest.mark.alone
def test_ten_thousand_points_take_a_blink(db):
    known = gazetteer(db)
    rows = np.random.default_rng(7).integers(0, len(known.lon), 10_000)
    asked = known.district_codes[rows], known.lon[rows], known.lat[rows]
    inside(db, *asked)
    taken = []
    for _ in range(3):
        start = perf_counter()
        inside(db, *asked)
        taken.append(perf_counter() - start)
    assert min(taken) < 0.05
