"""How many people leave each unit."""

from layers.counts import choropleth

LAYER = choropleth(
    name="departures",
    title="Departures",
    abstract="People leaving each district (or state, with level=state), and per"
    " 1,000 inhabitants of 2011.",
    end="origin",
)
