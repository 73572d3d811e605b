"""From an upload's parameters to the snapshot that is meant."""

import hashlib

from gis_service.batch_bodies import Manner
from gis_service.people_plane import today
from movements.errors import BadParameter
from movements.record import Terms
from movements.snapshot import Snapshot

# Those that say how sure the sender is, and how the answer looks: not what is done.
_ASIDE = {"lang", "report", "dry_run", "confirm", "accept_large", "kind"}
_OF_SNAPSHOTS = ("from", "to", "confirm", "accept_large")


def snapshot(query: Manner, body: bytes, terms: Terms) -> Snapshot | None:
    """Return the snapshot, or ``None`` where the rows are not all there are.

    Raises:
        BadParameter: the last day is before the first, or a parameter of snapshots
            stands with another kind.
    """
    if query.kind != "snapshot":
        values = (query.from_, query.to, query.confirm, query.accept_large)
        named = zip(_OF_SNAPSHOTS, values, strict=True)
        stray = [name for name, value in named if value is not None]
        if stray:
            raise BadParameter(f"{' and '.join(stray)}: only with kind=snapshot")
        return None
    first, last = query.from_ or today(), query.to or terms.last
    if last < first:
        raise BadParameter(f"to is {last}; allowed: {first} (from) or later")
    rules = query.model_dump_json(exclude=_ASIDE, exclude_none=True)
    return Snapshot(
        first,
        last,
        body=hashlib.sha256(body + b"\0" + rules.encode()).digest(),
        confirm=query.confirm,
        accept_large=bool(query.accept_large),
    )
