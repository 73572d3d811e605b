"""Published figures that the demonstration is drawn from, by LGD state code.

Sources are named in ``data/README.md``. The figures of 2011 know neither Telangana
nor Ladakh, and keep Dadra and Nagar Haveli apart from Daman and Diu.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import polars as pl

Figures = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]

# The letters of the 2011 tables are none of today's ISO codes: UT is Uttarakhand.
LETTERS = {
    "JK": 1, "HP": 2, "PB": 3, "CH": 4, "UT": 5, "HR": 6, "DL": 7, "RJ": 8, "UP": 9,
    "BR": 10, "SK": 11, "AR": 12, "NL": 13, "MN": 14, "MZ": 15, "TR": 16, "ML": 17,
    "AS": 18, "WB": 19, "JH": 20, "OR": 21, "CT": 22, "MP": 23, "GJ": 24, "DD": 38,
    "DN": 38, "MH": 27, "AP": 28, "KA": 29, "GA": 30, "LD": 31, "KL": 32, "TN": 33,
    "PY": 34, "AN": 35,
}  # fmt: skip

# The parent of 2011 -> itself and the state that has since left it.
SINCE_SPLIT = {28: (28, 36), 1: (1, 37)}

FIRST_DAY = date(2020, 5, 1)
LAST_DAY = date(2020, 6, 3)

# People on a train where only trains were counted: 1,200 seats until 11 May 2020.
EARLY_TRAIN = 1200


@dataclass(frozen=True, slots=True)
class Districts:
    """The districts of May 2020, sorted by state, then code; arrays are aligned.

    ``people`` and ``males`` are those of the Census of India 2011.
    """

    code: Codes
    state: Codes
    name: tuple[str, ...]
    state_name: tuple[str, ...]
    people: Figures
    males: Figures

    def states(self) -> Codes:
        """Return the LGD codes of the 36 states and union territories, sorted."""
        return np.unique(self.state)


@cache
def districts() -> Districts:
    """Return the bundled districts with their population."""
    table = (
        _table("districts_2020-05-12.csv")
        .join(_table("district_population_2011.csv"), on="lgd_district_code")
        .sort("lgd_state_code", "lgd_district_code")
    )
    return Districts(
        code=table["lgd_district_code"].to_numpy().astype(np.int64),
        state=table["lgd_state_code"].to_numpy().astype(np.int64),
        name=tuple(table["lgd_name"]),
        state_name=tuple(table["state_name"]),
        people=table["population_2011"].to_numpy().astype(np.float64),
        males=table["male_2011"].to_numpy().astype(np.float64),
    )


def going_home() -> Figures:
    """Return males by state pair: from where they live to where they came from.

    It is the Census 2011 table by last residence, transposed: whoever moved from
    Bihar to Delhi goes home from Delhi to Bihar. Rows and columns follow
    ``Districts.states``. Pairs inside a state of 2011 have no figure and are 0.
    """
    moved = _Pairs()
    table = _table("census2011_migration_long.csv")
    wanted = table.select("origin_iso", "destination_iso", "males")
    for lived_before, lives, males in wanted.iter_rows():
        moved.add(LETTERS[lives], LETTERS[lived_before], males)
    return moved.by_state_of_2020()


def trains() -> Figures:
    """Return estimated Shramik special trains by state pair, as ``going_home``.

    SYNTHETIC: fitted to the published margins by proportional fitting.
    """
    running = _Pairs()
    for row in _table("shramik_od_ipf_SYNTHETIC.csv").iter_rows():
        running.add(LETTERS[row[0]], LETTERS[row[1]], row[2])
    return running.by_state_of_2020()


def daily_share() -> tuple[Days, Figures]:
    """Return the days 1 May to 3 June 2020 and each day's share of the people.

    Published cumulative passengers, or trains times 1,200 where only trains were
    given, interpolated between the dates of publication.
    """
    table = _table("shramik_totals.csv").filter(pl.col("as_of") <= LAST_DAY)
    known = table["as_of"].to_numpy().astype("datetime64[D]")
    total = table.select(
        pl.col("passengers_cumulative").fill_null(
            pl.col("trains_cumulative") * EARLY_TRAIN
        )
    ).to_series()
    before = np.datetime64(FIRST_DAY, "D") - 1
    days = np.arange(before + 1, np.datetime64(LAST_DAY, "D") + 1)
    cumulative = np.interp(
        (days - before).astype(np.float64),
        np.concatenate(([0.0], (known - before).astype(np.float64))),
        np.concatenate(([0.0], total.to_numpy().astype(np.float64))),
    )
    increments = np.diff(cumulative, prepend=0.0)
    return days, increments / increments.sum()


class _Pairs:
    """Figures by pair of 2011 states, shared out over the states of 2020."""

    __slots__ = ("_places", "_share", "_sum")

    def __init__(self) -> None:
        home = districts()
        codes = home.states()
        self._places = {int(code): at for at, code in enumerate(codes)}
        people = np.array([home.people[home.state == code].sum() for code in codes])
        self._share = dict(zip(map(int, codes), people, strict=True))
        self._sum = np.zeros((codes.size, codes.size))

    def add(self, origin: int, destination: int, figure: float) -> None:
        """Add a figure; a state that has split gets it by population."""
        if origin == destination:
            return
        for o, part_o in self._parts(origin):
            for d, part_d in self._parts(destination):
                self._sum[self._places[o], self._places[d]] += figure * part_o * part_d

    def by_state_of_2020(self) -> Figures:
        """Return the sums."""
        return self._sum

    def _parts(self, state: int) -> Iterator[tuple[int, float]]:
        parts = SINCE_SPLIT.get(state, (state,))
        whole = sum(self._share[part] for part in parts)
        return ((part, self._share[part] / whole) for part in parts)


def _table(name: str) -> pl.DataFrame:
    text = files("nmis_data").joinpath(name).read_bytes()
    return pl.read_csv(io.BytesIO(text), try_parse_dates=True, infer_schema_length=None)
