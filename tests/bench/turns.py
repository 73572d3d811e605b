"""Two or more programs asked the same things in turn, so that both see the same minute.

Who begins changes with each question. A round is a fresh server of each: its first
answer is cold and told apart.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median

from tests.bench import bar
from tests.bench.bar import Bar
from tests.bench.service import Answer

Round = Mapping[str, list[float]]


def asked(
    sides: Mapping[str, Callable[[str], Answer]], questions: Iterable[str]
) -> dict[str, list[float]]:
    """Return each side's milliseconds per question, in order.

    A question that any side answers without a body (204) is left out for all.
    """
    found: dict[str, list[float]] = {name: [] for name in sides}
    for number, question in enumerate(questions):
        turn = [*sides.items()]
        at = number % len(turn)
        answers = {name: ask(question) for name, ask in turn[at:] + turn[:at]}
        if all(answer.body for answer in answers.values()):
            for name, answer in answers.items():
                found[name].append(answer.seconds * 1e3)
    return found


def speeds(rounds: Sequence[Round], *, ours: str, other: str) -> list[float]:
    """Return, per round, how many times as fast we are, by the medians of warm ones."""
    return [median(each[other][1:]) / median(each[ours][1:]) for each in rounds]


def told(rounds: Sequence[Round], *, note: str) -> list[Bar]:
    """Return every side's warm median and first answer."""
    return [
        line
        for side in rounds[0]
        for line in (
            bar.told(f"  {side}{note}", [median(r[side][1:]) for r in rounds], "ms"),
            bar.told(f"  {side}{note}, first", [r[side][0] for r in rounds], "ms"),
        )
    ]
