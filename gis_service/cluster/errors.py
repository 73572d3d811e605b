"""What may be wrong with the private cluster; each says what to do about it."""


class ClusterError(Exception):
    """The private database cannot be used as it is."""


class NoPostgres(ClusterError):
    """PostgreSQL with PostGIS is not on this machine."""


class OtherMajorVersion(ClusterError):
    """The data was written by another major version of PostgreSQL."""


class NotOurs(ClusterError):
    """A folder that must be our own belongs to someone else."""


class PathTooLong(ClusterError):
    """The socket's path is longer than the operating system takes."""


class NoAccount(ClusterError):
    """PostgreSQL does not run as root, and the account it should run as is missing."""


class DidNotStart(ClusterError):
    """The server ended, or did not answer in time; its last messages are given."""


class DidNotStop(ClusterError):
    """The server did not end when asked to."""
