"""Pull states' platforms, one after the other; one that fails disturbs no other."""

from collections.abc import Callable, Iterable

from boundaries.errors import BoundaryError
from gis_service.connectors import kept
from gis_service.connectors.errors import BadConnector, NoConnector
from gis_service.connectors.kept import PulledElsewhere
from gis_service.connectors.pull import Means, Pulled, pull
from gis_service.secrets import LooseSecret
from layers.errors import BadAnswer, Busy, LayerError, NotAdmitted

# Told in their own words, which name no person; of others only the kind, as a driver's
# words may quote a row.
TOLD = (LayerError, LooseSecret, BadConnector, NoConnector, BoundaryError)

Say = Callable[[str], None]


def pull_each(means: Means, states: Iterable[int], *, say: Say) -> bool:
    """Pull some states' platforms and say how it went; return whether all went well."""
    went_well = True
    for state in states:
        try:
            say(f"state {state}: {_said(pull(means, state))}")
        except PulledElsewhere as error:
            say(f"state {state}: {error}")
        except Exception as error:  # noqa: BLE001 - noted, or it is tried each minute
            went_well = False
            _noted(means, state, error)
            say(f"state {state}: failed: {_why(error)}")
    return went_well


def _noted(means: Means, state: int, error: Exception) -> None:
    transient = isinstance(error, Busy | NotAdmitted)
    wait_s = error.seconds if isinstance(error, Busy) else None
    gone = isinstance(error, BadAnswer) and not transient
    with means.database.upload.begin() as db:
        kept.failed(db, state, _why(error), wait_s=wait_s, may_be_gone=gone)


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, TOLD) else type(error).__name__


def _said(done: Pulled) -> str:
    counts = f"{done.accepted:,} accepted, {done.refused:,} refused"
    end = "" if done.is_whole else "; it goes on with the next pull"
    return f"{done.pages} pages, {done.rows:,} rows, {counts}{end}"
