"""What is personal in a row, as the bytes to seal; and the row's keyed digest."""

import hmac

import polars as pl

_FIELDS = (
    "name",
    "age",
    "gender",
    "mobile",
    "aadhaar",
    "current_address",
    "permanent_address",
)
_JOURNEY = (
    "category",
    "mode",
    "origin_district",
    "destination_district",
    "travel_date",
    "route_states",
    "origin_lon",
    "origin_lat",
    "destination_lon",
    "destination_lat",
)


def records(frame: pl.DataFrame, *, aadhaar: str) -> pl.Series:
    """Return what is personal in each row, as bytes of JSON.

    Args:
        frame: checked rows.
        aadhaar: ``last4`` keeps four digits, ``vault`` all twelve, ``off`` none.
    """
    kept = {
        "last4": frame["aadhaar"].str.slice(-4),
        "vault": frame["aadhaar"],
    }.get(aadhaar, frame["aadhaar"].clear(frame.height))
    personal = frame.with_columns(aadhaar=kept).select(pl.struct(_FIELDS))
    return personal.to_series().struct.json_encode().cast(pl.Binary)


def digests(frame: pl.DataFrame, personal: pl.Series, *, key: bytes) -> list[bytes]:
    """Return an HMAC-SHA256 of each whole row, equal when nothing has changed.

    Keyed, so that nobody without the key can try out who a digest stands for.
    """
    journeys = frame.select(
        pl.concat_str(
            [pl.col(name).cast(pl.String).fill_null("") for name in _JOURNEY],
            separator="|",
        )
    ).to_series()
    return [
        hmac.digest(key, record + b"|" + journey.encode(), "sha256")
        for record, journey in zip(personal.to_list(), journeys.to_list(), strict=True)
    ]
