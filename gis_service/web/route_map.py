"""The map of one route, by folium: links to its data, files of ours, nothing else.

Folium would load ten files from elsewhere and write the data into the page. Here
the page loads Leaflet from this address, the layers fetch what they draw, and words
become text, never markup.
"""

from typing import Any

import folium
from branca.element import Figure, MacroElement
from folium.template import Template

from gis_service.web.marks import Mark
from routes.path import RouteView

# Around the line, so that no marker touches the frame.
PADDING_PX = (40, 40)
# On a phone the attribution has two lines, and stands over the map's lower edge.
BOTTOM_PADDING_PX = (40, 80)
# Nearer than this a short way would show nothing it could be recognised by.
MAX_ZOOM = 9

STATES = {"color": "#7b8d99", "weight": 1, "fillColor": "#fbfaf5", "fillOpacity": 1}
CORRIDOR = {"color": "#5d7f93", "weight": 1, "fillColor": "#c9dcec", "fillOpacity": 1}
PATH = {"color": "#9c3535", "weight": 4, "fill": False}
# A schematic line must not look surveyed.
DASHES = {"dashArray": "2 8"}

# From the bottom up: z of Leaflet's panes; its own markers stand at 600.
PANES = {"ground": 200, "way": 400}


class LocalMap(folium.Map):
    """A folium map that names no file; the page around it loads Leaflet."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - as folium declares it
    default_css: list[tuple[str, str]] = []  # noqa: RUF012 - as folium declares it


class Fetched(MacroElement):
    """GeoJSON that the browser fetches.

    ``member`` is the part of the answer that is drawn, "" for all of it; features
    whose id is among ``marked`` are drawn in the second style.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        fetch({{ this.address | tojson }}, {credentials: "same-origin"})
            .then((answer) => answer.ok ? answer.json() : Promise.reject(answer))
            .then((body) => L.geoJSON(
                body{% if this.member %}[{{ this.member | tojson }}]{% endif %},
                {
                    style: (feature) => {{ this.marked | tojson }}.includes(feature.id)
                        ? {{ this.marked_style | tojson }}
                        : {{ this.style | tojson }},
                    pane: {{ this.pane | tojson }},
                    interactive: false,
                },
            ).addTo({{ this._parent.get_name() }}))
            .catch(() => document.body.classList.add("data-missing"));
        {% endmacro %}
        """
    )

    def __init__(
        self,
        address: str,
        *,
        style: dict[str, Any],
        pane: str,
        member: str = "",
        marked: tuple[int, ...] = (),
    ) -> None:
        """Draw what ``address`` answers, in a Leaflet pane."""
        super().__init__()  # type: ignore[no-untyped-call]  # branca has no types
        self._name = "Fetched"
        self.address = address
        self.style = style
        self.pane = pane
        self.member = member
        self.marked = list(marked)
        self.marked_style = CORRIDOR


class Said(MacroElement):
    """A mark whose words are set as text, on the map and in its popup."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        {
            const face = document.createElement("span");
            face.textContent = {{ this.mark.short | tojson }};
            const words = document.createElement("span");
            words.textContent = {{ this.mark.text | tojson }};
            L.marker({{ this.at | tojson }}, {
                icon: L.divIcon({
                    html: face,
                    className: "mark-on-map " + {{ this.mark.kind | tojson }},
                    iconSize: null,
                }),
                alt: {{ this.mark.text | tojson }},
                riseOnHover: true,
                zIndexOffset: {{ this.height }},
            }).bindPopup(words).addTo({{ this._parent.get_name() }});
        }
        {% endmacro %}
        """
    )

    def __init__(self, mark: Mark) -> None:
        """Place a mark."""
        super().__init__()  # type: ignore[no-untyped-call]  # branca has no types
        self._name = "Said"
        self.mark = mark
        self.at = list(mark.at)
        self.height = 0 if mark.kind == "state" else 1000


def parts(
    *,
    background: str,
    route: str,
    found: RouteView,
    marks: list[Mark],
) -> tuple[str, str]:
    """Return the map of a route as HTML and as the script that belongs to it.

    Args:
        background: address of the states as GeoJSON.
        route: address of the route's JSON, with its ``path``.
        found: the route.
        marks: its ends and its states.
    """
    drawn = LocalMap(tiles=None, control_scale=True, attribution_control=False)
    for name, z in PANES.items():
        folium.map.CustomPane(name, z_index=z).add_to(drawn)
    path = PATH | (DASHES if found.kind == "schematic" else {})
    Fetched(background, style=STATES, pane="ground", marked=found.states).add_to(drawn)
    Fetched(route, style=path, pane="way", member="path").add_to(drawn)
    for mark in marks:
        Said(mark).add_to(drawn)
    west, south, east, north = found.path.bounds
    drawn.fit_bounds(
        [[south, west], [north, east]],
        padding_top_left=PADDING_PX,
        padding_bottom_right=BOTTOM_PADDING_PX,
        max_zoom=MAX_ZOOM,
    )
    return _rendered(drawn.get_root())


def _rendered(figure: object) -> tuple[str, str]:
    # The head that folium writes is left out: the page has its own.
    if not isinstance(figure, Figure):
        raise TypeError("a folium map stands in a figure")
    figure.render()
    return figure.html.render(), figure.script.render()
