"""One file per protocol, each offering ``bp``."""
