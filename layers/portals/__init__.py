"""Layers that come from portals: one file per portal."""
