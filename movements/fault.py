"""What is wrong with a row: stable codes, their words, and masked values."""

import re
from dataclasses import dataclass

from movements.columns import PERSONAL

# Shown of a value that is not personal: enough to recognise it by.
_SHOWN = 60
_LAST_DIGITS = 2
# Nine digits or more may be a mobile or an Aadhaar number in the wrong column.
_LONG_NUMBER = re.compile(r"\d(?:[\s-]?\d){8,}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one row; the value is masked already."""

    row: int
    field: str
    code: str
    value: str | None
    suggestion: str | None

    def body(self) -> dict[str, object]:
        """Return the fault as the receipt shows it, in English and Hindi."""
        english, hindi = CODES[self.code]
        return {
            "row": self.row,
            "field": self.field,
            "code": self.code,
            "message": english,
            "message_hi": hindi,
            "value": self.value,
            "suggestion": self.suggestion,
        }


CODES: dict[str, tuple[str, str]] = {
    "required": ("a value is needed here", "यहाँ मान आवश्यक है"),
    "too_long": ("longer than allowed", "अनुमत लंबाई से अधिक"),
    "unreadable_text": (
        "holds signs that no text has (NUL, control or broken characters)",
        "पाठ में अमान्य वर्ण हैं",
    ),
    "bidi_control": (
        "holds signs that turn the direction of text",
        "पाठ की दिशा बदलने वाले वर्ण हैं",
    ),
    "formula": ("looks like a spreadsheet formula", "यह स्प्रेडशीट सूत्र जैसा है"),
    "no_letters": ("a name has letters", "नाम में अक्षर होने चाहिए"),
    "not_an_integer": ("not a whole number", "पूर्ण संख्या नहीं है"),
    "age_out_of_range": ("age is 0 to 120 years", "आयु 0 से 120 वर्ष होती है"),
    "not_allowed_value": ("not one of the allowed values", "अनुमत मानों में से नहीं है"),
    "mobile_invalid": (
        "a mobile number has ten digits, the first 6 to 9",
        "मोबाइल संख्या दस अंकों की होती है, पहला अंक 6 से 9",
    ),
    "mobile_scientific_notation": (
        "a spreadsheet has shortened the number; its digits are lost",
        "स्प्रेडशीट ने संख्या छोटी कर दी है; अंक खो गए हैं",
    ),
    "aadhaar_length": ("Aadhaar has twelve digits", "आधार में बारह अंक होते हैं"),
    "aadhaar_first_digit": (
        "Aadhaar starts with 2 to 9",
        "आधार का पहला अंक 2 से 9 होता है",
    ),
    "aadhaar_check_digit": (
        "the last digit does not check the others: a digit is wrong or two are swapped",
        "जाँच अंक मेल नहीं खाता: कोई अंक गलत है या अदल-बदल गया है",
    ),
    "aadhaar_scientific_notation": (
        "a spreadsheet has shortened the number; its digits are lost",
        "स्प्रेडशीट ने संख्या छोटी कर दी है; अंक खो गए हैं",
    ),
    "unknown_district": ("no district by this name or code", "ऐसा कोई ज़िला नहीं है"),
    "ambiguous_district": (
        "several districts go by this name",
        "इस नाम के एक से अधिक ज़िले हैं",
    ),
    "unknown_state": ("no state by this name or code", "ऐसा कोई राज्य नहीं है"),
    "ambiguous_state": (
        "several states may be meant",
        "एक से अधिक राज्य अभिप्रेत हो सकते हैं",
    ),
    "not_your_state": (
        "neither end of the journey is in your state",
        "यात्रा का कोई भी छोर आपके राज्य में नहीं है",
    ),
    "not_your_arrival": (
        "the journey does not end where you register arrivals",
        "यात्रा का गंतव्य वह स्थान नहीं है जहाँ आप आगमन दर्ज करते हैं",
    ),
    "not_by_train": (
        "this person did not come by train",
        "यह व्यक्ति रेल से नहीं आया",
    ),
    "no_train": (
        "a coach is of a train on a day, and that is not told",
        "कोच किसी दिन की रेल का होता है, और वह नहीं बताई गई है",
    ),
    "not_a_mark": (
        "a bus is told by its registration mark",
        "बस पंजीकरण नंबर से बताई जाती है",
    ),
    "other_day": (
        "days lie between this day and the one on which the train left",
        "इस दिन और रेल के चलने के दिन में कई दिनों का अंतर है",
    ),
    "date_format": ("not a date in a form we take", "तिथि का रूप मान्य नहीं है"),
    "excel_serial_date": (
        "a spreadsheet's day number, not a date",
        "यह स्प्रेडशीट की दिन-संख्या है, तिथि नहीं",
    ),
    "impossible_date": ("there is no such day", "ऐसा कोई दिन नहीं है"),
    "travel_date_outside_window": (
        "the travel date is outside the days we take",
        "यात्रा तिथि स्वीकार्य अवधि से बाहर है",
    ),
    "not_a_number": ("not a number", "संख्या नहीं है"),
    "coordinate_missing_half": (
        "longitude and latitude come together or not at all",
        "देशांतर और अक्षांश साथ दें या दोनों न दें",
    ),
    "coordinate_out_of_range": (
        "longitude is -180 to 180, latitude -90 to 90 degrees",
        "देशांतर -180 से 180, अक्षांश -90 से 90 अंश होता है",
    ),
    "outside_district": (
        "the point is not in the stated district",
        "बिंदु बताए गए ज़िले में नहीं है",
    ),
    "route_gap": (
        "two states that follow each other do not touch",
        "क्रम में आए दो राज्य आपस में नहीं मिलते",
    ),
    "duplicate_source_ref": (
        "the same source_ref stands earlier in this batch",
        "यही source_ref इस बैच में पहले आ चुका है",
    ),
    "source_ref_personal": (
        "source_ref is the person's mobile or Aadhaar number; it is stored in plain",
        "source_ref में मोबाइल या आधार संख्या न दें",
    ),
    "column_count": (
        "the row has more or fewer values than the header has columns",
        "पंक्ति में मानों की संख्या शीर्षक से मेल नहीं खाती",
    ),
    "unreadable_row": ("not a JSON object", "यह JSON वस्तु नहीं है"),
    "formula_without_value": (
        "the spreadsheet has not computed this formula",
        "स्प्रेडशीट ने इस सूत्र का मान नहीं निकाला है",
    ),
    "spreadsheet_error": (
        "the spreadsheet shows an error here, as #REF!",
        "स्प्रेडशीट यहाँ त्रुटि दिखाती है, जैसे #REF!",
    ),
    "merged_cell": (
        "merged with another cell, which holds the value",
        "यह कोष्ठ दूसरे कोष्ठ से मिला हुआ है, मान उसी में है",
    ),
    "number_shortened": (
        "a long number has been shortened; digits are lost",
        "लंबी संख्या छोटी कर दी गई है; अंक खो गए हैं",
    ),
    "journey_under_way": (
        "the journey has departed or arrived; its day, ends and route stay as they are",
        "यात्रा शुरू हो चुकी है; उसका दिन, छोर और मार्ग नहीं बदले जा सकते",
    ),
    "erased_on_request": (
        "this person was erased because they asked; leave the row out",
        "इस व्यक्ति के अनुरोध पर उसका विवरण मिटा दिया गया है; यह पंक्ति न भेजें",
    ),
    "day_or_month": (
        "day and month may be swapped in this column",
        "इस स्तंभ में दिन और माह अदल-बदल हो सकते हैं",
    ),
}

# Codes of faults that show no value.
NOT_SHOWN = frozenset({"erased_on_request"})

# What to do about a cell that could not be read as what it says.
CELL_ADVICE = {
    "formula_without_value": "open and save it in a spreadsheet, or write the value",
    "spreadsheet_error": "write the value",
    "merged_cell": "unmerge the cells and write the value in each",
    "number_shortened": "format the column as text, then refill",
    "day_or_month": "write the whole column as yyyy-mm-dd",
    "duplicate_source_ref": "an earlier row of the file has it",
    "required": "give each row the id that your own system has for it",
}


def masked(field: str, value: str | None) -> str | None:
    """Return what may be shown of a value.

    Of a personal field only its length and, of numbers, the last two digits; of
    any other field long runs of digits are hidden, as columns may be mixed up.
    """
    if value is None:
        return None
    if field in PERSONAL:
        digits = re.sub(r"\D", "", value)
        last = digits[-_LAST_DIGITS:] if field in ("mobile", "aadhaar") else ""
        return "•" * min(len(value) - len(last), _SHOWN) + last
    return shown(value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…")


def shown(text: str) -> str:
    """Return a text that may be shown and stored: printable, long numbers hidden."""
    printable = "".join(sign if sign.isprintable() else "�" for sign in text)
    return _LONG_NUMBER.sub(lambda run: "•" * len(run[0]), printable)
