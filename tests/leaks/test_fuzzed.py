"""Requests made of the OpenAPI document, good and bad: no role gets a 5xx."""

import pytest

from tests.leaks.conftest import SOME, headers_of
from tests.leaks.fuzzing import answers

OURS_TO_MEND = 500
FEW, MANY = 1, 10


@pytest.mark.parametrize("reader", [None, *SOME[:3]], ids=str)
def test_no_request_of_the_document_breaks_the_service(app, crowd, token, reader):
    assert _broken(app, token, reader, examples=FEW) == []


@pytest.mark.fuzz
@pytest.mark.parametrize("reader", [None, *SOME], ids=str)
def test_no_request_of_any_role_breaks_the_service(app, crowd, token, reader):
    assert _broken(app, token, reader, examples=MANY) == []


def _broken(app, token, reader, *, examples: int) -> list:
    shown = headers_of(token, reader)
    asked = list(answers(app, shown, examples=examples))
    assert len(asked) > 100
    return [each for each in asked if each.status >= OURS_TO_MEND]
