"""Webhooks: a state's system is told what became of its uploads and its people.

A message is written in the transaction of what it tells (``outbox``), delivered later
by a process of its own (``delivery``), signed (``signing``), at least once. It holds
counts and ids of batches, nothing of a person. ``docs/webhooks.md`` has what is
promised.
"""
