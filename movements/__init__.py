"""Who moves: people, batches, flows."""
