"""What is suggested for a fault, and what is told of an upload, in Hindi.

The rules suggest in English; this is the one place that knows the other language, so
that a receipt is stored once and read in either.
"""

import re

_TEXT_COLUMN = "स्तंभ को पाठ के रूप में सहेजकर फिर भरें"
SUGGESTIONS = {
    "save as UTF-8": "UTF-8 में सहेजें",
    "type the text again": "पाठ दोबारा टाइप करें",
    "write it without the first sign": "पहले चिह्न के बिना लिखें",
    "whole years, 0 to 120": "पूरे वर्ष, 0 से 120",
    "male, female or other": "male, female या other",
    "format the column as text, then refill": _TEXT_COLUMN,
    "format the column as text, then refill; or leave it empty": f"{_TEXT_COLUMN}; या"
    " खाली छोड़ दें",
    "write +91, not 91, before the number": "संख्या से पहले 91 नहीं, +91 लिखें",
    "ten digits, the first 6 to 9": "दस अंक, पहला 6 से 9",
    "twelve digits, or leave it empty": "बारह अंक, या खाली छोड़ दें",
    "correct it, or leave it empty": "सुधारें, या खाली छोड़ दें",
    "an LGD code, or the name as LGD has it": "LGD कोड, या LGD में लिखा नाम",
    "labour, student, tourist, pilgrim or other": "labour, student, tourist, pilgrim या"
    " other",
    "train or bus": "train या bus",
    "yes or no": "yes या no",
    "as it was sent before, or leave it out": "जैसा पहले भेजा था, या न भेजें",
    "correct who travels, not the journey; or leave the row out": "यात्री का विवरण सुधारें,"
    " यात्रा का नहीं; या यह पंक्ति न भेजें",
    "as 72.8777": "जैसे 72.8777",
    "send an id of your own making": "अपनी बनाई हुई क्रम-संख्या भेजें",
    "longitude and latitude look swapped": "देशांतर और अक्षांश अदल-बदल लगते हैं",
    "open and save it in a spreadsheet, or write the value": "फ़ाइल को स्प्रेडशीट में"
    " खोलकर सहेजें, या मान लिखें",
    "write the value": "मान लिखें",
    "send these without the train": "इन्हें रेल बताए बिना भेजें",
    "send the train's number and day as well": "रेल का नंबर और दिन भी भेजें",
    "as XX00AB1234": "जैसे XX00AB1234",
    "give each row the id that your own system has for it": "हर पंक्ति को अपनी प्रणाली"
    " की आईडी दें",
    "unmerge the cells and write the value in each": "कोष्ठ अलग करें और हर कोष्ठ में मान लिखें",
    "an earlier row of the file has it": "फ़ाइल की किसी पहले की पंक्ति में यही है",
    "write the whole column as yyyy-mm-dd": "पूरा स्तंभ yyyy-mm-dd रूप में लिखें",
}


def _spans(found: re.Match[str]) -> str:
    return re.sub(r"(\S+) to (\S+)", r"\1 से \2 तक", found[0])


_FORMS = r"(yyyy-mm-dd(?: or dd/mm/yyyy)?)"
_PATTERNS = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"at most (\d+) signs", r"अधिकतम \1 वर्ण"),
        (r"one end must be in (.+)", r"यात्रा का एक छोर \1 में होना चाहिए"),
        (rf"write it as {_FORMS}", r"\1 रूप में लिखें"),
        (rf"{_FORMS}; the month is never first", r"\1; माह कभी पहले नहीं"),
        (_FORMS, r"\1"),
        (r"(?:[\d-]{10} to [\d-]{10}(?: or )?)+", _spans),
        (
            r"the district that you answer for: LGD (\d+)",
            r"वह ज़िला जिसके लिए आप उत्तरदायी हैं: LGD \1",
        ),
        (
            r"the state that you answer for: LGD (\d+)",
            r"वह राज्य जिसके लिए आप उत्तरदायी हैं: LGD \1",
        ),
        (
            r"at most (\d+) days before or after ([\d-]{10})",
            r"\2 से अधिक से अधिक \1 दिन पहले या बाद",
        ),
        (r"see row (\d+)", r"पंक्ति \1 देखें"),
        (
            r"a point in the district, within ([\d.]+) degrees, or none",
            r"ज़िले के भीतर का बिंदु (\1 अंश तक), या कोई नहीं",
        ),
        (
            rf"([\d-]+) if days are counted from 1900, ([\d-]+) if from 1904; {_FORMS}",
            r"1900 से गिनें तो \1, 1904 से गिनें तो \2; \3",
        ),
    )
)
_GAP = (
    (" do not touch", " आपस में नहीं मिलते"),
    (". Complete routes: ", "। पूरे मार्ग: "),
    (". Or send accept_route_gap=true", "। या accept_route_gap=true भेजें"),
)
_WORDS = ((" and ", " और "), (" or ", " या "), ("(for ", "("))

# What these tell names something of the sender's behind a colon.
_NAMING = ("sheet_read", "sheet_not_read", "mapping")
IGNORED = {
    "read_as_windows_1252": "पाठ UTF-8 में नहीं है, Windows-1252 मानकर पढ़ा गया",
    "blank_line": "खाली पंक्तियाँ",
    "unknown_column": "यह स्तंभ नहीं लिया जाता",
    "guardian_unknown": "इस guardian_ref से अभी तक कोई व्यक्ति नहीं भेजा गया; जैसा भेजा वैसा"
    " रखा गया",
    "walk_in_ref": "बिना सूची के आया व्यक्ति केवल विशिष्ट आईडी से जाना जाता है; क्रमांक इन्हीं"
    " पंक्तियों में अभिभावक बताता है और सहेजा नहीं जाता",
    "guardian_not_here": "इन पंक्तियों में, या जिन लोगों को आप देख सकते हैं उनमें, यह अभिभावक नहीं"
    " मिला; जैसा भेजा वैसा रखा गया",
    "under_way_not_named": "जो यात्राएँ शुरू हो चुकी हैं और फ़ाइल में नहीं हैं; वे बनी रहेंगी",
    "permission_lapsed": "दिन, ज़िला या साधन बदलने पर यात्रा नए सिरे से शुरू होती है: पहले की"
    " अनुमति और ट्रेन अब लागू नहीं",
    "aadhaar_off": "यहाँ आधार नहीं रखा जाता; यह सहेजा नहीं गया",
    "sheet_read": "पढ़ी गई शीट",
    "sheet_not_read": "ये शीट नहीं पढ़ी गईं",
    "mapping": "इस मानचित्रण से पढ़ा गया",
    "formula_value": "सूत्रों के वही मान लिए गए जो स्प्रेडशीट ने पिछली बार निकाले थे",
}


def suggested(english: str) -> str:
    """Return a suggestion in Hindi; names, codes and forms stay as they are."""
    if english in SUGGESTIONS:
        return SUGGESTIONS[english]
    told = english
    for pattern, words in _PATTERNS:
        if pattern.fullmatch(english):
            told = pattern.sub(words, english)
    for said, words in (*_GAP, *_WORDS):
        told = told.replace(said, words)
    return told


def ignored(code: str, english: str) -> str:
    """Return what is told of an upload in Hindi, with the sheets that are named."""
    said = IGNORED.get(code, english)
    named = english.partition(": ")[2] if code in _NAMING else ""
    return f"{said}: {named}" if named else said
