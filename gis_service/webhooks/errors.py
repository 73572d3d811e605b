"""What can be wrong with a webhook."""


class UnknownWebhook(Exception):
    """The state has no webhook of this id."""


class BadWebhook(Exception):
    """A webhook cannot be registered as given; the message says what is allowed."""
