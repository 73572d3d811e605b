"""What a file says of itself: whose data, under which licence, of what question."""

from datetime import date

from layers.layer import Layer
from layers.question import Question


def told(layer: Layer, question: Question) -> dict[str, str]:
    """Return names and values; what does not apply is not among them."""
    said = {
        "title": layer.title,
        "abstract": layer.abstract,
        "attribution": layer.source.attribution,
        "licence": layer.source.licence,
        "lineage": layer.source.lineage,
    }
    if not layer.filters:
        return said
    window, heeded = question.window, set(layer.filters)
    asked: dict[str, object] = {
        "release": question.release if layer.released else None,
        "told": question.told if layer.released else None,
        "scope": None if layer.released else question.scope.key(),
        "from": None if window.first == date.min else window.first,
        "to": None if window.last == date.max else window.last,
        "level": question.level if "level" in heeded else None,
        "mode": ",".join(question.modes) or None,
        "category": ",".join(question.categories) or None,
        "stage": ",".join(question.stages) or None,
        "unit": question.unit,
        "direction": question.direction if question.unit else None,
        "bbox": question.bbox and ",".join(map(str, question.bbox)),
        "k": question.k if "k" in heeded else None,
    }
    return said | {
        name: str(value) for name, value in asked.items() if value is not None
    }
