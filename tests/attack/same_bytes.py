"""Repeats, encodings, HEAD, the order of parameters, JSON and Arrow: one answer."""

import gzip
from itertools import product

import brotli
import pyarrow as pa

from tests.attack.door import Answer, Door

ADDRESSES = (
    "/flows/country",
    "/flows/state?k=500",
    "/flows/district?k=300&mode=bus",
    "/flows/district?from=2020-05-20&to=2020-05-27&direction=in&unit=482",
    "/flows/cluster?zoom=5&k=50",
    "/flows/state?versus_from=2020-05-11&versus_to=2020-05-17&window=2020-W21",
    "/flows/days",
    "/flows/days?level=state&unit=27&direction=out",
    "/tiles/release_flows/4/11/6.mvt",
    "/tiles/release_arrivals/5/22/13.mvt?window=2020-W21",
    "/tiles/release_departures/4/11/6.mvt?level=state",
    "/tiles/release_flows.json",
    "/layers/release_arrivals.geojson?level=state",
    "/layers/release_atoms.geojson?window=2020-W20&limit=500",
    "/ogc/collections/release_atoms/items?limit=200",
    "/ogc/collections/release_flows/items?limit=50&level=state",
)
UNPACKED = {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}
# One answer's own, not its content's.
OF_TRANSPORT = {
    "date",
    "content-length",
    "content-encoding",
    "transfer-encoding",
    "connection",
    "server",
    "x-request-id",
}


def wrong(door: Door, addresses: tuple[str, ...] = ADDRESSES) -> list[str]:
    """Return which answers are not the same, asked in another way."""
    found = []
    for address in addresses:
        plain = door.ask(address)
        for coding, _again in product(UNPACKED, range(2)):
            other = door.ask(address, headers={"Accept-Encoding": coding or "identity"})
            if unpacked(other) != plain.body or about(other) != about(plain):
                found.append(f"{address} by {coding or 'identity'}")
        head = door.ask(address, method="HEAD")
        if head.body or about(head) != about(plain):
            found.append(f"HEAD {address}")
        turned = door.ask(_turned(address))
        if _content(turned) != _content(plain):
            found.append(f"{address} with its parameters turned round")
        tag = {"If-None-Match": plain.headers["etag"]}
        if door.ask(address, headers=tag, expect=(304,)).body:
            found.append(f"{address} with its own tag")
    return found


def arrow_wrong(door: Door, query: str) -> list[str]:
    """Return which numbers of ``/flows`` Arrow tells otherwise than JSON."""
    told = door.ask(f"{query}").json()
    found = []
    for table in ("edges", "nodes"):
        body = door.ask(f"{query}&format=arrow&table={table}").body
        rows = pa.ipc.open_stream(body).read_all()
        for name in rows.column_names:
            right = [row[name] for row in told[table]]
            if rows.column(name).to_pylist() != right:
                found.append(f"{query}: {table}.{name}")
        said = rows.schema.metadata
        found += [
            f"{query}: {name}"
            for name in ("total", "internal", "hidden", "shown", "n_low", "n_high")
            if int(said[name.encode()]) != told[name]
        ]
    return found


def unpacked(answer: Answer) -> bytes:
    """Return a body as it was before it was packed."""
    return UNPACKED[answer.headers.get("content-encoding", "")](answer.body)


def about(answer: Answer) -> dict[str, str]:
    """Return the headers that say something of the content."""
    return {k: v for k, v in answer.headers.items() if k not in OF_TRANSPORT}


def _turned(address: str) -> str:
    path, mark, query = address.partition("?")
    return path + mark + "&".join(reversed(query.split("&")))


def _content(answer: Answer) -> object:
    """Return what an answer tells, without the links that repeat the question."""
    if "json" not in answer.headers.get("content-type", ""):
        return answer.body
    told = answer.json()
    return {k: v for k, v in told.items() if k not in ("links", "tiles")}
