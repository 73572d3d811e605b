"""What is personal in a row, as the bytes to seal; and the row's keyed digest."""

import hmac
from collections.abc import Mapping

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
# Of few people: in the profiles of those who have one, and in no other, so that what
# was sent before they were taken is still the same.
_OF_SOME = ("mobile_borrowed", "guardian_ref", "guardian")
_JOURNEY = (
    "category",
    "mode",
    "origin_district",
    "destination_district",
    "travel_date",
    "route_states",
)
_POINTS = tuple(
    (f"{end}_{axis}", f"{end}_located")
    for end in ("origin", "destination")
    for axis in ("lon", "lat")
)


def records(frame: pl.DataFrame, *, aadhaar: str) -> pl.Series:
    """Return what is personal in each row as it was sent, as bytes of JSON.

    Args:
        frame: checked rows.
        aadhaar: ``last4`` takes four digits, ``vault`` all twelve, ``off`` none.
    """
    taken = {
        "last4": _last4(frame),
        "vault": frame["aadhaar"],
    }.get(aadhaar, frame["aadhaar"].clear(frame.height))
    return _json(frame.with_columns(aadhaar=taken), _FIELDS)


def kept(frame: pl.DataFrame, *, aadhaar: str) -> pl.Series:
    """Return what is kept of it in the profile, as bytes of JSON.

    With ``vault`` four digits and the reference of the number in the vault (``frame``
    has it as ``aadhaar_ref``); the number itself is no part of a profile.
    """
    if aadhaar != "vault":
        return records(frame, aadhaar=aadhaar)
    masked = frame.with_columns(aadhaar=_last4(frame))
    return _json(masked, (*_FIELDS, "aadhaar_ref"))


def masked(profile: Mapping[str, object]) -> str | None:
    """Return what is shown of a profile's Aadhaar: ``XXXX XXXX 1234``, or None."""
    digits = profile.get("aadhaar")
    return f"XXXX XXXX {str(digits)[-4:]}" if digits else None


def _last4(frame: pl.DataFrame) -> pl.Series:
    return frame["aadhaar"].str.slice(-4)


def _json(frame: pl.DataFrame, fields: tuple[str, ...]) -> pl.Series:
    some = [each for each in _OF_SOME if each in frame.columns and frame[each].count()]
    whole = pl.struct(fields).struct.json_encode()
    if some:
        has = pl.any_horizontal(pl.col(each).is_not_null() for each in some)
        more = pl.struct((*fields, *some)).struct.json_encode()
        whole = pl.when(has).then(more).otherwise(whole)
    return frame.select(whole.cast(pl.Binary).alias("personal")).to_series()


def digests(frame: pl.DataFrame, personal: pl.Series, *, key: bytes) -> list[bytes]:
    """Return an HMAC-SHA256 of each whole row, equal when nothing has changed.

    Keyed, so that nobody without the key can try out who a digest stands for. A point
    that was not given is none of the row: it moves with the boundaries in force.
    """
    given = [
        pl.when(pl.col(located) == "given").then(pl.col(name))
        for name, located in _POINTS
    ]
    cells = [*(pl.col(name) for name in _JOURNEY), *given]
    texts = [cell.cast(pl.String).fill_null("") for cell in cells]
    journeys = frame.select(pl.concat_str(texts, separator="|")).to_series()
    return [
        hmac.digest(key, record + b"|" + journey.encode(), "sha256")
        for record, journey in zip(personal.to_list(), journeys.to_list(), strict=True)
    ]
