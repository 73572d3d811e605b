"""What the attributes of the points in a flow tile mean."""

from layers.layer import Field
from layers.places import UNIT_FIELDS

NODE_FIELDS = {name: UNIT_FIELDS[name] for name in ("code", "name", "name_hi")} | {
    "in": Field("people arriving from other units", "people"),
    "out": Field("people leaving for other units", "people"),
    "internal": Field("people who stay within the unit", "people"),
}
