"""The parameters of a request as the models that its view names.

flask-openapi3 documents a view by the types of ``path`` and ``query``, and would read
them as well, going through every field of the model for each request: a twelfth of a
tile's time. Maps ask with the same few texts again and again, so what a text means is
read once and kept.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar, get_type_hints

from flask import Response, abort, request
from pydantic import BaseModel, ValidationError

from boundaries.recent import Recent
from gis_service import errors

View = TypeVar("View", bound=Callable[..., Any])

# Readings that are kept, and of how long a text; a map's is some 60 characters.
KEPT = 512
LONGEST_KEPT = 400

# May be sent several times; of any other name one value would be dropped in silence.
SEVERAL = {"mode", "category", "stage"}

_READ: Recent[BaseModel] = Recent(KEPT)


def read(view: View) -> View:
    """Give a view its ``path`` and ``query``; write it right above the view.

    What is not allowed is told as flask-openapi3 would have it told.
    """
    hints = get_type_hints(view)
    path: type[BaseModel] | None = hints.get("path")
    query: type[BaseModel] | None = hints.get("query")

    @wraps(view)
    def reading(**parts: object) -> Response:
        given: dict[str, BaseModel] = {}
        try:
            if path:
                given["path"] = path.model_validate(parts)
            if query:
                given["query"] = _query(query)
        except ValidationError as error:
            abort(errors.invalid(error))
        answer: Response = view(**given)
        return answer

    # Tells flask-openapi3 to leave the reading to the view.
    reading.__dict__["__delay_validate_request__"] = True
    return reading  # type: ignore[return-value]  # called with what the address holds


def _query(model: type[BaseModel]) -> BaseModel:
    text = request.query_string
    if len(text) > LONGEST_KEPT:
        return model.model_validate(_values())
    return _READ.of((model, text), lambda: model.model_validate(_values()))


def _values() -> Mapping[str, object]:
    return {
        name: values if name in SEVERAL else values[0]
        for name, values in request.args.lists()
    }
