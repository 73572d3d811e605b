"""What can be wrong with a connector."""


class BadConnector(Exception):
    """A description says what is not allowed; the message names the place."""


class NoConnector(Exception):
    """There is no description for this state."""
