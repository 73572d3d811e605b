"""Tiers by zoom, and areas."""

import shapely

from boundaries.shape import area_km2, multipolygon, tier_for_zoom


def test_tiers_follow_zooms():
    assert [tier_for_zoom(z) for z in range(12)] == [0] * 5 + [1] * 2 + [2] * 2 + [
        3
    ] * 3


def test_a_square_degree_at_the_equator_has_its_known_area():
    assert abs(area_km2(shapely.box(0, 0, 1, 1)) - 12_308.8) < 0.1


def test_lines_and_points_left_by_a_repair_are_dropped():
    mixed = shapely.GeometryCollection(
        [
            shapely.box(0, 0, 1, 1),
            shapely.Point(3, 3),
            shapely.LineString([(0, 0), (1, 1)]),
        ]
    )
    assert multipolygon(mixed).equals(shapely.MultiPolygon([shapely.box(0, 0, 1, 1)]))
