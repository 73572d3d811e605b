"""Requests that schemathesis makes of the OpenAPI document, sent as each role."""

from collections.abc import Iterator
from dataclasses import dataclass

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode


@dataclass(frozen=True, slots=True)
class Answer:
    """How one request was answered; the request by its address alone."""

    method: str
    path: str
    status: int
    text: str


def answers(app, headers: dict[str, str], *, examples: int) -> Iterator[Answer]:
    """Yield the answers to made-up requests, allowed and not, of every operation."""
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            yield from _of(operation, mode, headers, examples)


def _of(operation, mode, headers, examples: int) -> list[Answer]:
    told: list[Answer] = []

    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case) -> None:
        answer = case.call(headers=headers)
        said = answer.content[:300].decode(errors="replace")
        told.append(Answer(operation.method, case.path, answer.status_code, said))

    try:
        ask()
    except Exception as error:
        # Nothing can be made wrong of an operation without parameters.
        if type(error).__name__ not in ("Unsatisfiable", "SkipTest", "InvalidArgument"):
            raise
    return told
