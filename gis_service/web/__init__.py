"""Templates, styles and the map component."""
