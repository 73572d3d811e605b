"""Bytes out of a layer: one file per format."""
