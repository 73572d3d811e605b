"""Which places there are, on which day, and their shapes."""
