"""The maps: one file per layer, each offering ``LAYER``."""
