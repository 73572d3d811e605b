"""Clusters of districts: nested, the same for everyone, and as the rule says."""

from itertools import pairwise
from math import asinh, hypot, log, pi, radians, tan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.bundled_rows import rows
from layers.cube.clusters import ZOOMS, hierarchy, radius_m
from layers.tile import EARTH_RADIUS_M

CODES = st.lists(st.integers(1, 999), max_size=30, unique=True)


@st.composite
def districts(draw):
    codes = draw(CODES)

    def some(least, most, **more):
        values = st.floats(least, most, **more)
        return draw(st.lists(values, min_size=len(codes), max_size=len(codes)))

    weight = st.one_of(st.just(0), st.integers(1, 5), st.integers(1, 4_000_000))
    people = draw(st.lists(weight, min_size=len(codes), max_size=len(codes)))
    return codes, some(70, 74), some(18, 23), people


def mercator(lon, lat):
    return EARTH_RADIUS_M * radians(lon), EARTH_RADIUS_M * asinh(tan(radians(lat)))


def groups(codes, found):
    """The districts of each cluster."""
    gathered = {}
    for code, label in zip(codes, found.label.tolist(), strict=True):
        gathered.setdefault(label, set()).add(code)
    return gathered


def by_hand(codes, lon, lat, weight):
    """The rule again, slowly: each zoom's clusters as sets of districts."""
    at = dict(zip(codes, zip(lon, lat, weight, strict=True), strict=True))

    def mean(group):
        inside = [at[code] for code in sorted(group)]
        all_people = sum(each[2] for each in inside)
        parts = [each[2] if all_people else 1 for each in inside]
        return [
            sum(each[axis] * part for each, part in zip(inside, parts, strict=True))
            / sum(parts)
            for axis in (0, 1)
        ]

    def label(group):
        return min(group, key=lambda code: (-at[code][2], code))

    def weighed(group):
        return -sum(at[code][2] for code in group), label(group)

    current = [{code} for code in codes]
    found = {}
    for zoom in sorted(ZOOMS, reverse=True):
        if zoom != max(ZOOMS):
            left, merged = sorted(current, key=weighed), []
            while left:
                middle = mercator(*mean(left[0]))
                near = [
                    group
                    for group in left
                    if hypot(*np.subtract(mercator(*mean(group)), middle))
                    <= radius_m(zoom)
                ]
                merged.append(set().union(left[0], *near))
                left = [each for each in left[1:] if each not in near]
            current = merged
        found[zoom] = {label(group): group for group in current}
    return found


@given(districts())
@settings(max_examples=150, deadline=None)
def test_clusters_are_what_the_rule_says(some):
    expected = by_hand(*some)
    for zoom, found in hierarchy(*some).items():
        assert groups(some[0], found) == expected[zoom]


@given(districts(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_the_districts_does_not_matter(some, random):
    order = list(range(len(some[0])))
    random.shuffle(order)
    mixed = [[column[place] for place in order] for column in some]
    for one, other in zip(
        hierarchy(*some).values(), hierarchy(*mixed).values(), strict=True
    ):
        assert groups(some[0], one) == groups(mixed[0], other)
        for name in ("codes", "lon", "lat", "members"):
            assert getattr(one, name).tolist() == getattr(other, name).tolist()


@given(districts())
@settings(max_examples=100, deadline=None)
def test_clusters_nest_and_every_district_is_in_one(some):
    codes = some[0]
    found = hierarchy(*some)
    assert list(found) == sorted(ZOOMS, reverse=True)
    assert found[max(ZOOMS)].label.tolist() == codes
    for zoom in ZOOMS[:-1]:
        finer = groups(codes, found[zoom + 1]).values()
        coarser = groups(codes, found[zoom])
        assert all(any(one <= other for other in coarser.values()) for one in finer)
        assert sorted(coarser) == found[zoom].codes.tolist()
        sizes = [len(coarser[label]) for label in sorted(coarser)]
        assert found[zoom].members.tolist() == sizes
        assert all(label in group for label, group in coarser.items())


def test_a_cluster_lies_at_its_peoples_middle_and_has_its_heaviest_ones_code():
    found = hierarchy([7, 3, 9], [72.0, 72.4, 88.0], [19.0, 19.0, 22.0], [1, 3, 5])[4]
    assert found.codes.tolist() == [3, 9]
    assert found.label.tolist() == [3, 3, 9]
    assert found.lon.tolist() == pytest.approx([72.3, 88.0])
    assert found.lat.tolist() == pytest.approx([19.0, 22.0])
    assert found.members.tolist() == [2, 1]


def test_districts_without_people_merge_at_their_plain_middle_under_the_lowest_code():
    found = hierarchy([7, 3], [72.0, 72.4], [19.0, 19.0], [0, np.nan])[3]
    assert found.codes.tolist() == [3]
    assert found.lon.tolist() == pytest.approx([72.2])


def test_the_radius_is_forty_pixels_of_the_screen():
    width = 2 * pi * EARTH_RADIUS_M
    assert radius_m(0) == pytest.approx(width * 40 / 512)
    assert radius_m(5) == pytest.approx(width * 40 / 512 / 32)


def test_no_district_at_all_makes_no_cluster():
    assert hierarchy([], [], [], [])[3].codes.size == 0


def test_india_has_few_clusters_from_afar_and_all_districts_close_by():
    units = rows("districts_2020-05-12.csv")
    people = {
        row["lgd_district_code"]: float(row["population_2011"] or 0)
        for row in rows("district_population_2011.csv")
    }
    codes = [row["lgd_district_code"] for row in units]
    found = hierarchy(
        [int(code) for code in codes],
        [float(row["lon"]) for row in units],
        [float(row["lat"]) for row in units],
        [people.get(code, 0) for code in codes],
    )
    counts = [found[zoom].codes.size for zoom in sorted(ZOOMS)]
    assert counts == sorted(counts)
    assert counts[-1] == len(codes)
    # From each zoom to the next the screen has four times the room.
    assert 8 < counts[0] < 60
    assert all(log(more / few, 4) <= 1.1 for few, more in pairwise(counts))
