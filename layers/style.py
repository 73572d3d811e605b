"""How a layer is drawn: one style, from which map styles and legends are made."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Class:
    """One class of a style.

    Attributes:
        above: the class holds values of the style's field from this one on.
        colour: ``#rrggbb``.
        width: line width in px, for lines.
        label: what the legend says.
    """

    above: float
    colour: str
    label: str
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Style:
    """How every feature of a layer is drawn.

    Attributes:
        classes: from the lowest ``above`` up; one class alone draws all alike.
        field: the column whose value chooses the class; none with one class.
        outline: colour of the border of polygons, ``#rrggbb``.
        outline_width: its width in px.
        opacity: 0 to 1.
        label: the column that names a feature, where one does.

    Raises:
        ValueError: no class, classes out of order, or several without a field.
    """

    classes: tuple[Class, ...]
    field: str | None = None
    outline: str = "#5b6770"
    outline_width: float = 0.5
    opacity: float = 0.8
    label: str | None = None

    def __post_init__(self) -> None:
        """Refuse classes that could not be told apart."""
        bounds = [each.above for each in self.classes]
        if not bounds or bounds != sorted(set(bounds)):
            raise ValueError(f"class bounds {bounds}; allowed: rising, at least one")
        if len(bounds) > 1 and self.field is None:
            raise ValueError("several classes need a field to choose between them")


def legend(style: Style) -> list[dict[str, object]]:
    """Return the legend's lines, lowest class first."""
    return [
        {
            "label": each.label,
            "colour": each.colour,
            "width": each.width,
            "above": each.above,
        }
        for each in style.classes
    ]


# Many small flows must not hide the few large ones: widths grow by a factor, as the
# classes' bounds do.
THINNEST = 0.9  # px
GROWTH = 1.5


def ramp(bounds: tuple[float, ...], colours: tuple[str, ...]) -> tuple[Class, ...]:
    """Return classes from rising bounds, labelled "a to b" and "b or more"."""
    following = (*bounds[1:], None)
    return tuple(
        Class(
            above=low,
            colour=colour,
            label=f"{low:g} or more" if high is None else f"{low:g} to {high:g}",
            width=round(THINNEST * GROWTH**step, 2),
        )
        for step, (low, high, colour) in enumerate(
            zip(bounds, following, colours, strict=True)
        )
    )


def about(classes: tuple[Class, ...]) -> tuple[Class, ...]:
    """Return classes whose labels say that what they hold is rounded."""
    return tuple(replace(each, label=f"about {each.label}") for each in classes)
