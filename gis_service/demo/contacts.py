"""Mobiles and addresses: valid in form, plainly invented, often shared."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from gis_service.demo.figures import Codes, districts

# No series of mobile numbers is kept free for examples. These have four zeros in the
# middle; beyond 400,000 parties they repeat, as a shared telephone does.
FIRST_DIGITS = np.array([6, 7, 8, 9])
PER_DIGIT = 100_000
PARTIES_WITHOUT = 0.08
ONE_PHONE_FOR_ALL = 0.85
STYLES = ("", "+91 ", "0", "0091")
STYLE_SHARE = (0.85, 0.07, 0.05, 0.03)
WITH_PIN = 0.6


def mobiles(rng: np.random.Generator, party: Codes, member: Codes) -> pl.Series:
    """Return a mobile per person or null; most parties share one telephone.

    Args:
        rng: the seeded generator.
        party: each person's party, counted from 0.
        member: each person's place in the party, counted from 0.
    """
    parties = int(party.max(initial=-1)) + 1
    shares = (rng.random(parties) < ONE_PHONE_FOR_ALL)[party]
    serial = party + np.where(shares, 0, member * 7919)
    digit = FIRST_DIGITS[serial % FIRST_DIGITS.size]
    body = serial // FIRST_DIGITS.size % PER_DIGIT
    style = rng.choice(len(STYLES), parties, p=STYLE_SHARE)[party]
    number = pl.Series(digit * 10**9 + body).cast(pl.String)
    has = (rng.random(parties) >= PARTIES_WITHOUT)[party]
    return pl.select(
        pl.when(pl.Series(has)).then(pl.Series(STYLES)[style] + number).alias("mobile")
    ).to_series()


def addresses(
    rng: np.random.Generator,
    district: Codes,
    *,
    house: Codes,
    label: str,
    pins: Mapping[int, str],
) -> pl.Series:
    """Return addresses such as ``Synthetic camp 12, SURAT 395001``.

    Args:
        rng: the seeded generator.
        district: places in ``Districts``, one per person.
        house: a number per person, equal for those who live together.
        label: what the place is called.
        pins: a PIN code by LGD district code; a share of the addresses name it.
    """
    home = districts()
    pin = pl.Series([pins.get(int(code)) for code in home.code], dtype=pl.String)
    named = (rng.random(int(house.max(initial=-1)) + 1) < WITH_PIN)[house]
    return pl.select(
        pl.concat_str(
            pl.lit(f"{label} "),
            pl.Series(house % 900 + 1).cast(pl.String),
            pl.lit(", "),
            pl.Series(home.name)[district],
            pl.when(pl.Series(named) & pin[district].is_not_null())
            .then(pl.lit(" ") + pin[district])
            .otherwise(pl.lit("")),
        )
    ).to_series()
