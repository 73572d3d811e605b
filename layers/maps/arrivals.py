"""How many people arrive in each unit."""

from layers.counts import choropleth

LAYER = choropleth(
    name="arrivals",
    title="Arrivals",
    abstract="People arriving in each district (or state, with level=state), and per"
    " 1,000 inhabitants of 2011.",
    end="destination",
)
