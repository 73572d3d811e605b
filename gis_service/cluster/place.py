"""Where the cluster's data and socket lie, and as whom its server runs.

PostgreSQL refuses to run as root; then it runs as ``postgres``. That account must
be able to reach the data, so below a closed folder (an administrator's home, mode
700) the data lies in an open place under ``/var/lib``.
"""

import hashlib
import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from gis_service.cluster.errors import NoAccount, NotOurs, PathTooLong

ACCOUNT = "postgres"
OPEN_PLACE = Path("/var/lib/nmis")

# sun_path of sockaddr_un holds 108 bytes, the last of them zero.
LONGEST_SOCKET = 107
SOCKET = ".s.PGSQL.5432"


@dataclass(frozen=True, slots=True)
class Place:
    """The cluster's folders and the account of its server.

    Attributes:
        home: our folder, with ``data`` and the log in it.
        socket: folder of the Unix socket.
        account: the server's account where it is not our own.
    """

    home: Path
    socket: Path
    account: str | None

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.home / "postgres.log"

    def url(self, role: str, database: str) -> str:
        """Return the address of a database for a role."""
        return f"postgresql://{role}@/{database}?host={self.socket}&port=5432"

    def as_server(self, command: list[str], *, signal: str = "") -> list[str]:
        """Return ``command`` run as the server's account.

        Args:
            command: program and arguments.
            signal: sent to the program when the process that started it ends,
                however it ends; INT is PostgreSQL's fast shutdown.
        """
        options = []
        if self.account:
            user = pwd.getpwnam(self.account)
            options += [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}"]
            options += ["--init-groups"]
        if signal:
            options += ["--pdeathsig", signal]
        return ["setpriv", *options, "--", *command] if options else command

    def own(self, path: Path) -> None:
        """Give ``path`` to the server's account."""
        if self.account:
            user = pwd.getpwnam(self.account)
            os.chown(path, user.pw_uid, user.pw_gid)


def place(var: Path) -> Place:
    """Return where the cluster of ``var`` lies; makes nothing but ``home``.

    Raises:
        NoAccount: we are root and there is no account ``postgres``.
        NotOurs: the data belongs to another account.
    """
    var = var.absolute()
    account = _account()
    home = _home(var, account)
    _own_data(home, account)
    return Place(home=home, socket=_socket_folder(home), account=account)


def make_socket_folder(where: Place) -> None:
    """Make the socket's folder, open to nobody else.

    Raises:
        NotOurs: someone else made a folder of that name, or opened ours.
        PathTooLong: the operating system would refuse the socket.
    """
    folder = where.socket
    if len(os.fsencode(folder / SOCKET)) > LONGEST_SOCKET:
        raise PathTooLong(
            f"{folder / SOCKET} is longer than the {LONGEST_SOCKET} bytes that a"
            f" socket's path may have."
        )
    try:
        folder.mkdir(mode=0o700)
        where.own(folder)
    except FileExistsError:
        pass
    _check_owner(folder, where.account)


def _check_owner(folder: Path, account: str | None) -> None:
    found = folder.lstat()
    wanted = pwd.getpwnam(account).pw_uid if account else os.getuid()
    closed = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
    if found.st_uid != wanted or not closed:
        raise NotOurs(
            f"{folder} is not a folder of our own, closed to others. Look who made"
            f" it, remove it, and start again."
        )


def _account() -> str | None:
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError as error:
        raise NoAccount(
            f"PostgreSQL does not run as root, and there is no account {ACCOUNT!r}."
            f" The package postgresql-common makes it."
        ) from error
    return ACCOUNT


def _home(var: Path, account: str | None) -> Path:
    home = var / "postgres"
    if account is None:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        return home
    var.mkdir(parents=True, exist_ok=True)
    if not _reaches(account, var):
        OPEN_PLACE.mkdir(mode=0o755, exist_ok=True)
        home = OPEN_PLACE / _short(var)
    home.mkdir(mode=0o755, exist_ok=True)
    return home


def _reaches(account: str, folder: Path) -> bool:
    tried = Place(home=folder, socket=folder, account=account)
    test = tried.as_server(["test", "-x", str(folder)])
    return subprocess.run(test, check=False).returncode == 0


def _own_data(home: Path, account: str | None) -> None:
    data = home / "data"
    if not data.exists():
        return
    owner = data.stat().st_uid
    wanted = pwd.getpwnam(account).pw_uid if account else os.geteuid()
    if owner != wanted:
        raise NotOurs(
            f"{data} belongs to the account {_name(owner)}, this program runs its"
            f" server as {_name(wanted)}. Run it as the account that made the data."
        )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _socket_folder(home: Path) -> Path:
    # Short, the same for every program of this clone, and never in a place that is
    # cleared when a terminal closes (as /run/user is).
    if os.geteuid() == 0:
        return Path(f"/run/nmis-{_short(home)}")
    return Path(f"/tmp/nmis-{os.getuid()}-{_short(home)}")  # noqa: S108 - owner checked


def _short(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
