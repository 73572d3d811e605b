"""Bundled data; README.md beside this file names sources and licences."""
