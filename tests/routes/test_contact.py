"""Which places touch."""

import numpy as np
import pytest
import shapely

from routes.contact import touching

WEST = shapely.box(77.0, 20.0, 78.0, 21.0)
EAST = shapely.box(78.0, 20.0, 79.0, 21.0)
NORTH_EAST = shapely.box(79.0, 21.0, 80.0, 22.0)


def found(*shapes):
    points = shapely.get_coordinates(shapely.point_on_surface([*shapes]))
    return touching(np.array(shapes, dtype=object), points)


def test_neighbours_share_the_geodesic_length_of_their_border():
    contacts = found(WEST, EAST)
    assert contacts.a.tolist() == [0]
    assert contacts.b.tolist() == [1]
    assert contacts.border_km[0] == pytest.approx(110.7, abs=0.1)
    assert contacts.km[0] == pytest.approx(104.3, abs=0.2)
    assert not contacts.by_sea.any()


def test_the_way_crosses_where_the_straight_line_meets_the_border():
    assert found(WEST, EAST).crossing[0] == pytest.approx([78.0, 20.5])


def test_a_shared_corner_is_no_contact():
    assert len(found(EAST, NORTH_EAST).a) == 0


def test_outlines_that_share_no_vertices_touch_all_the_same():
    ragged = shapely.Polygon(
        [(78.001, 20.0), (79, 20.0), (79, 21.0), (78.0005, 21.0), (78.001, 20.4)]
    )
    contacts = found(WEST, ragged)
    assert contacts.a.tolist() == [0]
    assert contacts.border_km[0] == pytest.approx(110.7, abs=1.0)
