"""Find the one object that each module of a package offers."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")


def discover(package: ModuleType, attribute: str, kind: type[T]) -> dict[str, T]:
    """Return ``{module name: module.attribute}`` for every module of ``package``.

    A module whose name begins with an underscore is shared by its neighbours and
    offers nothing.

    Raises:
        TypeError: a module offers no ``attribute``, or one that is not a ``kind``.
    """
    found: dict[str, T] = {}
    for module in iter_modules(package.__path__):
        if module.name.startswith("_"):
            continue
        path = f"{package.__name__}.{module.name}"
        offered = getattr(import_module(path), attribute, None)
        if not isinstance(offered, kind):
            raise TypeError(f"{path} offers no {attribute} of kind {kind.__name__}")
        found[module.name] = offered
    return found
