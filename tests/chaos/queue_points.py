"""Places of an upload's way through the queue, in the worker that works it off."""

from tests.chaos.points import Point

_QUEUE, _STEP = "movements.queue", "gis_service.queue_step"

# In the order an upload comes by; from "slice held" on each slice does.
QUEUE_POINTS = (
    Point("queue: claimed, not committed", _QUEUE, "claimed", if_found=True),
    Point("queue: leased", _STEP, "_Turn", after=False, within=False),
    Point("queue: lease renewed", _QUEUE, "renewed"),
    Point("queue: counted", _QUEUE, "counted"),
    Point("queue: checked whole, not committed", _QUEUE, "found_good"),
    Point("queue: slice held", _QUEUE, "held"),
    Point("queue: rows checked", "movements.batch", "examined"),
    Point("queue: journeys written", "movements.store", "people_and_journeys"),
    Point("queue: before flows", "movements.flow", "roll_up", after=False),
    Point("queue: after flows", "movements.flow", "roll_up"),
    Point("queue: receipt filed", "movements.batch", "_filed"),
    Point("queue: flows published", "movements.flow", "publish"),
    Point("queue: audited", "gis_service.audit", "accepted"),
    Point("queue: before progress", _QUEUE, "advanced", after=False),
    Point("queue: progress noted, not committed", _QUEUE, "advanced"),
    Point(
        "queue: slice committed",
        "gis_service.metrics",
        "taken",
        after=False,
        within=False,
    ),
    Point("queue: gives way, not committed", _QUEUE, "yielded"),
    Point("queue: refused, not committed", _QUEUE, "refused"),
    Point("queue: done, not committed", _QUEUE, "done"),
    Point("queue: end told, not committed", "gis_service.webhooks.outbox", "ended"),
)
