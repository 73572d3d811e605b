"""The command ``nmis``: one module here per command, found by its file's name.

Each module offers ``command``. A module is read only when its command is asked for,
so that ``nmis db stop`` does not wait for the geometry libraries.
"""

from importlib import import_module
from pkgutil import iter_modules

import click

from gis_service import __version__

OURS = ("boundaries", "routes", "movements", "layers", "gis_service")


class Commands(click.Group):
    """The commands that lie in this folder."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """Return the names of all commands."""
        found = (each.name for each in iter_modules(__path__))
        return sorted(name for name in found if not name.startswith("_"))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return a command, None where there is no such file."""
        if name not in self.list_commands(context):
            return None
        offered = import_module(f"{__name__}.{name}").command
        return offered if isinstance(offered, click.Command) else None

    def invoke(self, context: click.Context) -> object:
        """Run a command; what is wrong with its input is told in plain words."""
        try:
            return super().invoke(context)
        except Exception as error:
            said = _plain(error)
            if said is None:
                raise
            raise click.ClickException(said) from error


@click.group(cls=Commands)
@click.version_option(__version__, package_name="nmis-gis-service")
def main() -> None:
    """National Migrant Information System: the geospatial service.

    Settings are environment variables; docs/settings.md lists them.
    """


def _plain(error: Exception) -> str | None:
    """Return what to tell of our own exceptions and of a database that is away.

    Accidents give None: their trace is what helps.
    """
    module, name = type(error).__module__, type(error).__name__
    if module.partition(".")[0] in OURS:
        return str(error)
    if (module, name) == ("sqlalchemy.exc", "OperationalError"):
        first = str(getattr(error, "orig", error)).splitlines()[0]
        return f"The database does not answer: {first}"
    return None
