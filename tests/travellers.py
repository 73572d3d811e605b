"""Made-up travellers, a few at a time, for stories told over HTTP."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

MAHARASHTRA, BIHAR, KERALA, MADHYA, UTTAR = 27, 10, 32, 23, 9
PUNE, MUMBAI, PATNA, GAYA = 490, 482, 212, 196
TODAY = datetime.now(ZoneInfo("Asia/Kolkata")).date()
SOON = TODAY + timedelta(days=1)
HEAD = (
    "name,age,gender,mobile,aadhaar,category,origin_district,destination_district,"
    "travel_date,mode,route_states,current_address,permanent_address,source_ref\n"
)
STATES = "Maharashtra;Madhya Pradesh;Uttar Pradesh;Bihar"


def mobile(at: int) -> str:
    """The mobile of a traveller by number, as it is kept."""
    return f"+9198765{at:05}"


def row(
    at: int,
    *,
    day: date = SOON,
    mode: str = "train",
    to: str = "Patna, Bihar",
    name: str = "",
    aadhaar: str = "",
) -> str:
    """A row of an upload, from Pune; its number is in every personal field."""
    return (
        f"{name or f'Namuna {at}'},{20 + at % 50},female,{mobile(at)[3:]},{aadhaar},"
        f'labour,"Pune, Maharashtra","{to}",{day},{mode},{STATES},Khata {at},Gram {at},'
        f"ref-{at}\n"
    )
