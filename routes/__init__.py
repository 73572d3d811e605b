"""How one gets from place to place: network, corridor, path."""
