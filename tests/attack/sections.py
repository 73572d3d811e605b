"""The attacks in order; each section gives its lines of the table."""

from tests.attack.section_bounds import bounds
from tests.attack.section_changed import changed
from tests.attack.section_guesses import guessed
from tests.attack.section_shown import shown
from tests.attack.section_sums import sums
from tests.attack.section_together import together
from tests.attack.section_true import true

SECTIONS = {
    "shown": shown,
    "bounds": bounds,
    "guesses": guessed,
    "together": together,
    "sums": sums,
    "true": true,
    # Last: it releases again.
    "changed": changed,
}
