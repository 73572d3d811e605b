"""The protected release: flows that add up and cannot be turned back into people.

Each journey falls into exactly one atom (``partition``); an atom's count is drawn once
by a key (``draw``), looked at for what others would give away of it (``check``), and
published; everything that those without an officer's scope ever see is a sum of atoms.
"""
