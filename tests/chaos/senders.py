"""The senders of a storm: those that are answered at once, and those that are later."""

from sqlalchemy import Connection

from gis_service import access
from gis_service.web_server import Address
from tests.chaos.at_once import at_once
from tests.chaos.ground import Ground
from tests.chaos.later import later
from tests.chaos.ledger import ledgers
from tests.chaos.sender import Sender
from tests.chaos.size import Size
from tests.chaos.wire import Wire


def senders(size: Size, on: Ground, at: Address, *, seed: int) -> list[Sender]:
    """Give each a token and books of its own; they do not send yet."""
    kinds = (
        ("s", size.senders, size.rows, at_once),
        ("q", size.later, size.later_rows, later),
    )
    own = [
        (ledger, deliver)
        for named, count, rows, deliver in kinds
        for ledger in ledgers(count, seed=seed, size=rows, named=named)
    ]
    with on.database.owner.begin() as db:
        return [
            Sender(ledger, Wire(at, _bearer(db, ledger.tenant)), deliver)
            for ledger, deliver in own
        ]


def _bearer(db: Connection, tenant: int) -> str:
    return access.issue(db, role="uploader", state=tenant)
