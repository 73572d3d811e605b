"""Places of the transaction that accepts a batch at once, in a web worker."""

from tests.chaos.points import Point

# In the order a batch comes by.
WEB_POINTS = (
    Point("key locked", "movements.batch", "examined", after=False),
    Point("rows checked", "movements.batch", "examined"),
    Point("references claimed", "movements.batch", "claimed"),
    Point("people listed", "movements.store", "listed"),
    Point("rows sent", "movements.store", "sent"),
    Point("old journeys removed", "movements.writing", "removed"),
    Point("journeys written", "movements.store", "people_and_journeys"),
    Point("profiles written", "movements.store", "profiles"),
    Point("routes written", "movements.writing", "store_routes"),
    Point("flows rolled up", "movements.flow", "roll_up"),
    Point("receipt filed", "movements.batch", "_filed"),
    Point("flows published", "movements.flow", "publish"),
    Point("audited, not committed", "gis_service.endpoints.batches", "written"),
    Point(
        "committed, not answered",
        "gis_service.endpoints.batches",
        "_told",
        after=False,
        within=False,
    ),
)
