"""COVID-19 cases of each district, as a state's or the country's portal tells them."""

from layers.layer import Field
from layers.portal import Portal
from layers.style import Style, ramp

# Neither the blues of arrivals nor the oranges of arrows, which lie over it: one hue,
# rising darkness.
GREENS = ("#eef6f3", "#c8e4db", "#91c8b8", "#56a28f", "#287866", "#0d4b3f")

PORTAL = Portal(
    name="covid_cases",
    title="COVID-19 cases",
    title_hi="कोविड-19 के मामले",
    abstract="Cases of COVID-19 in each district, from a portal of others: not counted"
    " here. Districts that the source does not tell of are missing.",
    counts={
        "cases": Field("people found ill so far", "people"),
        "active": Field("of them ill now", "people"),
        "recovered": Field("of them recovered", "people"),
        "deaths": Field("of them dead", "people"),
    },
    needed="cases",
    style=Style(
        classes=ramp((0, 1, 5, 20, 50, 100), GREENS),
        field="per_100000",
        outline="#5b7a70",
        opacity=1.0,  # what shows through would be told by no key
        label="name",
    ),
)
