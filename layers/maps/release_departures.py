"""About how many journeys begin in each unit, of a release."""

from layers.told import choropleth

LAYER = choropleth(
    name="release_departures",
    title="Departures, protected release",
    abstract="About how many journeys begin in each district (or state, with"
    " level=state) and go to another one, of the newest protected release.",
    end="origin",
)
