"""Backups of the database: made in one moment, and restored into an empty database.

A backup is a folder with the dump and a list of what it holds. What is personal is in
it as it is in the database, sealed; the keys are not, and have to be kept elsewhere.
"""
