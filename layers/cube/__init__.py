"""Flows in memory: any window of days in milliseconds, whatever the number of people.

Rows of the day roll-up become pairs of districts with cumulative counts; a window is
the difference of two of them. A base, made seldom and mapped by every worker, plus a
private overlay of the deltas since.
"""
