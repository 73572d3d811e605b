"""Invented names in the scripts of India; the last name says that it is a sample.

A first name is put together from two syllables that mean nothing; the last name is
the word for *sample* in the language. Some syllables hold joiners (U+200C, U+200D),
which names must keep.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from gis_service.demo.figures import Codes


@dataclass(frozen=True, slots=True)
class Script:
    """Syllables to begin and to end a first name with, and the word for sample."""

    begin: tuple[str, ...]
    end: tuple[str, ...]
    sample: str

    def first_names(self) -> list[str]:
        """Return every first name of the script."""
        return [begin + end for begin in self.begin for end in self.end]


LATIN = Script(
    ("Tavi", "Molu", "Keza", "Ruvo", "Beni", "Zolu", "Palo", "Dimu"),
    ("rak", "nesh", "dor", "lita", "vin", "mora", "san", "peti"),
    "Namuna",
)
DEVANAGARI = Script(
    ("तावि", "मोलु", "केज़ा", "रूवो", "बेनि", "ज़ोलु", "पालो", "दिमु"),
    ("रक", "नेश", "दोर", "लिता", "विन", "मोरा", "क्‌षन", "पेटी"),
    "नमूना",
)
BENGALI = Script(
    ("তাবি", "মোলু", "কেজা", "রুভো", "বেনি", "র‍্যা", "পালো", "দিমু"),
    ("রক", "নেশ", "দোর", "লিতা", "বিন", "মোরা", "সান", "পেটি"),
    "নমুনা",
)
TAMIL = Script(
    ("தாவி", "மோலு", "கேசா", "ரூவோ", "பேனி", "சோலு", "பாலோ", "திமு"),
    ("ரக்", "நேஷ்", "தோர்", "லிதா", "வின்", "மோரா", "சான்", "பேடி"),
    "மாதிரி",
)
TELUGU = Script(
    ("తావి", "మోలు", "కేజా", "రూవో", "బేని", "జోలు", "పాలో", "దిము"),
    ("రక్", "నేష్", "దోర్‌", "లితా", "విన్", "మోరా", "సాన్", "పేటి"),
    "నమూనా",
)
ODIA = Script(
    ("ତାଭି", "ମୋଲୁ", "କେଜା", "ରୁଭୋ", "ବେନି", "ଜୋଲୁ", "ପାଲୋ", "ଦିମୁ"),
    ("ରକ", "ନେଶ", "ଦୋର", "ଲିତା", "ଭିନ", "ମୋରା", "ସାନ", "ପେଟି"),
    "ନମୁନା",
)
GUJARATI = Script(
    ("તાવિ", "મોલુ", "કેઝા", "રૂવો", "બેનિ", "ઝોલુ", "પાલો", "દિમુ"),
    ("રક", "નેશ", "દોર", "લિતા", "વિન", "મોરા", "સાન", "પેટી"),
    "નમૂનો",
)
KANNADA = Script(
    ("ತಾವಿ", "ಮೋಲು", "ಕೇಜಾ", "ರೂವೋ", "ಬೇನಿ", "ಜೋಲು", "ಪಾಲೋ", "ದಿಮು"),
    ("ರಕ್", "ನೇಶ್", "ದೋರ್‌", "ಲಿತಾ", "ವಿನ್", "ಮೋರಾ", "ಸಾನ್", "ಪೇಟಿ"),
    "ಮಾದರಿ",
)
MALAYALAM = Script(
    ("താവി", "മോലു", "കേജാ", "രൂവോ", "ബേനി", "ജോലു", "പാലോ", "ദിമു"),
    ("രക്", "നേഷ്", "ദോര്‍", "ലിതാ", "വിന്‍", "മോരാ", "സാന്‍", "പേടി"),
    "മാതൃക",
)
GURMUKHI = Script(
    ("ਤਾਵਿ", "ਮੋਲੁ", "ਕੇਜ਼ਾ", "ਰੂਵੋ", "ਬੇਨਿ", "ਜ਼ੋਲੁ", "ਪਾਲੋ", "ਦਿਮੁ"),
    ("ਰਕ", "ਨੇਸ਼", "ਦੋਰ", "ਲਿਤਾ", "ਵਿਨ", "ਮੋਰਾ", "ਸਾਨ", "ਪੇਟੀ"),
    "ਨਮੂਨਾ",
)

SCRIPTS = (
    LATIN,
    DEVANAGARI,
    BENGALI,
    TAMIL,
    TELUGU,
    ODIA,
    GUJARATI,
    KANNADA,
    MALAYALAM,
    GURMUKHI,
)

# Which script the people of a state write beside Latin, by LGD code; else Latin.
OF_STATE = {
    **dict.fromkeys((2, 5, 6, 7, 8, 9, 10, 20, 22, 23, 27), DEVANAGARI),
    **dict.fromkeys((16, 18, 19), BENGALI),
    **dict.fromkeys((33, 34), TAMIL),
    **dict.fromkeys((28, 36), TELUGU),
    **dict.fromkeys((24, 38), GUJARATI),
    3: GURMUKHI,
    21: ODIA,
    29: KANNADA,
    32: MALAYALAM,
}
WRITTEN_IN_LATIN = 0.45


def names(rng: np.random.Generator, state: Codes) -> pl.Series:
    """Return a name per person, in the script of the state they go home to.

    Args:
        rng: the seeded generator.
        state: the LGD code of each person's state.
    """
    every = [
        f"{first} {script.sample}"
        for script in SCRIPTS
        for first in script.first_names()
    ]
    each = len(every) // len(SCRIPTS)
    script_of = np.zeros(int(state.max(initial=0)) + 1, dtype=np.int64)
    for code, script in OF_STATE.items():
        if code < script_of.size:
            script_of[code] = SCRIPTS.index(script)
    written = np.where(rng.random(state.size) < WRITTEN_IN_LATIN, 0, script_of[state])
    return pl.Series("name", every)[written * each + rng.integers(0, each, state.size)]
