"""What a map shows: one file per layer, per format, per portal."""
