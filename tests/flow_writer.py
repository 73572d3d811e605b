"""Batches that come in while others read, and the rows that stood after each."""

import http.client
import time
from datetime import date

import made_up

from boundaries.version import versions
from gis_service.db import Database
from gis_service.web_server import Address
from tests.flow_crowd import News
from tests.flow_model import rows_of
from tests.flow_rows import flow
from tests.flow_truth import change

BATCH = 60
# Numbers of people that stand in the rows of one scope only.
LOUD = {"bihar": 1_000_003, "kerala": 3_000_017, "between": 7_000_001}


class Writer:
    """Uploads and changes, one after the other; keeps every version's rows."""

    def __init__(self, at: Address, database: Database, bearer: str, districts) -> None:
        self.at, self.database, self.bearer = at, database, bearer
        self.bihar, self.kerala = districts["bihar"], districts["kerala"]
        self.truth = {}
        self.note()

    def note(self) -> int:
        """Remember the rows of the newest version."""
        with self.database.owner.connect() as db:
            db.execution_options(isolation_level="REPEATABLE READ")
            version = versions(db)["flows"]
            self.truth[version] = rows_of(db)
        return version

    def upload(self, refs: str, seed: int) -> None:
        """A batch over HTTP; the same refs with another seed are updates."""
        body = made_up.csv_body(made_up.rows(BATCH, seed=seed, refs=refs))
        wire = http.client.HTTPConnection(self.at.host, self.at.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.bearer}", "Content-Type": "text/csv"}
        wire.request("POST", "/api/v1/batches", body=body, headers=headers)
        answer = wire.getresponse()
        assert answer.status == 201, answer.read()
        answer.read()
        wire.close()

    def shout(self, at: int) -> None:
        """Rows of other scopes, with numbers that stand nowhere else; up and down."""
        pairs = {
            "bihar": (self.bihar[1], self.bihar[1]),
            "kerala": (self.kerala[0], self.kerala[1]),
            "between": (self.bihar[1], self.kerala[1]),
        }
        # Of three days in turn, each is taken back the next time round.
        sign, day = (-1) ** (at // 3 % 2), date(2020, 5, 4 + at % 3)
        rows = [flow(*ends, sign * LOUD[name], day=day) for name, ends in pairs.items()]
        rows.append(flow(self.bihar[0], self.kerala[1], 11, day=day))
        with self.database.owner.begin() as db:
            change(db, rows)

    def work(self, news: News, seconds: float) -> None:
        """Change something until the time is over; every second upload is an update."""
        until, at = time.monotonic() + seconds, 0
        try:
            while time.monotonic() < until:
                if at % 4 == 3:
                    self.upload(f"story-{at // 8}-", seed=at)
                else:
                    self.shout(at)
                news.version = self.note()
                at += 1
        finally:
            news.over.set()
