"""Made-up people for tests, as upload bodies; every name and number is synthetic."""

import csv
import io
import random

from movements.columns import NAMES

# District codes (LGD): two in Maharashtra, then some the journeys end in.
MUMBAI, PUNE = "482", "490"
ENDS = ("Patna", "Gaya", "Lucknow", "Varanasi", "Ranchi", "Jaipur", "Bhopal", "Indore")
FIRST_NAMES = ("Asha", "रवि", "மணி", "লিপি", "ਗੁਰਮੀਤ", "Joseph", "క్రాంతి", "عائشہ")


def rows(count: int, *, seed: int = 1, refs: str = "") -> list[dict[str, str]]:
    """Good rows of a batch of Maharashtra's; ``refs`` is a prefix of source_ref."""
    rng = random.Random(seed)  # noqa: S311 - made-up rows, no secret
    return [_row(rng, at, refs) for at in range(count)]


def _row(rng: random.Random, at: int, refs: str) -> dict[str, str]:
    row = dict.fromkeys(NAMES, "")
    row |= {
        "name": f"{rng.choice(FIRST_NAMES)} Namuna {rng.choice('ABCDEFGH')}",
        "age": str(rng.randint(0, 90)),
        "gender": rng.choice(("male", "female", "other", "")),
        "mobile": f"{rng.choice('6789')}{rng.randrange(10**9):09}",
        "category": rng.choice(("labour", "student", "tourist", "pilgrim", "other")),
        "origin_district": rng.choice((MUMBAI, PUNE)),
        "destination_district": rng.choice(ENDS),
        "travel_date": f"2020-05-{rng.randint(1, 31):02}",
        "mode": rng.choice(("train", "bus")),
        "current_address": f"Khata {rng.randrange(10**6)}, Gali 4",
        "permanent_address": f"Gram {rng.randrange(10**6)}, PIN 800001",
        "source_ref": f"{refs}{at}" if refs else "",
    }
    return row


def csv_body(people: list[dict[str, str]]) -> bytes:
    """The rows as CSV with every column."""
    out = io.StringIO()
    writer = csv.DictWriter(out, NAMES)
    writer.writeheader()
    writer.writerows(people)
    return out.getvalue().encode()
