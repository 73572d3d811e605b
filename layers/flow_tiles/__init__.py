"""Tiles of flows: whole lines, bounded in size, and what they leave out is told."""

from layers.flow_tiles.choice import Chosen, chosen
from layers.flow_tiles.encoding import tile_bytes
from layers.flow_tiles.fields import NODE_FIELDS
from layers.flow_tiles.kept import kept

__all__ = ["NODE_FIELDS", "Chosen", "chosen", "kept", "tile_bytes"]
