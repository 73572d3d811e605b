"""Connectors: states' own platforms pulled, page by page, as a state would upload.

One file describes a state's platform (``description``); a pull walks through its pages
(``paging``, ``rows``), each page a batch in a transaction that also keeps how far it
has come (``kept``). ``docs/connectors.md`` says what is promised.
"""
