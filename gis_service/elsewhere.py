"""What pages of other addresses may read: data, by those who hold a token or need none.

A map in a notebook, or in a portal, asks from its own address, and its browser lets it
read an answer only where the answer allows that. Data do, for everybody: with ``*`` a
browser sends no cookie, or hides the answer, so that an officer's session gives such a
page nothing; it reads what it could read without a browser. Pages, sign-in and whatever
is about people allow nothing.
"""

DATA = (
    "/boundaries/",
    "/flows/",
    "/layers",
    "/maps/background.geojson",
    "/ogc",
    "/releases",
    "/styles/",
    "/tiles/",
)

# Those of parts and names are of files (file_answer.py).
EXPOSED = "ETag, Retry-After, Accept-Ranges, Content-Range, Content-Disposition"

EVERYBODY = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", EXPOSED),
]
# Asked for before a request that carries a token; remembered for a day.
BEFORE = [
    ("Access-Control-Allow-Methods", "GET, HEAD"),
    ("Access-Control-Allow-Headers", "Authorization, If-None-Match, Range"),
    ("Access-Control-Max-Age", "86400"),
]


def headers(path: str, method: str) -> list[tuple[str, str]]:
    """Return what an answer of an address says to browsers that show another page."""
    if not path.startswith(DATA):
        return []
    return [*EVERYBODY, *BEFORE] if method == "OPTIONS" else EVERYBODY
