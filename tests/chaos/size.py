"""How long the storm lasts, and what its figures have to reach."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """A storm.

    Attributes:
        kills: of workers and of the whole server.
        restarts: of PostgreSQL, without a shutdown.
        look_every: kills between two looks at everything.
        most_s: seconds after which it stops, wherever it is.
    """

    kills: int
    restarts: int
    look_every: int
    most_s: float
    workers: int = 4
    senders: int = 4
    rows: tuple[int, int] = (40, 200)


FULL = Size(kills=200, restarts=10, look_every=20, most_s=1200.0)
# A worker takes three seconds of a core to start: few, in the ordinary tests.
SHORT = Size(kills=6, restarts=1, look_every=6, most_s=240.0, workers=2, senders=3)
