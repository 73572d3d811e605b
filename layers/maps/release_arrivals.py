"""About how many journeys end in each unit, of a release."""

from layers.told import choropleth

LAYER = choropleth(
    name="release_arrivals",
    title="Arrivals, protected release",
    abstract="About how many journeys end in each district (or state, with"
    " level=state) and come from another one, of the newest protected release.",
    end="destination",
)
