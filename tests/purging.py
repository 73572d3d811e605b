"""A purge for tests: of an app's installation, on a day of the test's choice."""

from dataclasses import replace
from datetime import date

from gis_service import retention
from gis_service.retention import Purger
from movements import gone


def purger(app, database, *, today: date, say=lambda _line: None, **clocks) -> Purger:
    """What ``nmis purge`` works with, as if it were another day."""
    made = retention.purger(app.extensions["settings"], database.owner, say=say)
    return replace(made, today=today, clocks=replace(made.clocks, **clocks))


def purged(by: Purger) -> list[str]:
    """Purge what is due; the months that were."""
    wanted = retention.due(by)
    retention.purge(by, wanted)
    return [run.name for run in wanted]


def taken_again(monkeypatch) -> None:
    """Let days of months that are out of view be uploaded, as if nobody looked."""
    monkeypatch.setattr(gone, "months_gone", lambda _db: frozenset())
