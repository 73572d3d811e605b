"""How long the storm lasts, and what its figures have to reach."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """A storm.

    Attributes:
        kills: of web workers and of the whole server.
        queue_kills: of the queue's workers, beside those.
        restarts: of PostgreSQL, without a shutdown.
        look_every: kills of the web's between two looks at everything.
        most_s: seconds after which it stops, wherever it is.
        senders: of batches that are answered at once; ``later``: of uploads that the
            queue's workers work off.
    """

    kills: int
    queue_kills: int
    restarts: int
    look_every: int
    most_s: float
    workers: int = 4
    queue_workers: int = 2
    senders: int = 4
    later: int = 3
    rows: tuple[int, int] = (40, 200)
    later_rows: tuple[int, int] = (150, 700)


FULL = Size(kills=200, queue_kills=60, restarts=10, look_every=20, most_s=2700.0)
# A worker takes three seconds of a core to start: few, in the ordinary tests.
SHORT = Size(
    kills=6,
    queue_kills=1,
    restarts=1,
    look_every=6,
    most_s=240.0,
    workers=2,
    queue_workers=1,
    senders=3,
    later=1,
)
