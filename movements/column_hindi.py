"""The columns of a batch row in Hindi, and examples of each; all people are made up."""

from collections.abc import Mapping

from movements.flow import CATEGORIES, MODES

# The column's name, and what it holds.
HINDI: Mapping[str, tuple[str, str]] = {
    "name": ("नाम", "जैसा लिखा जाता है, किसी भी लिपि में; अधिकतम 200 वर्ण"),
    "age": ("आयु", "पूरे वर्ष, 0 से 120"),
    "gender": ("लिंग", "male, female या other (m, f, o)"),
    "mobile": ("मोबाइल", "दस अंक, पहला 6 से 9; पहले +91, 0091 या 0 हो सकता है"),
    "aadhaar": ("आधार", "बारह अंक; NMIS_AADHAAR के अनुसार ही रखा जाता है"),
    "category": ("श्रेणी", "labour, student, tourist, pilgrim या other"),
    "origin_district": ("प्रस्थान ज़िला", "LGD कोड, नाम, या नाम और राज्य"),
    "destination_district": ("गंतव्य ज़िला", "LGD कोड, नाम, या नाम और राज्य"),
    "travel_date": ("यात्रा तिथि", "yyyy-mm-dd; CSV और XLSX में dd/mm/yyyy भी"),
    "mode": ("साधन", "train या bus"),
    "route_states": ("मार्ग के राज्य", "क्रम में गुज़रे राज्य, बीच में ;"),
    "current_address": ("वर्तमान पता", "जहाँ यात्रा शुरू होती है; अधिकतम 500 वर्ण"),
    "permanent_address": ("स्थायी पता", "जहाँ यात्रा समाप्त होती है; अधिकतम 500 वर्ण"),
    "origin_lon": ("प्रस्थान देशांतर", "पूर्वी अंश, WGS 84"),
    "origin_lat": ("प्रस्थान अक्षांश", "उत्तरी अंश, WGS 84"),
    "destination_lon": ("गंतव्य देशांतर", "पूर्वी अंश, WGS 84"),
    "destination_lat": ("गंतव्य अक्षांश", "उत्तरी अंश, WGS 84"),
    "source_ref": ("आपका क्रमांक", "आपकी अपनी पंक्ति-संख्या; दोबारा भेजने पर सुधार होता है"),
    "mobile_borrowed": ("मोबाइल किसी और का", "yes, यदि मोबाइल किसी दूसरे व्यक्ति का है"),
    "guardian_ref": ("अभिभावक", "अवयस्क के साथ वाले का आपका क्रमांक या विशिष्ट आईडी"),
}

# Where a column holds one of a few words.
ALLOWED: Mapping[str, tuple[str, ...]] = {
    "gender": ("male", "female", "other"),
    "category": CATEGORIES,
    "mode": MODES,
    "mobile_borrowed": ("yes", "no"),
}

EXAMPLES: tuple[Mapping[str, str], ...] = (
    {
        "name": "Asha Namuna",
        "age": "34",
        "gender": "female",
        "mobile": "9876543210",
        "mobile_borrowed": "no",
        "category": "labour",
        "origin_district": "Pune, Maharashtra",
        "destination_district": "Patna, Bihar",
        "travel_date": "2020-05-24",
        "mode": "train",
        "current_address": "Namuna Gali 1, Pune 411001",
        "permanent_address": "Gram Namuna, Patna 800001",
        "source_ref": "A-1",
    },
    {
        "name": "रवि नमूना",
        "age": "29",
        "gender": "male",
        "mobile_borrowed": "no",
        "category": "student",
        "origin_district": "Mumbai",
        "destination_district": "Aurangabad, Bihar",
        "travel_date": "2020-05-24",
        "mode": "bus",
        "route_states": "27;23;9;10",
        "origin_lon": "72.8777",
        "origin_lat": "19.0760",
        "source_ref": "A-2",
    },
)
