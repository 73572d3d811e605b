"""The demonstration: synthetic people, loaded through the same path as uploads.

Nobody in it exists. Each file draws one aspect from a seeded generator; ``rows``
puts them together as an upload's columns, ``run`` loads them.
"""
